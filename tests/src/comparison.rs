//! Runs one sequence of linear systems under several ways to choose omega.

use core::time::Duration;
use std::time::Instant;

use tinysolve::bandit::omega::Outcome;
use tinysolve::linear::{Cg, PcgConfig, SsorCg, SsorCgConfig, Stopping};
use tinysolve::operator::Sweep;
use tinysolve::real::Real;
use tinysolve::solve::{Report, Solver, Step};
use tinysolve::vector;

use crate::policy::{Known, Policy, Spectrum};

/// A sequence of related systems.
pub trait Problem<T: Real>: Sync {
    /// How many.
    fn steps(&self) -> usize;

    /// What a contextual policy may know of a system before it is solved.
    fn context(&self, step: usize) -> f32;

    /// Where all contexts lie.
    fn context_range(&self) -> [f32; 2];

    /// What the analytic policy needs of a system, known or measured beforehand.
    fn spectrum(&self, step: usize) -> Spectrum;

    /// A fresh walk through the sequence.
    fn start(&self) -> Box<dyn Trajectory<T> + '_>;
}

/// A walk through a sequence. A system may depend on the answer to the one before.
pub trait Trajectory<T: Real> {
    /// Sets up the system of this step; called with 0, 1, 2, ...
    fn advance(&mut self, step: usize);

    /// The system that was set up.
    fn system(&mut self) -> System<'_, T>;

    /// |b - A x| of the system that was set up, in f64 and without the library's kernels.
    fn true_residual(&self) -> f64;
}

/// One system A x = b.
pub struct System<'a, T> {
    /// A.
    pub operator: Box<dyn Sweep<T> + 'a>,
    /// b.
    pub b: &'a [T],
    /// Zero, to be overwritten by the answer.
    pub x: &'a mut [T],
    /// The norm the tolerance refers to.
    pub reference: T,
}

/// The iterations of each system and the time all took, set-up of the systems apart.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Of each system.
    pub iterations: Vec<u32>,
    /// Of each system: to choose, to solve and to learn.
    pub times: Vec<Duration>,
    /// Systems that were not solved to the tolerance.
    pub unsolved: usize,
    /// How the first of those ended.
    pub failure: Option<Step>,
    /// Of the systems reported as solved: the largest true residual, over the one that was asked for.
    pub worst_residual: f64,
    /// Of all systems: the largest difference of reported and true residual, over the one that was asked for.
    pub worst_report: f64,
}

impl Record {
    /// Of all systems.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.iterations.iter().map(|&count| u64::from(count)).sum()
    }

    /// Of all systems.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.times.iter().sum::<Duration>().as_secs_f64()
    }

    /// The best of several records at each step.
    #[must_use]
    pub fn best_per_step(records: &[Self]) -> Self {
        let mut best = records.first().cloned().unwrap_or_default();
        for record in records.iter().skip(1) {
            let mine = best.iterations.iter_mut().zip(&mut best.times);
            for ((count, time), (other, spent)) in mine.zip(record.iterations.iter().zip(&record.times)) {
                if other < count {
                    (*count, *time) = (*other, *spent);
                }
            }
        }
        best
    }
}

/// Iterations a system may take; plain CG on the hardest one needs a tenth.
const CAP: u32 = 10_000;

/// Walks through a problem with a policy for omega, or with plain CG where there is none.
///
/// The true residual has to come below `tolerance` times the reference of each system.
pub fn walk<T: Real>(
    problem: &dyn Problem<T>,
    mut policy: Option<&mut (dyn Policy + 'static)>,
    tolerance: f64,
    mut progress: impl FnMut(),
) -> Record {
    let mut trajectory = problem.start();
    let mut workspace = Vec::new();
    let mut record = Record::default();
    for step in 0..problem.steps() {
        trajectory.advance(step);
        let System { operator, b, x, reference } = trajectory.system();
        let absolute = T::from_f64(tolerance) * reference;
        let stopping = Stopping { absolute, relative: T::ZERO, max_iterations: CAP, ..Stopping::default() };
        let known = Known {
            context: problem.context(step),
            spectrum: problem.spectrum(step),
            reduction: (absolute / vector::norm(b)).to_f64(),
        };
        workspace.resize(SsorCg::<T, dyn Sweep<T>>::workspace_len(b.len(), operator.scaling_len(), false), T::ZERO);
        let (mut iterations, mut outcome, mut reported) = (0, Step::Running, T::ZERO);
        let mut count = |report: &Report<T>| {
            iterations += report.iterations;
            outcome = report.step;
            reported = report.residual;
            assert!(outcome != Step::Converged || report.residual <= absolute, "not what was asked for: {report:?}");
            let cost = report.iterations as f32;
            match report.step {
                // Nothing was done, so nothing is known of omega.
                Step::Converged if report.iterations == 0 => Outcome::Void,
                Step::Converged => Outcome::Solved { cost },
                _ => Outcome::Failed { cap: cost },
            }
        };
        let began = Instant::now();
        match &mut policy {
            None => {
                let config = PcgConfig { stopping, keep_best: false };
                count(&Cg::new(&*operator, b, x, &mut workspace, config).expect("a sound system").run());
            }
            Some(policy) => policy.solve(&known, &mut |omega| {
                let config = SsorCgConfig { omega: T::from_f32(omega), stopping, ..SsorCgConfig::default() };
                count(&SsorCg::new(&*operator, b, x, &mut workspace, config).expect("a sound system").run())
            }),
        }
        record.times.push(began.elapsed());
        record.iterations.push(iterations);
        drop(operator);
        let residual = trajectory.true_residual();
        let asked = absolute.to_f64();
        if asked > 0.0 {
            record.worst_report = record.worst_report.max((residual - reported.to_f64()).abs() / asked);
        }
        if outcome != Step::Converged {
            record.unsolved += 1;
            record.failure = record.failure.or(Some(outcome));
        } else if asked > 0.0 {
            record.worst_residual = record.worst_residual.max(residual / asked);
        }
        progress();
    }
    record
}
