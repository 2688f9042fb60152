//! `cargo xtask test`: every check there is, in one run, with a summary at the end.
//!
//! A new check is one line in [`STEPS`]. A step that cannot run says why and is counted neither way; what is merely
//! missing on the machine is installed by the first step.

use crate::abi::{ABIS, Abi};
use crate::qemu;
use crate::rows::Row;
use crate::shell;
use crate::toolchain::{Cross, Toolchain};
use crate::{archive, bench, board, cfirmware, cmatrix, header, readme, setup, size};
use anyhow::{Context, Result, bail};
use std::time::{Duration, Instant};

/// Runs every check: set-up, format, clippy, tests, docs, header, archives, C and C++, firmware, sizes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Also what takes hours: sets TINYSOLVE_LONG=1 for the tests.
    #[arg(long)]
    long: bool,
    /// Only the step of this name, or all whose name contains it; may be given several times.
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Print the names of the steps and do nothing.
    #[arg(long)]
    list: bool,
}

enum Outcome {
    Done,
    /// Why it could not run here.
    Skipped(String),
}

struct Run<'t> {
    tools: &'t Toolchain,
    long: bool,
}

type Step = (&'static str, fn(&Run) -> Result<Outcome>);

const STEPS: &[Step] = &[
    ("setup", |run| done(setup::run(run.tools, &setup::Arguments::default()))),
    ("format", |run| done(shell::run(run.tools.cargo().args(["fmt", "--all", "--check"])))),
    ("clippy", clippy),
    ("clippy for chips", clippy_chips),
    ("host tests", host_tests),
    ("feature sets", feature_sets),
    ("oldest compiler", oldest_compiler),
    ("docs", docs),
    ("header", |run| done(header::run(run.tools, &header::Arguments { check: true }))),
    ("archives", |run| done(archive::build_all(run.tools))),
    ("C and C++", |run| done(cmatrix::run_all(run.tools))),
    ("C firmware", |run| done(cfirmware::run_all(run.tools, false))),
    ("firmware", firmware),
    ("board", |run| done(board::boot(run.tools))),
    ("sizes", |run| done(size::run(run.tools, &size::Arguments { check: true, explain: None }))),
    ("README", |run| done(readme::run(run.tools, &readme::Arguments { check: true }))),
    ("instruction goals", |run| done(bench::judge(&bench::chips(run.tools, &[])?, Row::breaks))),
];

/// Crates that only make sense on a chip, and the features they are checked with there.
const CHIP_CRATES: &[(&str, &str)] = &[("mps2", ""), ("tinysolve-stm32f4", "qemu"), ("tinysolve-stm32f4", "")];

/// What they are checked for.
const CHIP: &str = "v7em-hf";

/// Feature sets of the core crate, spelled out: each feature by itself, none, and all.
const FEATURE_SETS: &[&str] = &["", "defmt", "nalgebra", "micromath", "serde", "defmt,nalgebra,micromath,serde"];

pub(crate) fn run(tools: &Toolchain, arguments: &Arguments) -> Result<()> {
    let is_name = |part: &str| STEPS.iter().any(|(name, _)| *name == part);
    let fits = |name: &str, part: &str| if is_name(part) { name == part } else { name.contains(part) };
    let wanted = |name: &str| arguments.only.is_empty() || arguments.only.iter().any(|part| fits(name, part));
    let steps: Vec<_> = STEPS.iter().filter(|(name, _)| wanted(name)).collect();
    if steps.is_empty() {
        bail!("no step is called so; `--list` prints the names");
    }
    if arguments.list {
        steps.iter().for_each(|(name, _)| println!("{name}"));
        return Ok(());
    }
    let context = Run { tools, long: arguments.long };
    let mut summary = Vec::new();
    let (mut passed, mut failed) = (0, 0);
    for (name, step) in steps {
        println!("\n== {name}");
        let start = Instant::now();
        let verdict = match step(&context) {
            Ok(Outcome::Done) => {
                passed += 1;
                "passed".to_owned()
            }
            Ok(Outcome::Skipped(why)) => {
                println!("skipped: {why}");
                format!("skipped: {why}")
            }
            Err(error) => {
                failed += 1;
                println!("error: {error:#}");
                "FAILED".to_owned()
            }
        };
        summary.push((name, start.elapsed().as_secs_f64(), verdict));
    }
    println!("\n== summary");
    for (name, seconds, verdict) in summary {
        println!("{name:18} {seconds:7.1} s  {verdict}");
    }
    println!("{passed} passed, {failed} failed");
    // The line above is the last one: the exit code says the rest.
    if failed > 0 {
        std::process::exit(1);
    }
    Ok(())
}

fn done(result: Result<()>) -> Result<Outcome> {
    result.map(|()| Outcome::Done)
}

fn abi_named(name: &str) -> Result<&'static Abi> {
    ABIS.iter().find(|abi| abi.name == name).with_context(|| format!("no binary interface {name}"))
}

fn clippy(run: &Run) -> Result<Outcome> {
    let mut cargo = run.tools.cargo();
    done(shell::run(cargo.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])))
}

fn clippy_chips(run: &Run) -> Result<Outcome> {
    let abi = abi_named(CHIP)?;
    if run.tools.cross(abi.target) != Some(Cross::Prebuilt) {
        return Ok(Outcome::Skipped("clippy has no library for the thumb targets here".into()));
    }
    for (name, features) in CHIP_CRATES {
        let mut cargo = run.tools.cargo_for(abi, "clippy")?;
        shell::run(cargo.args(["-p", name, "--features", features, "--", "-D", "warnings"]))?;
    }
    Ok(Outcome::Done)
}

fn host_tests(run: &Run) -> Result<Outcome> {
    let mut cargo = run.tools.cargo();
    // Features add tests, so one run has them all; without features everything is checked below. defmt needs a linked
    // logger, micromath has hashes of its own.
    cargo.args(["test", "--workspace", "--features", "tinysolve/nalgebra,tinysolve/serde"]);
    if run.long {
        cargo.env("TINYSOLVE_LONG", "1");
    }
    done(shell::run(&mut cargo))
}

fn feature_sets(run: &Run) -> Result<Outcome> {
    for set in FEATURE_SETS {
        let mut cargo = run.tools.cargo_for(abi_named(CHIP)?, "check")?;
        shell::run(cargo.args(["--quiet", "-p", "tinysolve", "--no-default-features", "--features", set]))?;
    }
    Ok(Outcome::Done)
}

/// The `rust-version` of the workspace, where that compiler can be had.
fn oldest_compiler(run: &Run) -> Result<Outcome> {
    let version = run.tools.rust_version()?;
    let rustup = |arguments: &[&str]| {
        let mut command = run.tools.command("rustup");
        command.args(arguments);
        command
    };
    if !shell::succeeds(&mut rustup(&["run", &version, "cargo", "--version"])) {
        let install = &mut rustup(&["toolchain", "install", &version, "--profile", "minimal", "--no-self-update"]);
        let installed = shell::read_within(install, Duration::from_secs(300));
        if !installed.is_ok_and(|output| output.status.success()) {
            return Ok(Outcome::Skipped(format!("Rust {version} is not here and rustup cannot fetch it")));
        }
    }
    let folder = run.tools.target_dir.join("oldest");
    let features = "tinysolve/defmt,tinysolve/nalgebra,tinysolve/micromath,tinysolve/serde,tinysolve-ffi/f64";
    let mut command = rustup(&["run", &version, "cargo", "check", "-p", "tinysolve", "-p", "tinysolve-ffi"]);
    command.args(["--features", features, "--target-dir"]).arg(&folder).env_remove("CARGO").env_remove("RUSTC");
    shell::run(&mut command)?;
    Ok(Outcome::Done)
}

fn docs(run: &Run) -> Result<Outcome> {
    let mut cargo = run.tools.cargo();
    done(shell::run(cargo.args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings")))
}

/// The harness, every case and every network on every core.
fn firmware(run: &Run) -> Result<Outcome> {
    done(qemu::check_all(run.tools, &["selftest", "cases", "models", "keyword"], run.long))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_names_of_their_own() {
        for (k, (name, _)) in STEPS.iter().enumerate() {
            assert!(STEPS.iter().skip(k + 1).all(|(other, _)| other != name), "{name}");
        }
        assert!(abi_named(CHIP).is_ok());
    }
}
