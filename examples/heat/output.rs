//! The table for people and the file for programs.

use std::fs;
use std::path::Path;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, Table};
use serde_json::{Map, Value, json};

use crate::Summary;

/// 12345 as 12,345.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Prints what each policy needed.
#[allow(clippy::cast_precision_loss, reason = "a ratio for people")]
pub(crate) fn table(summary: &Summary) {
    let reference =
        summary.entries.iter().find(|entry| entry.key == "best_fixed").map_or(0, |entry| entry.record.total());
    let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
    let any_unsolved = summary.entries.iter().any(|entry| entry.record.unsolved > 0);
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    let mut head = vec!["omega chosen by", "iterations", "to best fixed", "seconds"];
    head.extend(any_unsolved.then_some("not solved"));
    table.set_header(head);
    for entry in &summary.entries {
        let total = entry.record.total();
        let mut row = vec![
            Cell::new(&entry.name),
            right(thousands(total)),
            right(if reference > 0 { format!("{:.3}", total as f64 / reference as f64) } else { String::new() }),
            right(format!("{:.2}", entry.record.seconds())),
        ];
        row.extend(any_unsolved.then(|| right(thousands(entry.record.unsolved as u64))));
        table.add_row(row);
    }
    println!("{}, residual below {:e} |b|", summary.title, summary.tolerance);
    println!("{table}");
    if let Some(failure) = summary.entries.iter().find_map(|entry| entry.record.failure) {
        println!("Not all systems were solved; the first that was not ended with {failure:?}.");
    }
}

/// Writes the totals.
pub(crate) fn json(summary: &Summary, path: &Path) -> Result<(), String> {
    fs::write(path, format!("{:#}\n", totals(summary))).map_err(|error| format!("{}: {error}", path.display()))
}

fn totals(summary: &Summary) -> Value {
    let policies: Map<String, Value> = summary
        .entries
        .iter()
        .map(|entry| {
            let totals = json!({ "iterations": entry.record.total(), "seconds": entry.record.seconds() });
            (entry.key.to_owned(), totals)
        })
        .collect();
    json!({ "nx": summary.nx, "steps": summary.steps, "tolerance": summary.tolerance, "policies": policies })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare;
    use tinysolve_tests::heat::Heat;

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (164_441, "164,441"), (1_234_567, "1,234,567")]
        {
            assert_eq!(thousands(number), text);
        }
    }

    #[test]
    fn a_small_plate_has_all_policies_in_the_file_and_in_the_right_order() {
        let entries = compare::<f32>(&Heat::new(12, 700), 1, 1e-5);
        assert!(entries.iter().all(|entry| entry.record.unsolved == 0 && entry.record.iterations.len() == 700));
        let summary = Summary { title: String::new(), nx: Some(12), steps: 700, tolerance: 1e-5, entries };
        let file = totals(&summary);
        assert_eq!((&file["nx"], &file["steps"], &file["tolerance"]), (&json!(12), &json!(700), &json!(1e-5)));
        let policies = file["policies"].as_object().expect("an object");
        let mut keys: Vec<&str> = policies.keys().map(String::as_str).collect();
        keys.sort_unstable();
        let expected = [
            "analytic",
            "best_fixed",
            "best_per_step",
            "cg",
            "cheb_cb",
            "fixed_1",
            "tsallis_inf",
            "tsallis_inf_cb",
            "tsallis_inf_rv",
        ];
        assert_eq!(keys, expected);
        let total = |key: &str| policies[key]["iterations"].as_u64().expect("a count");
        assert!(policies.values().all(|policy| policy["seconds"].as_f64() > Some(0.0)));
        assert!(total("best_per_step") <= total("best_fixed") && total("best_fixed") <= total("fixed_1"));
        assert!(total("best_per_step") <= total("cheb_cb") && total("fixed_1") < total("cg"));
    }
}
