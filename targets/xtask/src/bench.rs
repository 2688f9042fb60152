//! `cargo xtask bench`: one table of everything that is measured, each figure beside its reference and its goal.
//!
//! Three kinds of sources, each a line in a list: firmware on simulated cores (instructions, stack), programs on the
//! host (iterations, ratios), and the size list (flash, RAM, stack of the C functions). A program prints its rows as
//! lines of JSON after the word `row`; see [`rows::Row`] for the keys.

use crate::archive;
use crate::cycles;
use crate::derived;
use crate::qemu::{self, Core};
use crate::rows::{self, Row};
use crate::shell;
use crate::size;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// Measures, prints a table with reference and goal, and fails when a goal is missed (times on the host never fail).
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only rows of this family, such as `linear` or `bandit`.
    #[arg(long)]
    family: Option<String>,
    /// Write the rows as a JSON array.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Only what simulated cores count, without sizes and without the host's programs.
    #[arg(long, conflicts_with = "host")]
    chips: bool,
    /// Only the host's programs: iterations, accuracy, times beside other libraries.
    #[arg(long)]
    host: bool,
    /// Count on this core instead of the M4F; may be given several times, `all` for every core.
    #[arg(long, value_name = "CORE")]
    core: Vec<String>,
}

/// Programs of the host that print rows: package and binary. Each is run with `--family F` when one was asked for.
const HOST: &[(&str, &str)] = &[("tinysolve-tests", "bench"), ("tinysolve-tests", "accuracy")];

/// Firmware that prints rows.
const FIRMWARE: &[&str] = &["cases", "models", "keyword"];

pub(crate) fn run(tools: &Toolchain, arguments: &Arguments) -> Result<()> {
    let mut rows = Vec::new();
    if !arguments.host {
        rows.extend(chips(tools, &arguments.core)?);
    }
    if !arguments.host && !arguments.chips {
        rows.extend(size::bench_rows(tools)?);
    }
    if !arguments.chips {
        rows.extend(host(tools, arguments.family.as_deref())?);
    }
    if let Some(family) = &arguments.family {
        rows.retain(|row| row.family == *family);
        if rows.is_empty() {
            bail!("no row of family `{family}`");
        }
    }
    // A stable sort: within a kernel the order is the program's own.
    rows.sort_by(|a, b| (&a.family, &a.kernel).cmp(&(&b.family, &b.kernel)));
    print!("{}", rows::table(&rows));
    if let Some(path) = &arguments.json {
        fs::write(path, serde_json::to_string_pretty(&rows)? + "\n")
            .with_context(|| format!("cannot write {}", path.display()))?;
        println!("wrote {}", path.display());
    }
    judge(&rows, Row::misses)
}

/// Fails when a goal that gates is missed, by the measure given.
pub(crate) fn judge(rows: &[Row], misses: fn(&Row) -> bool) -> Result<()> {
    let missed: Vec<_> = rows.iter().filter(|row| misses(row) && row.gates()).collect();
    if missed.is_empty() {
        return Ok(());
    }
    let owned: Vec<_> = missed.into_iter().cloned().collect();
    bail!(
        "{} of {} goals missed:\n{}",
        owned.len(),
        rows.iter().filter(|row| row.goal.is_some()).count(),
        rows::table(&owned)
    )
}

/// What the cores count.
pub(crate) fn chips(tools: &Toolchain, names: &[String]) -> Result<Vec<Row>> {
    let cores: Vec<&Core> = if names.is_empty() {
        vec![Core::named("m4f")?]
    } else if names.iter().any(|name| name == "all") {
        qemu::CORES.iter().collect()
    } else {
        names.iter().map(|name| Core::named(name)).collect::<Result<_>>()?
    };
    let mut rows = Vec::new();
    for core in cores {
        for firmware in FIRMWARE {
            let counted = rows::parse(&qemu::spoken(tools, core, firmware)?, core.name)?;
            rows.extend(derived::of(&counted, core.name));
            rows.extend(counted);
        }
        if core.name == "m4f" {
            rows.extend(cycles::bench_rows(tools)?);
        }
    }
    Ok(rows)
}

/// What the host's programs say.
fn host(tools: &Toolchain, family: Option<&str>) -> Result<Vec<Row>> {
    // The library that is timed beside others.
    archive::build_host(tools)?;
    let mut rows = Vec::new();
    for (package, binary) in HOST {
        rows.extend(program(tools, package, binary, family, Speed::Release)?);
    }
    Ok(rows)
}

/// How a program of the host is built. The figures are the same, times apart.
#[derive(Clone, Copy)]
pub(crate) enum Speed {
    Release,
    /// As the tests are, so that in their company nothing is compiled twice.
    Tests,
}

/// What one program of the host says; nothing, aloud, if there is no such program.
pub(crate) fn program(
    tools: &Toolchain,
    package: &str,
    binary: &str,
    family: Option<&str>,
    speed: Speed,
) -> Result<Vec<Row>> {
    if !tools.has_binary(package, binary)? {
        println!("{package} has no program `{binary}`: left out");
        return Ok(Vec::new());
    }
    let (profile, folder) = match speed {
        Speed::Release => ("release", "release"),
        Speed::Tests => ("dev", "debug"),
    };
    shell::run(tools.cargo().args(["build", "--quiet", "--profile", profile, "-p", package, "--bin", binary]))?;
    let program = tools.target_dir.join(folder).join(binary);
    let mut command = tools.command(&program.to_string_lossy());
    if let Some(family) = family {
        command.args(["--family", family]);
    }
    println!("{binary}: measuring");
    let output = shell::watch_within(&mut command, Duration::from_secs(60 * 60))?;
    if !output.status.success() {
        bail!("{binary} failed: {}", output.status);
    }
    rows::parse(&String::from_utf8_lossy(&output.stdout), "host")
}
