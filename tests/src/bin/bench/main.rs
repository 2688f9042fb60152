//! What the host can measure: iterations of every policy on the published experiments, and times beside other libraries.
//!
//! Prints a line `row {json}` for each figure; `cargo xtask bench` makes a table of them.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "counts of iterations, and two or three seeds"
)]

mod dcd;
mod heat;
mod peers;
mod row;
mod sor;

use std::process::ExitCode;

use clap::Parser;

/// Prints the rows of the benchmarks that run on the host.
#[derive(Parser)]
struct Arguments {
    /// Only rows of this family: `linear` (times beside other libraries) or `bandit` (iterations), `dcd` (multiply-adds).
    #[arg(long)]
    family: Option<String>,
    /// Trials of the SOR benchmark.
    #[arg(long, default_value_t = 10)]
    trials: usize,
    /// Systems of a trial and time steps of the heat equation, for a quick look; goals are set for 5000.
    #[arg(long, default_value_t = 5000)]
    systems: usize,
    /// Layouts of 128 x 128 cells for the worst case of family `dcd`.
    #[arg(long, default_value_t = 1000)]
    layouts: usize,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let wants = |family: &str| arguments.family.as_deref().is_none_or(|wanted| wanted == family);
    if wants("bandit") {
        sor::bench(arguments.trials.max(1), arguments.systems.max(1));
        heat::bench(arguments.systems.max(1));
    }
    if wants("dcd") {
        dcd::bench(arguments.layouts);
    }
    if wants("linear")
        && let Err(reason) = peers::bench()
    {
        eprintln!("left out: times beside other libraries ({reason})");
    }
    ExitCode::SUCCESS
}
