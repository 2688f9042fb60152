//! One figure, as the line that `cargo xtask bench` reads.

use serde_json::json;

/// A figure of family `bandit`: how many iterations, as a ratio or a count.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) kernel: &'a str,
    pub(crate) case: &'a str,
    pub(crate) metric: &'a str,
    pub(crate) value: f64,
    pub(crate) unit: &'a str,
    pub(crate) reference: Option<(f64, &'a str)>,
    pub(crate) goal: Option<f64>,
}

impl Row<'_> {
    pub(crate) fn print(&self) {
        let line = json!({
            "family": "bandit",
            "kernel": self.kernel,
            "case": self.case,
            "target": "host",
            "metric": self.metric,
            "value": self.value,
            "unit": self.unit,
            "reference": self.reference.map(|(reference, _)| reference),
            "reference_name": self.reference.map_or("", |(_, name)| name),
            "goal": self.goal,
            "lower_is_better": true,
        });
        println!("row {line}");
    }

    /// What all ways together must keep to: everything is solved, and what reports say of residuals is true. Both
    /// residuals are in units of the one that was asked for, and the true one is computed in f64.
    pub(crate) fn print_outcomes(self, precision: Precision, unsolved: usize, worst_residual: f64, worst_report: f64) {
        let rounding = precision.rounding();
        let unit = "of the residual asked for";
        for (metric, value, unit, goal) in [
            ("systems not solved", unsolved as f64, "systems", 0.0),
            ("largest true residual", worst_residual, unit, 1.0 + rounding),
            ("reported and true residual apart", worst_report, unit, rounding),
        ] {
            Row { kernel: "all ways together", metric, value, unit, reference: None, goal: Some(goal), ..self }.print();
        }
    }
}

/// Two precisions and what is asked of the residual in each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    F64,
    F32,
}

impl Precision {
    pub(crate) const BOTH: [Self; 2] = [Self::F64, Self::F32];

    pub(crate) fn tolerance(self) -> f64 {
        if self == Self::F64 { 1e-8 } else { 1e-5 }
    }

    /// What rounding may do to a residual of `tolerance` that is recomputed in this precision, as a part of it. By the
    /// usual bound, u |A| |x|, it is 8 times as much in f32 for the worst system of the SOR benchmark (|x| is 80 |b|).
    fn rounding(self) -> f64 {
        if self == Self::F64 { 1e-5 } else { 0.1 }
    }

    pub(crate) fn name(self) -> &'static str {
        if self == Self::F64 { "f64 to 1e-8" } else { "f32 to 1e-5" }
    }
}
