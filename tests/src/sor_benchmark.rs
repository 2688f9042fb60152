//! The benchmark of Khodak et al., Learning to Relax, figures 2 and 5: 5,000 shifts of one 5-point Laplacian on 10 x 10
//! points, each solved from zero by SOR. The shift is the context.

use core::f64::consts::PI;

use tinysolve::bandit::Arms;
use tinysolve::bandit::omega::{Outcome, YoungModel};
use tinysolve::linear::{Sor, SorConfig, Stopping};
use tinysolve::matrix::Stencil;
use tinysolve::real::Real;
use tinysolve::solve::{Report, Solver, Step};

use crate::draw::Draw;
use crate::grid;
use crate::policy::{ARMS, Bins, Kind, Known, Spectrum};

/// Points a side.
pub const SIDE: usize = 10;
/// Systems of one trial.
pub const SYSTEMS: usize = 5000;
/// Where the published program lets the context lie; it never exceeds 0.45.
pub const CONTEXT_RANGE: [f32; 2] = [-0.15, 0.65];

/// How the shifts scatter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Variance {
    /// Beta(1/2, 3/2): many shifts next to the singular end.
    High,
    /// Beta(2, 6).
    Low,
}

impl Variance {
    /// The arms of the published grid, those first that are best at this variance as a rule.
    #[must_use]
    pub fn arms_by_promise(self) -> Vec<f64> {
        let promise = if self == Self::High { 1.77 } else { 1.63 };
        let mut arms: Vec<f64> = (0..ARMS).map(|arm| f64::from(Arms::OMEGA.value(arm))).collect();
        arms.sort_by(|a, b| (a - promise).abs().total_cmp(&(b - promise).abs()));
        arms
    }
}

/// One shifted system.
#[derive(Clone, Debug)]
pub struct Instance {
    /// c of A + c I.
    pub shift: f64,
    /// b, a Gaussian of norm 10 at most.
    pub b: Vec<f64>,
}

/// The systems of one trial.
#[must_use]
pub fn instances(variance: Variance, systems: usize, seed: u64) -> Vec<Instance> {
    let mut draw = Draw::new(seed);
    let [a, b] = if variance == Variance::High { [0.5, 1.5] } else { [2.0, 6.0] };
    let instance = |_| Instance { shift: -0.15 + 0.6 * draw.beta(a, b), b: draw.truncated_gaussian(SIDE * SIDE) };
    (0..systems).map(instance).collect()
}

/// Young's omega for a shift: the optimum of the asymptotic rate.
#[must_use]
pub fn optimal_omega(shift: f64) -> f64 {
    let radius = 4.0 * (PI / (SIDE + 1) as f64).cos() / (4.0 + shift);
    2.0 / (1.0 + (1.0 - radius * radius).sqrt())
}

/// One solve from zero.
#[derive(Clone, Copy, Debug)]
pub struct Solve<T> {
    /// At the cap the cost is the cap.
    pub report: Report<T>,
    /// |b - A x| in f64 and without the library's kernels, over the residual that was asked for.
    pub true_residual: f64,
}

/// One solve from zero; `watch` sees the report after every sweep.
pub fn solve<T: Real>(instance: &Instance, omega: f64, tolerance: f64, watch: impl FnMut(&Report<T>)) -> Solve<T> {
    let side = T::from_f64(-1.0);
    let centre = T::from_f64(4.0 + instance.shift);
    let a = Stencil::new([SIDE, SIDE, 1], centre, [side, side, T::ZERO], None).expect("a positive centre");
    let b: Vec<T> = instance.b.iter().map(|&b| T::from_f64(b)).collect();
    let mut x = vec![T::ZERO; b.len()];
    // Slow arms are to be seen as slow, not as stagnating: the window is as long as the solve.
    let stopping = Stopping { stagnation_window: 10_000, ..Stopping::default() }.with_relative(T::from_f64(tolerance));
    let config = SorConfig { omega: T::from_f64(omega), stopping, ..SorConfig::default() };
    let mut solver = Sor::new(&a, &b, &mut x, &mut [], config).expect("a sound system");
    let mut watch = watch;
    let report = solver.run_while(|report| {
        watch(report);
        true
    });
    let true_residual = grid::true_residual(SIDE, centre, side, &b, &x) / report.target.to_f64();
    Solve { report, true_residual }
}

/// What happened in one trial under one way to choose omega.
#[derive(Clone, Copy, Debug, Default)]
pub struct Total {
    /// Sweeps.
    pub sweeps: u64,
    /// Systems that were not solved to the tolerance.
    pub unsolved: u32,
    /// Of the systems reported as solved: the largest true residual, over the one that was asked for.
    pub worst_residual: f64,
    /// Of all systems: the largest difference of reported and true residual, over the one that was asked for.
    pub worst_report: f64,
}

impl Total {
    /// Adds one solve.
    pub fn add<T: Real>(&mut self, solve: &Solve<T>) {
        let Solve { report, true_residual } = solve;
        self.sweeps += u64::from(report.iterations);
        let reported = report.residual.to_f64() / report.target.to_f64();
        self.worst_report = self.worst_report.max((true_residual - reported).abs());
        if report.step == Step::Converged {
            self.worst_residual = self.worst_residual.max(*true_residual);
        } else {
            self.unsolved += 1;
        }
    }
}

/// The smallest total of one omega for all systems, among `arms`. An arm is left as soon as it is worse than the best.
#[must_use]
pub fn best_fixed<T: Real>(instances: &[Instance], arms: &[f64], tolerance: f64) -> Total {
    let mut best: Option<Total> = None;
    for &omega in arms {
        let mut total = Total::default();
        let worse = instances.iter().any(|instance| {
            total.add(&solve::<T>(instance, omega, tolerance, |_| ()));
            best.is_some_and(|best| total.sweeps >= best.sweeps)
        });
        if !worse {
            best = Some(total);
        }
    }
    best.unwrap_or_default()
}

/// All systems, with an omega that is learned on the way.
#[must_use]
pub fn with_policy<T: Real>(instances: &[Instance], kind: Kind, seed: u64, tolerance: f64) -> Total {
    let mut policy = kind.start(CONTEXT_RANGE, Bins::Five, seed);
    let mut total = Total::default();
    for instance in instances {
        let known = Known { context: instance.shift as f32, spectrum: Spectrum::UNKNOWN, reduction: tolerance };
        policy.solve(&known, &mut |omega| {
            let solve = solve::<T>(instance, f64::from(omega), tolerance, |_| ());
            total.add(&solve);
            let report = solve.report;
            let cost = report.iterations as f32;
            if report.step == Step::Converged { Outcome::Solved { cost } } else { Outcome::Failed { cap: cost } }
        });
    }
    total
}

/// All systems: Gauss-Seidel until Young's model has seen enough, then its omega.
#[must_use]
pub fn with_young<T: Real>(instances: &[Instance], tolerance: f64) -> Total {
    /// The tail over which the loss of a sweep is averaged.
    const TAIL: usize = 4;
    let mut model = YoungModel::default();
    let mut total = Total::default();
    for instance in instances {
        let diagonal = (4.0 + instance.shift) as f32;
        if let Some(omega) = model.omega(diagonal) {
            total.add(&solve::<T>(instance, f64::from(omega), tolerance, |_| ()));
            continue;
        }
        let mut residuals = Vec::new();
        let solve = solve::<T>(instance, 1.0, tolerance, |report| residuals.push(report.residual.to_f64()));
        total.add(&solve);
        residuals.push(solve.report.residual.to_f64());
        if let [.., before, _, _, _, last] = residuals[..] {
            model.probe((last / before).powf(1.0 / TAIL as f64) as f32, diagonal);
        }
    }
    total
}

/// All systems, each with the omega that Young's theory gives for its known spectrum.
#[must_use]
pub fn optimal<T: Real>(instances: &[Instance], tolerance: f64) -> Total {
    let mut total = Total::default();
    for instance in instances {
        total.add(&solve::<T>(instance, optimal_omega(instance.shift), tolerance, |_| ()));
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sweeps_of_single_instances_are_those_of_the_published_program() {
        // Its figure for c = 0: 195 sweeps at omega 1, about 40 at 1.56, 176 at 1.9.
        let instance = |shift| Instance { shift, b: Draw::new(3).truncated_gaussian(100) };
        let sweeps = |shift, omega| f64::from(solve::<f64>(&instance(shift), omega, 1e-8, |_| ()).report.iterations);
        for (shift, omega, expected) in
            [(0.0, 1.0, 195.0), (0.0, 1.56, 38.0), (0.0, 1.9, 176.0), (-0.149, 1.85, 116.0), (0.45, 1.35, 24.0)]
        {
            let got = sweeps(shift, omega);
            assert!((got / expected - 1.0).abs() < 0.12, "c {shift} omega {omega}: {got}, expected {expected}");
        }
    }

    #[test]
    fn optimal_omega_is_young_s() {
        assert!((optimal_omega(0.0) - 1.560).abs() < 1e-3);
        assert!((optimal_omega(-0.149) - 1.848).abs() < 1e-3);
        assert!((optimal_omega(0.45) - 1.328).abs() < 1e-3);
    }

    #[test]
    fn leaving_bad_arms_early_does_not_change_the_best() {
        let instances = instances(Variance::Low, 40, 5);
        let arms = [1.65, 1.0, 1.6, 1.7, 1.9];
        let totals = arms.map(|omega| {
            let mut total = Total::default();
            instances.iter().for_each(|instance| total.add(&solve::<f64>(instance, omega, 1e-8, |_| ())));
            total.sweeps
        });
        assert_eq!(best_fixed::<f64>(&instances, &arms, 1e-8).sweeps, *totals.iter().min().unwrap());
    }
}
