//! Everything that is done to this repository, by one name: `cargo xtask VERB`.
#![allow(clippy::std_instead_of_core, reason = "a host program")]

mod abi;
mod archive;
mod bench;
mod board;
mod cfirmware;
mod cmatrix;
mod cycles;
mod derived;
mod header;
mod parallel;
mod proof;
mod qemu;
mod readme;
mod rows;
mod setup;
mod shell;
mod size;
mod stack;
mod test;
mod thumb;
mod toolchain;
mod twin;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use toolchain::Toolchain;

/// Builds, measures and tests tinysolve, on the host and on simulated Cortex-M cores.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Install what is missing: thumb targets, cross compiler, QEMU, clang.
    Setup(setup::Arguments),
    /// Build the C archives, with the proof that nothing is undefined and nothing can panic.
    Archive(archive::Arguments),
    /// Generate include/tinysolve.h and the double-precision twins of the C ABI sources.
    Header(header::Arguments),
    /// Compile and run the C and C++ tests, on the host and on simulated cores.
    C(CArguments),
    /// Flash, RAM and stack of the C functions, against their budgets.
    Size(size::Arguments),
    /// Everything that is measured, beside its reference and its goal.
    Bench(bench::Arguments),
    /// Fill the tables of README.md.
    Readme(readme::Arguments),
    /// Cycles of what a firmware counts, by a model of the M3 or M4.
    Cycles(cycles::Arguments),
    /// Every check there is.
    Test(test::Arguments),
    /// Build a firmware and run it on a simulated core.
    Qemu(qemu::Arguments),
}

/// Compiles the C and C++ tests by every standard with two compilers, runs them plainly and with sanitizers, and runs
/// the C firmware on simulated cores. Builds the archives first.
#[derive(clap::Args)]
struct CArguments {
    /// Rewrite the golden files of the C firmware.
    #[arg(long)]
    bless: bool,
}

fn main() -> ExitCode {
    let verb = Arguments::parse().verb;
    match Toolchain::find().and_then(|tools| act(&tools, verb)) {
        Ok(()) => ExitCode::SUCCESS,
        // The chain of causes on one line, and no backtrace: what went wrong is in somebody's input, not in here.
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn act(tools: &Toolchain, verb: Verb) -> Result<()> {
    match verb {
        Verb::Setup(arguments) => setup::run(tools, &arguments),
        Verb::Archive(arguments) => archive::run(tools, &arguments),
        Verb::Header(arguments) => header::run(tools, &arguments),
        Verb::C(arguments) => {
            archive::build_all(tools)?;
            cmatrix::run_all(tools)?;
            cfirmware::run_all(tools, arguments.bless)
        }
        Verb::Size(arguments) => size::run(tools, &arguments),
        Verb::Bench(arguments) => bench::run(tools, &arguments),
        Verb::Readme(arguments) => readme::run(tools, &arguments),
        Verb::Cycles(arguments) => cycles::run(tools, &arguments),
        Verb::Test(arguments) => test::run(tools, &arguments),
        Verb::Qemu(arguments) => qemu::run(tools, &arguments),
    }
}
