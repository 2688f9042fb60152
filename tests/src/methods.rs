//! Every linear method behind one call, so that a test can ask all of them the same question.

use tinysolve::Error;
use tinysolve::linear::{Cg, Pcg, PcgConfig, Sor, SorConfig, SsorCg, SsorCgConfig, SsorPreconditioner, Stopping};
use tinysolve::operator::Sweep;
use tinysolve::real::Real;
use tinysolve::solve::{Report, Solver, Step};

/// A linear method of the library, in one of its settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Whole sweeps.
    Sor,
    /// A few rows a step.
    SorByBlocks,
    /// Forward and backward sweeps.
    SymmetricSor,
    /// No preconditioner.
    Cg,
    /// The SSOR preconditioner, applied apart.
    PcgSsor,
    /// The SSOR preconditioner, folded in.
    SsorCg,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Sor, Self::SorByBlocks, Self::SymmetricSor, Self::Cg, Self::PcgSsor, Self::SsorCg];
    /// The stationary ones.
    pub const SWEEPS: [Self; 3] = [Self::Sor, Self::SorByBlocks, Self::SymmetricSor];
    /// The conjugate gradient ones.
    pub const CONJUGATE: [Self; 3] = [Self::Cg, Self::PcgSsor, Self::SsorCg];
    /// Those that have an omega.
    pub const RELAXED: [Self; 5] = [Self::Sor, Self::SorByBlocks, Self::SymmetricSor, Self::PcgSsor, Self::SsorCg];

    /// Whether an iteration is a sweep, so that the method converges for omega in (0, 2) only.
    #[must_use]
    pub fn is_sweep(self) -> bool {
        Self::SWEEPS.contains(&self)
    }
}

/// What all methods can be told.
#[derive(Clone, Copy, Debug)]
pub struct Settings<T> {
    /// Relaxation parameter, where the method has one.
    pub omega: T,
    /// When to stop.
    pub stopping: Stopping<T>,
    /// Whether the best iterate is kept and put back.
    pub keep_best: bool,
}

impl<T: Real> Settings<T> {
    /// This omega and relative tolerance, the rest by default.
    #[must_use]
    pub fn new(omega: f32, relative: f64) -> Self {
        let stopping = Stopping::default().with_relative(T::from_f64(relative));
        Self { omega: T::from_f32(omega), stopping, keep_best: false }
    }
}

/// A solver whose type is not known.
pub struct AnySolver<'a, T>(&'a mut dyn Solver<Scalar = T>);

impl<T: Real> Solver for AnySolver<'_, T> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        self.0.step()
    }

    fn report(&self) -> Report<T> {
        self.0.report()
    }
}

/// Makes a solver and hands it to `drive`.
///
/// # Errors
/// What the constructor says.
pub fn with_solver<T: Real, R>(
    method: Method,
    a: &dyn Sweep<T>,
    b: &[T],
    x: &mut [T],
    settings: Settings<T>,
    drive: impl FnOnce(AnySolver<'_, T>) -> R,
) -> Result<R, Error> {
    let Settings { omega, stopping, keep_best } = settings;
    // One vector more than any method needs, and none is expected to be zero.
    let mut workspace = vec![T::from_f32(-7.0); 7 * a.dim()];
    let mut scaling = workspace.split_off(6 * a.dim());
    match method {
        Method::Sor | Method::SorByBlocks | Method::SymmetricSor => {
            let rows_per_step = if method == Method::SorByBlocks { 7 } else { 0 };
            let symmetric = method == Method::SymmetricSor;
            let config = SorConfig { omega, stopping, rows_per_step, symmetric, keep_best, ..SorConfig::default() };
            Sor::new(a, b, x, &mut workspace, config).map(|mut solver| drive(AnySolver(&mut solver)))
        }
        Method::Cg => {
            let config = PcgConfig { stopping, keep_best };
            Cg::new(a, b, x, &mut workspace, config).map(|mut solver| drive(AnySolver(&mut solver)))
        }
        Method::PcgSsor => {
            let preconditioner = SsorPreconditioner::new(a, omega, &mut scaling)?;
            let config = PcgConfig { stopping, keep_best };
            Pcg::new(a, preconditioner, b, x, &mut workspace, config).map(|mut solver| drive(AnySolver(&mut solver)))
        }
        Method::SsorCg => {
            let config = SsorCgConfig { omega, stopping, rows_per_step: 0, keep_best };
            SsorCg::new(a, b, x, &mut workspace, config).map(|mut solver| drive(AnySolver(&mut solver)))
        }
    }
}

/// Solves to the end.
///
/// # Errors
/// What the constructor says.
pub fn solve<T: Real>(
    method: Method,
    a: &dyn Sweep<T>,
    b: &[T],
    x: &mut [T],
    settings: Settings<T>,
) -> Result<Report<T>, Error> {
    with_solver(method, a, b, x, settings, |mut solver| solver.run())
}

/// |b - A x| in f64, whatever the precision of the solve: the residual a report is held against.
pub fn true_residual<T: Real>(entries: impl Iterator<Item = (usize, usize, f64)>, b: &[T], x: &[T]) -> f64 {
    let mut residual: Vec<f64> = b.iter().map(|b| b.to_f64()).collect();
    for (row, column, value) in entries {
        residual[row] -= value * x[column].to_f64();
    }
    residual.iter().map(|r| r * r).sum::<f64>().sqrt()
}
