//! What the host can measure: iterations of every policy on the published experiments, and times beside other libraries.
//!
//! Prints a line `row {json}` for each figure; `cargo xtask bench` makes a table of them.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "counts of iterations, and two or three seeds"
)]

mod heat;
mod peers;
mod row;
mod sor;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Experiment {
    /// Omega learned for SOR, family `bandit`.
    Sor,
    /// Omega learned for SSOR-CG on the heat equation, family `bandit`.
    Heat,
    /// Times beside other libraries, family `linear`.
    Peers,
}

impl Experiment {
    fn family(self) -> &'static str {
        if self == Self::Peers { "linear" } else { "bandit" }
    }
}

/// Prints the rows of the benchmarks that run on the host.
#[derive(Parser)]
struct Arguments {
    /// Only rows of this family: `linear` (times beside other libraries) or `bandit` (iterations).
    #[arg(long)]
    family: Option<String>,
    /// Only this experiment.
    #[arg(long, value_enum)]
    only: Option<Experiment>,
    /// Trials of the SOR benchmark.
    #[arg(long, default_value_t = 10)]
    trials: usize,
    /// Systems of a trial and time steps of the heat equation, for a quick look; goals are set for 5000.
    #[arg(long, default_value_t = 5000)]
    systems: usize,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let wants = |experiment: Experiment| {
        arguments.family.as_deref().is_none_or(|wanted| wanted == experiment.family())
            && arguments.only.is_none_or(|wanted| wanted == experiment)
    };
    if wants(Experiment::Sor) {
        sor::bench(arguments.trials.max(1), arguments.systems.max(1));
    }
    if wants(Experiment::Heat) {
        heat::bench(arguments.systems.max(1));
    }
    if wants(Experiment::Peers)
        && let Err(reason) = peers::bench()
    {
        eprintln!("left out: times beside other libraries ({reason})");
    }
    ExitCode::SUCCESS
}
