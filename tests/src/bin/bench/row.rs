//! One figure, as the line that `cargo xtask bench` reads.

use serde_json::json;

/// A figure of family `bandit`: how many iterations, as a ratio or a count.
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

    pub(crate) fn name(self) -> &'static str {
        if self == Self::F64 { "f64 to 1e-8" } else { "f32 to 1e-5" }
    }
}
