//! Rows that follow from other rows: what a nonzero and a row cost, and what learning costs beside a solve.

use crate::rows::Row;

/// Rows derived from what one core counted; none where the rows they need were not counted.
pub(crate) fn of(rows: &[Row], core: &str) -> Vec<Row> {
    let mut derived = sparse_fit(rows, core);
    derived.extend(learner_shares(rows, core));
    derived
}

fn row(family: &str, kernel: &str, case: &str, core: &str, value: f64, unit: &str) -> Row {
    Row {
        family: family.to_owned(),
        kernel: kernel.to_owned(),
        case: case.to_owned(),
        target: core.to_owned(),
        metric: "instructions".to_owned(),
        value,
        unit: unit.to_owned(),
        reference: None,
        reference_name: String::new(),
        goal: None,
        lower_is_better: true,
        goal_target: String::new(),
        ceiling: None,
    }
}

/// The straight line through the counts of sparse sweeps: instructions a nonzero, and a row on top of that.
fn sparse_fit(rows: &[Row], core: &str) -> Vec<Row> {
    const START: &str = "CSR, 16-bit indices, ";
    const END: &str = " nonzeros a row";
    let points: Vec<(f64, f64)> = rows
        .iter()
        .filter(|row| row.kernel == "sor sweep")
        .filter_map(|row| Some((row.case.strip_prefix(START)?.strip_suffix(END)?.parse().ok()?, row.value)))
        .collect();
    let Some((slope, constant)) = line(&points) else { return Vec::new() };
    let goal = |value| (core == "m4f").then_some(value);
    let lengths: Vec<_> = points.iter().map(|(length, _)| length.to_string()).collect();
    let case = format!("CSR, 16-bit indices, fitted over {} nonzeros a row", lengths.join(", "));
    let fit = |kernel, value, unit| row("linear", kernel, &case, core, value, unit);
    vec![
        Row { goal: goal(9.0), ..fit("sor sweep, each nonzero", slope, "instructions/nonzero") },
        // Missed by less than an instruction; from there it must not grow.
        Row { goal: goal(16.0), ceiling: goal(17.0), ..fit("sor sweep, each row", constant, "instructions/row") },
    ]
}

/// Slope and constant of the least-squares line; `None` without two different abscissae.
#[allow(clippy::cast_precision_loss, reason = "a handful of points")]
fn line(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let n = points.len() as f64;
    let mean = |part: fn(&(f64, f64)) -> f64| points.iter().map(part).sum::<f64>() / n;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points.iter().map(|point| (point.0 - x) * (point.0 - x)).sum();
    let slope = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>() / spread;
    (spread > 0.0).then_some((slope, y - slope * x))
}

/// What choosing omega costs, in percent of the solve it is chosen for.
fn learner_shares(rows: &[Row], core: &str) -> Vec<Row> {
    let Some(solve) = rows.iter().find(|row| row.kernel == "ssor_cg solve") else { return Vec::new() };
    let learners = rows.iter().filter(|row| row.family == "bandit" && row.kernel.ends_with("select + update"));
    learners
        .map(|learner| {
            let percent = 100.0 * learner.value / solve.value;
            let row = row("bandit", &learner.kernel, &learner.case, core, percent, "% of a heat solve, nx = 50");
            Row { goal: (core == "m4f").then_some(2.0), ..row }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_again() {
        let Some((slope, constant)) = line(&[(3.0, 39.0), (5.0, 54.0), (9.0, 84.0)]) else { panic!("no line") };
        assert!((slope - 7.5).abs() < 1e-12 && (constant - 16.5).abs() < 1e-12);
        assert_eq!(line(&[(3.0, 1.0)]), None);
        assert_eq!(line(&[]), None);
    }

    #[test]
    fn sweeps_and_learners_give_rows_with_goals_on_the_m4f_alone() {
        let counted = [
            row("linear", "sor sweep", "CSR, 16-bit indices, 3 nonzeros a row", "m4f", 43.0, ""),
            row("linear", "sor sweep", "CSR, 16-bit indices, 9 nonzeros a row", "m4f", 97.0, ""),
            row("linear", "sor sweep", "5-point", "m4f", 1.0, ""),
            row("linear", "ssor_cg solve", "heat", "m4f", 1000.0, ""),
            row("bandit", "cheb_cb select + update", "20 arms", "m4f", 15.0, ""),
        ];
        let derived = of(&counted, "m4f");
        let values: Vec<_> = derived.iter().map(|row| (row.value, row.goal)).collect();
        assert_eq!(values, [(9.0, Some(9.0)), (16.0, Some(16.0)), (1.5, Some(2.0))]);
        assert!(of(&counted, "m3").iter().all(|row| row.goal.is_none()));
        assert!(of(&counted[2..3], "m4f").is_empty());
    }
}
