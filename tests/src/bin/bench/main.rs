//! What the host can measure: iterations of every policy on the published experiments, and times beside other libraries.
//!
//! Prints a line `row {json}` for each figure; `cargo xtask bench` makes a table of them.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of iterations, and two or three seeds"
)]

mod dcd;
mod definite;
mod heat;
mod peers;
mod qp;
mod recovery;
mod row;
mod sor;
mod varying;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Experiment {
    /// Omega learned for SOR, family `bandit`.
    Sor,
    /// Omega learned for SSOR-CG on the heat equation, family `bandit`.
    Heat,
    /// Low-rank matrices recovered, family `recovery`.
    Recovery,
    /// Pressure with a trained multigrid cycle, family `dcd`.
    Dcd,
    /// Sweeps and SSOR-CG beside other libraries, family `linear`.
    Linear,
    /// Proximal operators beside other libraries, family `prox`.
    Prox,
    /// Quadratic programs beside OSQP's solutions of them, family `splitting`.
    Qp,
    /// What OSQP's generated code takes for the quadrotor on a simulated M4F, family `splitting`.
    Quadrotor,
}

impl Experiment {
    fn family(self) -> &'static str {
        match self {
            Self::Sor | Self::Heat => "bandit",
            Self::Recovery => "recovery",
            Self::Dcd => "dcd",
            Self::Linear => "linear",
            Self::Prox => "prox",
            Self::Qp | Self::Quadrotor => "splitting",
        }
    }
}

/// Prints the rows of the benchmarks that run on the host.
#[derive(Parser)]
struct Arguments {
    /// Only rows of this family: `linear`, `prox` (times beside other libraries), `bandit` (iterations), `recovery`
    /// (successes), `dcd` (multiply-adds) or `splitting` (accuracy and iterations beside OSQP, instructions of its
    /// generated code).
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
    /// Random instances in each row of the recovery benchmark.
    #[arg(long, default_value_t = 20)]
    seeds: usize,
    /// Layouts of 128 x 128 cells for the worst case of family `dcd`.
    #[arg(long, default_value_t = 1000)]
    layouts: usize,
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
    if wants(Experiment::Dcd) {
        dcd::bench(arguments.layouts);
    }
    if wants(Experiment::Recovery) {
        recovery::bench(arguments.seeds.max(1));
    }
    for (experiment, family) in [(Experiment::Linear, "linear"), (Experiment::Prox, "prox")] {
        if wants(experiment)
            && let Err(reason) = peers::bench(family)
        {
            eprintln!("left out: times beside other libraries, {family} ({reason})");
        }
    }
    if wants(Experiment::Qp)
        && let Err(reason) = qp::bench()
    {
        eprintln!("quadratic programs: {reason}");
        return ExitCode::FAILURE;
    }
    if wants(Experiment::Quadrotor)
        && let Err(reason) = peers::count("quadrotor")
    {
        eprintln!("left out: OSQP's generated code ({reason})");
    }
    ExitCode::SUCCESS
}
