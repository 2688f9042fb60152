//! Rows of measurements: what every measuring program prints and every table is made of.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// One measurement and what it is read against.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Row {
    /// Method family, such as `linear`.
    pub(crate) family: String,
    /// The kernel, such as `sor::sweep`.
    pub(crate) kernel: String,
    /// Size and kind of input.
    pub(crate) case: String,
    /// The core or the binary interface; a program that does not know leaves it to the one who started it.
    #[serde(default)]
    pub(crate) target: String,
    /// What was measured: `instructions`, `stack`, `flash`, `ram`, `iterations`, `ratio`, `seconds` ...
    pub(crate) metric: String,
    pub(crate) value: f64,
    pub(crate) unit: String,
    /// A figure to read the value against, and where it comes from.
    #[serde(default)]
    pub(crate) reference: Option<f64>,
    #[serde(default)]
    pub(crate) reference_name: String,
    /// What must be reached, where something must.
    #[serde(default)]
    pub(crate) goal: Option<f64>,
    #[serde(default = "yes")]
    pub(crate) lower_is_better: bool,
    /// The only target the goal speaks of; empty when it speaks of all.
    #[serde(default, skip_serializing)]
    pub(crate) goal_target: String,
    /// Where the goal is not reached yet: the value that must not be exceeded on the way there.
    #[serde(default, skip_serializing)]
    pub(crate) ceiling: Option<f64>,
}

fn yes() -> bool {
    true
}

impl Row {
    /// Whether a goal is set and missed.
    pub(crate) fn misses(&self) -> bool {
        self.goal.is_some_and(|goal| self.is_beyond(goal))
    }

    /// Whether a goal is missed by more than what is known to be missed, or, where there is none, a ceiling is.
    pub(crate) fn breaks(&self) -> bool {
        match (self.goal, self.ceiling) {
            (goal, Some(ceiling)) => self.is_beyond(ceiling) && goal.is_none_or(|goal| self.is_beyond(goal)),
            (Some(goal), None) => self.is_beyond(goal),
            (None, None) => false,
        }
    }

    fn is_beyond(&self, bound: f64) -> bool {
        if self.lower_is_better { self.value > bound } else { self.value < bound }
    }

    /// Time on the host is told and never judged.
    pub(crate) fn gates(&self) -> bool {
        !matches!(self.metric.as_str(), "seconds" | "time ratio")
    }
}

/// The rows among the lines of a program's output, that is those that begin with `row `.
pub(crate) fn parse(text: &str, target: &str) -> Result<Vec<Row>> {
    text.lines()
        .filter_map(|line| line.strip_prefix("row "))
        .map(|json| {
            let mut row: Row = serde_json::from_str(json).with_context(|| format!("not a row: {json}"))?;
            if row.target.is_empty() {
                target.clone_into(&mut row.target);
            }
            if !row.goal_target.is_empty() && row.goal_target != row.target {
                row.goal = None;
            }
            Ok(row)
        })
        .collect()
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e12 {
        format!("{value:.0}")
    } else if value.abs() >= 0.01 && value.abs() < 1e6 {
        format!("{value:.3}")
    } else {
        format!("{value:.3e}")
    }
}

/// The rows as a Markdown table, columns aligned.
pub(crate) fn table(rows: &[Row]) -> String {
    let head = ["family", "kernel", "case", "target", "value", "unit", "reference", "goal", ""].map(str::to_owned);
    let lines = rows.iter().map(|row| {
        let reference = row
            .reference
            .map_or_else(String::new, |reference| format!("{} ({})", number(reference), row.reference_name));
        let relation = if row.lower_is_better { "<=" } else { ">=" };
        let goal = row.goal.map_or_else(String::new, |goal| format!("{relation} {}", number(goal)));
        let verdict = match row.goal {
            Some(_) if row.misses() => "missed",
            Some(_) => "reached",
            None => "",
        };
        let unit = if row.unit == row.metric { row.unit.clone() } else { format!("{} ({})", row.unit, row.metric) };
        [
            row.family.clone(),
            row.kernel.clone(),
            row.case.clone(),
            row.target.clone(),
            number(row.value),
            unit,
            reference,
            goal,
            verdict.to_owned(),
        ]
    });
    markdown(&head, &lines.collect::<Vec<_>>())
}

/// A Markdown table.
pub(crate) fn markdown<const N: usize>(head: &[String; N], lines: &[[String; N]]) -> String {
    let mut width = head.each_ref().map(|cell| cell.chars().count().max(3));
    for line in lines {
        for (width, cell) in width.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &[String; N]| {
        let cells: Vec<_> = cells.iter().zip(width).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule: Vec<_> = width.iter().map(|&width| "-".repeat(width)).collect();
    let mut text = line(head) + &format!("| {} |\n", rule.join(" | "));
    for cells in lines {
        text += &line(cells);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"row {"family":"linear","kernel":"sweep","case":"nx=50","metric":"instructions","value":12.5,"unit":"instructions/point","reference":22,"reference_name":"plain","goal":12,"goal_target":"m4f","lower_is_better":true}"#;

    #[test]
    fn rows_among_other_lines() -> Result<()> {
        let text = format!("hash a 1\n{LINE}\nnote x\n");
        let rows = parse(&text, "m4f")?;
        assert_eq!(rows.len(), 1);
        assert!(rows.iter().all(|row| row.misses() && row.target == "m4f"));
        assert!(parse(&text, "m3")?.iter().all(|row| row.goal.is_none() && !row.misses()));
        assert!(parse("row {", "m3").is_err());
        Ok(())
    }

    #[test]
    fn tables_say_what_was_missed() -> Result<()> {
        let table = table(&parse(LINE, "m4f")?);
        assert!(table.contains("12.500") && table.contains("22 (plain)") && table.contains("<= 12"));
        assert!(table.contains("missed"));
        Ok(())
    }
}
