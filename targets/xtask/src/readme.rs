//! `cargo xtask readme`: fills the tables of README.md with what was measured.

use crate::abi::ABIS;
use crate::bench::{self, Speed};
use crate::rows::{self, Row};
use crate::size;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use std::fs;

/// Measures what the tables of README.md show, and writes them between their marks.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail when the tables are out of date.
    #[arg(long)]
    pub(crate) check: bool,
}

pub(crate) fn run(tools: &Toolchain, arguments: &Arguments) -> Result<()> {
    let path = tools.root.join("README.md");
    let committed = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let main = ABIS.iter().find(|abi| abi.name == "v7em-hf").context("no main binary interface")?;
    let version = tools.rustc_version(main)?;
    let mut text = committed.clone();
    for (name, command, rows) in [
        ("instructions", "bench --chips", instructions(tools)?),
        ("sizes", "size", sizes(tools)?),
        ("accuracy", "bench --family accuracy", accuracy(tools)?),
    ] {
        let table = format!("`cargo xtask {command}`, {version}:\n\n{}", rows::table(&rows));
        text = filled(&text, name, &table)?;
    }
    if !arguments.check {
        fs::write(&path, text)?;
        println!("wrote {}", path.display());
        return Ok(());
    }
    if text == committed {
        println!("{}: up to date", path.display());
    } else if committed.contains(&version) {
        let difference = similar::TextDiff::from_lines(&committed, &text);
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
