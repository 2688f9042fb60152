//! `cargo xtask readme`: fills the tables of README.md with what was measured.

use crate::abi::ABIS;
use crate::bench::{self, Speed};
use crate::rows::{self, Row};
use crate::size;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

/// Measures what the tables of README.md and targets/instructions.md show, and writes them.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail when the tables are out of date.
    #[arg(long)]
    pub(crate) check: bool,
}

pub(crate) fn run(tools: &Toolchain, arguments: &Arguments) -> Result<()> {
    let main = ABIS.iter().find(|abi| abi.name == "v7em-hf").context("no main binary interface")?;
    let version = tools.rustc_version(main)?;
    let table = |command: &str, rows: &[Row]| format!("`cargo xtask {command}`, {version}:\n\n{}", rows::table(rows));
    let counts = instructions(tools)?;
    let promised: Vec<_> = counts.iter().filter(|row| row.goal.is_some()).cloned().collect();
    let readme = tools.root.join("README.md");
    let mut text = read(&readme)?;
    for (name, table) in [
        ("instructions", table("bench --chips", &promised)),
        ("sizes", table("size", &sizes(tools)?)),
        ("accuracy", table("bench --family accuracy", &accuracy(tools)?)),
    ] {
        text = filled(&text, name, &table)?;
    }
    let all = format!("# Instructions of the kernels on a Cortex-M4F\n\n{}", table("bench --chips", &counts));
    for (path, text) in [(readme, text), (tools.root.join("targets/instructions.md"), all)] {
        if arguments.check {
            compare(&path, &text, &version)?;
        } else {
            fs::write(&path, text)?;
            println!("wrote {}", path.display());
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Fails with the difference, if the committed text was made by the same compiler.
fn compare(path: &Path, text: &str, version: &str) -> Result<()> {
    let committed = read(path)?;
    if text == committed {
        println!("{}: up to date", path.display());
    } else if committed.contains(version) {
        let difference = similar::TextDiff::from_lines(committed.as_str(), text);
        bail!(
            "{} is out of date; `cargo xtask readme` writes it\n{}",
            path.display(),
            difference.unified_diff().header("committed", "measured")
        );
    } else {
        println!("{} was made by another compiler than {version}: not compared", path.display());
    }
    Ok(())
}

/// What the M4F counts, functions of the maths apart.
fn instructions(tools: &Toolchain) -> Result<Vec<Row>> {
    let mut rows = bench::chips(tools, &[])?;
    rows.retain(|row| matches!(row.metric.as_str(), "instructions" | "model cycles") && row.family != "math");
    Ok(rows)
}

/// What the host finds of errors and floors.
fn accuracy(tools: &Toolchain) -> Result<Vec<Row>> {
    bench::program(tools, "tinysolve-tests", "accuracy", None, Speed::Tests)
}

/// Sizes that are promised.
fn sizes(tools: &Toolchain) -> Result<Vec<Row>> {
    let mut rows = size::bench_rows(tools)?;
    rows.retain(|row| row.goal.is_some());
    Ok(rows)
}

/// The text with this between the marks of `name`.
fn filled(text: &str, name: &str, table: &str) -> Result<String> {
    let (start, end) = (format!("<!-- generated: {name} -->\n"), "<!-- end -->");
    let (before, rest) = text.split_once(&start).with_context(|| format!("README.md has no mark `{name}`"))?;
    let (_, after) = rest.split_once(end).with_context(|| format!("the mark `{name}` has no end"))?;
    Ok(format!("{before}{start}{table}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn what_stood_between_the_marks_is_replaced() -> anyhow::Result<()> {
        let text = "a\n<!-- generated: x -->\nold\n<!-- end -->\nb\n<!-- generated: y -->\n<!-- end -->\n";
        let once = filled(text, "x", "new\n")?;
        assert_eq!(once, text.replace("old", "new"));
        assert_eq!(filled(&once, "x", "new\n")?, once);
        assert!(filled(text, "z", "new").is_err());
        Ok(())
    }
}
