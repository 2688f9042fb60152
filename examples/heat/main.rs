//! A plate is heated by a circling flame while its conductivity swings by a factor of 100. Each of 5,000 time steps is a
//! linear system, solved by conjugate gradients with an SSOR preconditioner whose omega nobody has tuned: nine ways to
//! choose it are compared by the iterations they need. With `--matrix` the same is done for shifts of your own matrix.

mod output;
mod plot;

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use tinysolve::bandit::Arms;
use tinysolve::real::Real;
use tinysolve_tests::comparison::{Problem, Record, walk};
use tinysolve_tests::heat::{self, Heat};
use tinysolve_tests::policy::{ARMS, Bins, Fixed, Kind, Policy};
use tinysolve_tests::shifted::ShiftedSystems;
use tinysolve_tests::sparse::Sparse;
use tinysolve_tests::threads;

/// Solves a heat equation step by step while learning how, and compares nine ways to choose the relaxation parameter.
#[derive(Parser)]
#[command(name = "heat", version)]
struct Arguments {
    /// Cells a side of the plate; the unknowns are (nx - 1)².
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(2..=1000), conflicts_with = "matrix")]
    nx: u16,
    /// Systems to solve: time steps (5000), or shifts of the matrix (1000).
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    steps: Option<u32>,
    /// Residual to reach, relative to |b|: 1e-8 in f64, 1e-5 in f32.
    #[arg(long, value_parser = tolerance)]
    tolerance: Option<f64>,
    /// Arithmetic of the solver. What the chips have is f32.
    #[arg(long, value_enum, default_value_t = Precision::F64)]
    precision: Precision,
    /// Solve shifted systems A + c I of this Matrix Market file (real, symmetric positive definite) instead.
    #[arg(long, value_name = "FILE.mtx")]
    matrix: Option<PathBuf>,
    /// Seed of the learners' draws, and of the shifts and right-hand sides with --matrix.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write the totals as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where the plot of cumulative iterations goes.
    #[arg(long, value_name = "FILE", default_value = "heat.svg")]
    plot: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Precision {
    F32,
    F64,
}

fn tolerance(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if value > 0.0 && value < 1.0 => Ok(value),
        _ => Err("a number between 0 and 1 is needed, such as 1e-8".to_owned()),
    }
}

/// One row of the table.
pub(crate) struct Entry {
    /// The key in the JSON file.
    pub(crate) key: &'static str,
    /// The name for people.
    pub(crate) name: String,
    pub(crate) record: Record,
}

/// What was run, for headings and files.
pub(crate) struct Summary {
    pub(crate) title: String,
    pub(crate) nx: Option<u16>,
    pub(crate) steps: usize,
    pub(crate) tolerance: f64,
    pub(crate) entries: Vec<Entry>,
}

/// Fails now, not after minutes of work, if a file could not be written.
fn check_writable(path: &Path) -> Result<(), String> {
    let opened = OpenOptions::new().append(true).create(true).open(path);
    opened.map(drop).map_err(|error| format!("{}: {error}", path.display()))
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("heat: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    check_writable(&arguments.plot)?;
    arguments.json.as_deref().map_or(Ok(()), check_writable)?;
    let tolerance = arguments.tolerance.unwrap_or(if arguments.precision == Precision::F64 { 1e-8 } else { 1e-5 });
    let steps = |default| arguments.steps.map_or(default, |steps| usize::try_from(steps).unwrap_or(usize::MAX));
    let precision = if arguments.precision == Precision::F64 { "f64" } else { "f32" };
    let (title, nx, steps, entries) = if let Some(path) = &arguments.matrix {
        let matrix = Sparse::read(path)?;
        let fault = |message| format!("{}: {message}", path.display());
        matrix.check_symmetric().map_err(fault)?;
        let steps = steps(1000);
        let entries = match arguments.precision {
            Precision::F64 => compare(
                &ShiftedSystems::<f64>::new(&matrix, steps, arguments.seed).map_err(fault)?,
                arguments.seed,
                tolerance,
            ),
            Precision::F32 => compare(
                &ShiftedSystems::<f32>::new(&matrix, steps, arguments.seed).map_err(fault)?,
                arguments.seed,
                tolerance,
            ),
        };
        let name = path.file_stem().map_or_else(|| "matrix".into(), |name| name.to_string_lossy());
        let title = format!("{steps} systems {name} + cI of {} unknowns in {precision}", matrix.dim());
        (title, None, steps, entries)
    } else {
        let problem = Heat::new(usize::from(arguments.nx), steps(heat::STEPS));
        let entries = match arguments.precision {
            Precision::F64 => compare::<f64>(&problem, arguments.seed, tolerance),
            Precision::F32 => compare::<f32>(&problem, arguments.seed, tolerance),
        };
        let steps = steps(heat::STEPS);
        let title = format!(
            "heat equation, nx = {}, {steps} steps of {} unknowns in {precision}",
            arguments.nx,
            problem.points()
        );
        (title, Some(arguments.nx), steps, entries)
    };
    let summary = Summary { title, nx, steps, tolerance, entries };
    output::table(&summary);
    plot::draw(&summary, &arguments.plot)?;
    println!("wrote {}", arguments.plot.display());
    if let Some(path) = &arguments.json {
        output::json(&summary, path)?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

/// What one walk through the problem uses.
#[derive(Clone, Copy)]
enum Way {
    PlainCg,
    Arm(usize),
    Learning(Kind),
}

/// Walks through the problem once for each arm of the grid, for plain CG and for each learner, on all cores.
///
/// Every walk follows its own states, which agree to the tolerance. So the best fixed omega is the best of 20 real walks,
/// and the best per step takes at each step the least count of the 20.
fn compare<T: Real>(problem: &dyn Problem<T>, seed: u64, tolerance: f64) -> Vec<Entry> {
    let kinds =
        [Kind::TsallisInf, Kind::TsallisInfReducedVariance, Kind::TsallisInfContextual, Kind::ChebCb, Kind::Analytic];
    let ways: Vec<Way> =
        core::iter::once(Way::PlainCg).chain((0..ARMS).map(Way::Arm)).chain(kinds.map(Way::Learning)).collect();
    let bar = ProgressBar::new(u64::try_from(ways.len() * problem.steps()).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {pos}/{len} systems  {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let walk_one = |way| {
        let mut policy: Option<Box<dyn Policy>> = match way {
            Way::PlainCg => None,
            Way::Arm(arm) => Some(Box::new(Fixed(Arms::OMEGA.value(arm)))),
            Way::Learning(kind) => Some(kind.start(problem.context_range(), Bins::Six, seed)),
        };
        walk(problem, policy.as_deref_mut(), tolerance, || bar.inc(1))
    };
    let mut records = threads::map(ways.len(), |index| walk_one(ways[index])).into_iter();
    bar.finish_and_clear();
    let cg = records.next().unwrap_or_default();
    let arms: Vec<Record> = records.by_ref().take(ARMS).collect();
    let best_arm = (0..ARMS).min_by_key(|&arm| arms[arm].total()).unwrap_or(0);
    let entry = |key, name: &str, record| Entry { key, name: name.to_owned(), record };
    let mut entries = vec![
        entry("cg", "plain CG", cg),
        entry("fixed_1", "omega = 1", arms[0].clone()),
        entry("best_fixed", &format!("best fixed omega = {:.2}", Arms::OMEGA.value(best_arm)), arms[best_arm].clone()),
    ];
    let learners = [
        ("tsallis_inf", "Tsallis-INF"),
        ("tsallis_inf_rv", "Tsallis-INF, reduced variance"),
        ("tsallis_inf_cb", "Tsallis-INF-CB, 6 bins"),
        ("cheb_cb", "ChebCB"),
        ("analytic", "analytic"),
    ];
    entries.extend(learners.into_iter().zip(records).map(|((key, name), record)| entry(key, name, record)));
    entries.push(entry("best_per_step", "best of the grid at each step", Record::best_per_step(&arms)));
    entries
}
