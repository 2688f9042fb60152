//! `cargo xtask cycles`: what a firmware's counted work would take in cycles, by the model of `targets/cycles`.

use crate::qemu::{self, Core};
use crate::rows::{self, Row};
use crate::shell;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use std::fs;
use std::process::Command;

/// Estimates the cycles of everything a firmware counts: memory without wait states, the tables of Arm's manuals.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The core: m3, or one of the m4f.
    #[arg(default_value = "m4f")]
    core: String,
    /// The firmware: a file of targets/mps2/src/bin that counts.
    #[arg(default_value = "models")]
    firmware: String,
    /// For the firmware; `count` spares `models` its checks.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Firmware, case, goal and the estimate for CMSIS-NN by the same model, in million cycles on an M4.
const GOALS: &[(&str, &str, f64, f64)] = &[
    ("models", "kws_ref_model", 7.3, 9.45),
    ("models", "pretrainedResnet_quant", 25.0, 36.7),
    ("models", "vww_96_int8", 16.0, 30.2),
    ("models", "ad01_int8", f64::INFINITY, 0.736),
];

pub(crate) fn run(tools: &Toolchain, arguments: &Arguments) -> Result<()> {
    let core = Core::named(&arguments.core)?;
    print!("{}", rows::table(&measure(tools, core, &arguments.firmware, &arguments.arguments)?));
    Ok(())
}

/// The rows for `cargo xtask bench`; none, aloud, where QEMU takes no plugins.
pub(crate) fn bench_rows(tools: &Toolchain) -> Result<Vec<Row>> {
    let help = Command::new("qemu-system-arm").arg("-help").output().context("cannot start `qemu-system-arm`")?;
    if !String::from_utf8_lossy(&help.stdout).contains("-plugin") {
        println!("no estimate of cycles: this QEMU takes no plugins");
        return Ok(Vec::new());
    }
    let rows = measure(tools, Core::named("m4f")?, "models", &["count".into()])?;
    Ok(rows.into_iter().filter(|row| row.reference.is_some()).collect())
}

/// One row for each that the firmware counts.
fn measure(tools: &Toolchain, core: &Core, firmware: &str, arguments: &[String]) -> Result<Vec<Row>> {
    if !matches!(core.name, "m3" | "m4f" | "m4f-softfp") {
        bail!("the model knows the pipelines of M3 and M4, not that of {}", core.name);
    }
    shell::run(tools.cargo().args(["build", "--quiet", "--release", "-p", "tinysolve-cycles"]))?;
    let plugin = tools.target_dir.join("release/libtinysolve_cycles.so");
    let image = qemu::build(tools, core, firmware)?;
    let out = tools.dist().join(format!("cycles-{}-{firmware}.txt", core.name));
    let of_m3 = if core.name == "m3" { ",m3=on" } else { "" };
    let plugin = format!("{},out={}{of_m3}", plugin.display(), out.display());
    let spoken = qemu::start_with(core, &image, arguments, &["-plugin".into(), plugin])?;
    if !spoken.passed {
        bail!("{firmware} failed on {}; it said:\n{}", core.name, spoken.text);
    }
    let text = fs::read_to_string(&out).with_context(|| format!("the plugin wrote no {}", out.display()))?;
    let counted = rows::parse(&spoken.text, core.name)?;
    let counted: Vec<_> = counted.into_iter().filter(|row| row.metric == "instructions").collect();
    // The clock is set first, and then each stretch is one that was counted.
    let lines: Vec<_> = text.lines().collect();
    let skipped = lines.len().checked_sub(counted.len()).context("fewer stretches than counts")?;
    counted.into_iter().zip(lines.into_iter().skip(skipped)).map(|(row, line)| estimate(firmware, row, line)).collect()
}

/// The row of a stretch: its cycles in the unit in which its instructions were counted.
fn estimate(firmware: &str, row: Row, line: &str) -> Result<Row> {
    let figures: Vec<f64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    let [cycles, instructions] = figures[..] else { bail!("not a stretch: {line}") };
    let known = GOALS.iter().find(|goal| goal.0 == firmware && goal.1 == row.case && row.target != "m3");
    Ok(Row {
        value: row.value * cycles / instructions,
        metric: "model cycles".into(),
        unit: row.unit.replace("instructions", "cycles"),
        goal: known.map(|goal| goal.2).filter(|goal| goal.is_finite()),
        reference: known.map(|goal| goal.3),
        reference_name: known.map_or_else(String::new, |_| "CMSIS-NN, same model".into()),
        ceiling: None,
        ..row
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_becomes_a_row() -> Result<()> {
        let line = r#"row {"family":"net","kernel":"model","case":"kws_ref_model","metric":"instructions","value":4,"unit":"million instructions","goal":4.5}"#;
        let row = rows::parse(line, "m4f")?.remove(0);
        let row = estimate("models", row, "6000300 4000200")?;
        assert_eq!((row.unit.as_str(), row.goal, row.metric.as_str()), ("million cycles", Some(7.3), "model cycles"));
        assert!((row.value - 6.0).abs() < 1e-9 && !row.misses());
        assert!(estimate("models", row, "7").is_err());
        Ok(())
    }
}
