//! Smoke rises past a moving disc. In each frame the pressure that keeps the air from piling up is solved for by ten
//! solvers, on a region whose walls have moved: iterations, multiply-adds and time of each, a plot and an animation.

mod flow;
mod output;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use flow::Flow;
use indicatif::{ProgressBar, ProgressStyle};
use tinysolve::linear::cycle::{CycleOptions, Gates, Shape};
use tinysolve::solve::Step;
use tinysolve_tests::pressure::{Settings, Way, component_aware, solve_for};

/// Solves for the pressure of a smoke simulation with a trained multigrid cycle, and with nine other solvers.
#[derive(Parser)]
#[command(name = "pressure", version)]
struct Arguments {
    /// Cells a side.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(16..=256))]
    cells: u16,
    /// Frames, each a time step.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    frames: u16,
    /// Residual to reach, relative to |b|.
    #[arg(long, default_value_t = 1e-6)]
    tolerance: f64,
    /// Where the plot of multiply-adds goes.
    #[arg(long, value_name = "FILE", default_value = "pressure.svg")]
    plot: PathBuf,
    /// Where the animation goes.
    #[arg(long, value_name = "FILE", default_value = "pressure.gif")]
    animation: PathBuf,
}

/// One solver over all frames.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) way: Way,
    /// By frame.
    pub(crate) iterations: Vec<u32>,
    /// By frame, for each fluid cell.
    pub(crate) multiply_adds: Vec<f64>,
    /// Of all solves, building apart.
    pub(crate) seconds: f64,
    pub(crate) failures: usize,
}

fn entries(n: usize) -> Vec<Entry> {
    let grid = CycleOptions { shape: Shape::V, pieces: 0 };
    [
        ("CG", Way::Cg),
        ("IC(0)-PCG", Way::Ic0),
        ("SSOR-PCG, omega 1.7", Way::Ssor(1.7)),
        ("MIC(0)-PCG, tau 0.97", Way::Mic0),
        ("textbook multigrid-PCG", Way::Textbook),
        ("CG, red cells eliminated", Way::ReducedCg),
        ("V cycle on the grid, hand-set", Way::Cycle(Gates::HAND_SET, grid)),
        ("V cycle on the grid, trained", Way::Cycle(Gates::TRAINED, grid)),
        ("W cycle with parts, hand-set", Way::Cycle(Gates::HAND_SET, component_aware(n))),
        ("W cycle with parts, trained", Way::Cycle(Gates::TRAINED, component_aware(n))),
    ]
    .map(|(name, way)| Entry { name, way, iterations: vec![], multiply_adds: vec![], seconds: 0.0, failures: 0 })
    .into()
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("pressure: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    if !(arguments.tolerance > 0.0 && arguments.tolerance < 1.0) {
        return Err("the tolerance has to lie between 0 and 1".to_owned());
    }
    let n = usize::from(arguments.cells);
    let mut animation = output::Animation::new(&arguments.animation, n)?;
    let mut entries = entries(n);
    let bar = ProgressBar::new(u64::from(arguments.frames));
    bar.set_style(
        ProgressStyle::with_template("{bar:40} frame {pos} of {len}, {eta} left").map_err(|e| e.to_string())?,
    );
    let mut flow = Flow::new(n);
    for frame in 0..usize::from(arguments.frames) {
        let problem = flow.begin(frame);
        let mut pressure = Vec::new();
        for entry in &mut entries {
            let (outcome, found) = solve_for(&problem, entry.way, Settings::to(arguments.tolerance));
            entry.iterations.push(outcome.iterations);
            entry.multiply_adds.push(outcome.multiply_adds);
            entry.seconds += outcome.seconds;
            // The floor of f32 may lie above the tolerance; what counts is that the recurrence got there.
            let at_floor = outcome.step == Step::Stagnated && outcome.claimed;
            entry.failures += usize::from(outcome.step != Step::Converged && !at_floor);
            if !found.is_empty() {
                pressure = found;
            }
        }
        flow.project(&pressure);
        flow.advect();
        animation.frame(&flow)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    println!("{}", output::table(&entries));
    output::plot(&entries, n, arguments.tolerance, &arguments.plot)?;
    println!("wrote {} and {}", arguments.plot.display(), arguments.animation.display());
    Ok(())
}
