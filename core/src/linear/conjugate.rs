//! What the conjugate gradient methods share: start, scaling, verification, the end.
//!
//! The recurrences run on residuals scaled by a power of two to the size of 1, so that inner products neither over- nor
//! underflow and the digits are those of the unscaled method. Convergence is claimed by the recurrence and verified by a
//! recomputed residual; a refuted claim restarts the recurrence from the true residual.

use core::borrow::BorrowMut;
use core::ops::Range;

use crate::error::{Error, Field};
use crate::linear::monitor::{self, Monitor, Stopping};
use crate::operator::LinearOperator;
use crate::real::Real;
use crate::solve::words::{Code, Codec, Plain, words_of};
use crate::solve::{Report, Step};
use crate::vector;

/// A conjugate gradient solve put away: values, counters and scalars, no pointer. The vectors stay with the caller.
///
/// It is made of numbers alone, in the order of [`to_words`](Self::to_words): any bits are a state, and those that no
/// solve has left lead to wrong numbers and an outcome, no worse.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Checkpoint<T> {
    pub(super) monitor: Monitor<T>,
    /// The relaxation parameter of the preconditioner; 1 where there is none.
    pub(super) omega: T,
    /// r'z of the scaled recurrence.
    pub(super) rho: T,
    scale: T,
    /// Recomputed residual at the last verification.
    verified: T,
    pub(super) keep_best: Code<bool>,
    /// Whether r, p and rho hold a recurrence.
    pub(super) running: Code<bool>,
}

impl<T: Real> Plain for Checkpoint<T> {
    const WORDS: usize = Monitor::<T>::WORDS + 2 + 4 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        self.monitor.visit(codec)?;
        codec.real(&mut self.omega)?;
        codec.real(&mut self.rho)?;
        codec.real(&mut self.scale)?;
        codec.real(&mut self.verified)?;
        codec.code(&mut self.keep_best)?;
        codec.code(&mut self.running)
    }
}

impl<T: Real> Checkpoint<T> {
    #[inline]
    pub(super) fn with(stopping: &Stopping<T>, keep_best: bool, omega: T) -> Self {
        Self {
            monitor: Monitor::new(stopping),
            omega,
            rho: T::ZERO,
            scale: T::ONE,
            verified: T::INFINITY,
            keep_best: Code::new(keep_best),
            running: Code::new(false),
        }
    }

    /// What the solve could say of itself when it was put away.
    #[must_use]
    pub fn report(&self) -> Report<T> {
        self.monitor.report()
    }

    /// Number of 32-bit words that hold it; the same on every target.
    pub const WORDS: usize = <Self as Plain>::WORDS;

    /// Writes it as words, for flash.
    ///
    /// # Errors
    /// `Length` unless `words` has exactly [`WORDS`](Self::WORDS) elements.
    #[inline]
    pub fn to_words(self, words: &mut [u32]) -> Result<(), Error> {
        self.write(words)
    }

    /// Takes it from words.
    ///
    /// # Errors
    /// `Length` unless `words` has exactly [`WORDS`](Self::WORDS) elements, `Corrupt` where a word cannot be true.
    #[inline]
    pub fn from_words(words: &[u32]) -> Result<Self, Error> {
        Self::with(&Stopping::default(), false, T::ONE).read(words)
    }
}

/// The sign of a scaled inner product that has to be positive.
pub(super) fn positive<T: Real>(value: T, if_negative: Step) -> Result<T, Step> {
    if value > T::ZERO && value.is_finite() {
        Ok(value)
    } else if value < T::ZERO {
        Err(if_negative)
    } else {
        Err(Step::Breakdown)
    }
}

/// Splits a workspace into `vectors` and room for the best iterate.
pub(super) fn split<T>(
    n: usize,
    workspace: &mut [T],
    vectors: usize,
    keep_best: bool,
) -> Result<(&mut [T], &mut [T]), Error> {
    let best_len = if keep_best { n } else { 0 };
    let need = vectors.saturating_add(best_len);
    let short = Error::Length { field: Field::Workspace, need, got: workspace.len() };
    let (vectors, rest) = workspace.split_at_mut_checked(vectors).ok_or(short)?;
    Ok((vectors, rest.get_mut(..best_len).ok_or(short)?))
}

/// The part of a conjugate gradient solve that does not depend on the preconditioner.
#[derive(Debug)]
pub(super) struct Conjugate<'a, T, A: ?Sized, S> {
    pub(super) operator: &'a A,
    pub(super) b: &'a [T],
    pub(super) x: &'a mut [T],
    pub(super) best: &'a mut [T],
    pub(super) state: S,
}

impl<'a, T: Real, A: LinearOperator<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Conjugate<'a, T, A, S> {
    /// Splits the workspace into `vectors` and the copy of the best iterate.
    pub(super) fn new(
        operator: &'a A,
        b: &'a [T],
        x: &'a mut [T],
        workspace: &'a mut [T],
        vectors: usize,
        state: S,
    ) -> Result<(Self, &'a mut [T]), Error> {
        monitor::check_lengths(operator.dim(), b, x)?;
        let keep_best = state.borrow().keep_best.holds();
        let (vectors, best) = split(operator.dim(), workspace, vectors, keep_best)?;
        Ok((Self { operator, b, x, best, state }, vectors))
    }

    /// The same over the state where it lies.
    pub(super) fn lent(&mut self) -> Conjugate<'_, T, A, &mut Checkpoint<T>> {
        let Self { operator, b, x, best, state } = self;
        Conjugate { operator, b, x, best, state: state.borrow_mut() }
    }
}

impl<T: Real, A: LinearOperator<T> + ?Sized> Conjugate<'_, T, A, &mut Checkpoint<T>> {
    /// Looks at the starting guess: r = scale (b - A x). `Running` when there is work to do.
    pub(super) fn begin(&mut self, r: &mut [T]) -> Step {
        self.clear();
        self.operator.residual(self.b, self.x, r);
        self.open(r)
    }

    /// x = 0 where that is the solution.
    pub(super) fn clear(&mut self) {
        if self.operator.is_homogeneous() && self.b.iter().all(|b| *b == T::ZERO) {
            self.x.fill(T::ZERO);
        }
    }

    /// The second half of [`begin`](Self::begin): r = b - A x has been computed.
    pub(super) fn open(&mut self, r: &mut [T]) -> Step {
        let rhs = vector::norm(self.b);
        let initial = vector::norm(r);
        let window = monitor::window(self.operator.dim(), 1);
        let step = self.state.monitor.begin(rhs, initial, window);
        self.state.verified = initial;
        vector::copy(self.x, self.best);
        if step == Step::Running {
            self.rescale(r);
        }
        step
    }

    fn rescale(&mut self, r: &mut [T]) {
        self.state.scale = vector::max_abs(r).normalising_power_of_two();
        vector::scale(self.state.scale, r);
    }

    /// x += alpha p in the units of x; `Breakdown`, and x untouched, if that is not finite.
    pub(super) fn advance(&mut self, alpha: T, p: &[T]) -> Result<(), Step> {
        let step = self.in_units_of_x(alpha)?;
        self.advance_cells(step, p, &(0..p.len()));
        self.state.monitor.count_iteration();
        Ok(())
    }

    /// alpha for x instead of the scaled residual; `Breakdown` unless that is finite.
    pub(super) fn in_units_of_x(&self, alpha: T) -> Result<T, Step> {
        let step = alpha / self.state.scale;
        if step.is_finite() { Ok(step) } else { Err(Step::Breakdown) }
    }

    /// x += step p, for some cells.
    pub(super) fn advance_cells(&mut self, step: T, p: &[T], cells: &Range<usize>) {
        if let (Some(p), Some(x)) = (p.get(cells.clone()), self.x.get_mut(cells.clone())) {
            vector::axpy(step, p, x);
        }
    }

    /// Judges the iteration by the norm of the scaled recurrence residual. `Ok(true)`: the recurrence goes on;
    /// `Ok(false)`: it claims convergence, and b - A x has to be held against that.
    pub(super) fn judge(&mut self, scaled_norm: T) -> Result<bool, Step> {
        self.state.monitor.estimated(scaled_norm / self.state.scale);
        // The recurrence does not see an iterate that overflows, so look before it is kept.
        if self.state.monitor.is_best() && !self.best.is_empty() && self.x.iter().all(|x| x.is_finite()) {
            vector::copy(self.x, self.best);
        }
        if self.state.monitor.claims_convergence() {
            return Ok(false);
        }
        match self.state.monitor.judge() {
            Step::Running => Ok(true),
            step => Err(step),
        }
    }

    /// Holds a claim of convergence against r = b - A x. `Ok`: the recurrence has to start anew from r, now scaled.
    pub(super) fn verify(&mut self, r: &mut [T]) -> Result<(), Step> {
        let residual = vector::norm(r);
        self.state.monitor.corrected(residual);
        let gained = residual < self.state.verified * T::from_f32(0.5);
        self.state.verified = residual;
        match self.state.monitor.judge() {
            Step::Running if gained => {
                self.rescale(r);
                Ok(())
            }
            // A restart from the true residual gained nothing: this is the floor.
            Step::Running => Err(Step::Stagnated),
            step => Err(step),
        }
    }

    /// Ends the solve: puts the best iterate back if it is kept and better, and recomputes the residual of what stays.
    pub(super) fn conclude(&mut self, step: Step, r: &mut [T]) -> Step {
        self.state.running.set(false);
        if step != Step::Converged {
            if !self.best.is_empty() && !self.state.monitor.is_best() {
                vector::copy(self.best, self.x);
            }
            self.operator.residual(self.b, self.x, r);
            self.state.monitor.restored(vector::norm(r), !self.best.is_empty());
        }
        self.state.monitor.end(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::{Cg, PcgConfig};
    use crate::matrix::Stencil;
    use crate::solve::Solver;

    fn stencil() -> Stencil<'static, f32> {
        Stencil::new([8, 5, 1], 4.0, [-1.0, -1.0, 0.0], None).unwrap()
    }

    fn config() -> PcgConfig<f32> {
        PcgConfig { keep_best: true, ..PcgConfig::default() }
    }

    #[test]
    fn words_carry_a_solve_from_step_to_step() {
        let (a, b) = (stencil(), [1.0; 40]);
        let (mut x, mut workspace) = ([0.0; 40], [0.0; 160]);
        let whole = Cg::new(&a, &b, &mut x, &mut workspace, config()).unwrap().run();
        let (mut y, mut workspace) = ([0.0; 40], [0.0; 160]);
        let mut words = [0; Checkpoint::<f32>::WORDS];
        Cg::new(&a, &b, &mut y, &mut workspace, config()).unwrap().suspend().to_words(&mut words).unwrap();
        while !Checkpoint::<f32>::from_words(&words).unwrap().report().step.is_final() {
            let state = Checkpoint::from_words(&words).unwrap();
            let mut solve = Cg::resume(&a, &b, &mut y, &mut workspace, state).unwrap();
            let _ = solve.step();
            solve.suspend().to_words(&mut words).unwrap();
        }
        assert_eq!((Checkpoint::from_words(&words).unwrap().report(), y), (whole, x));
    }

    proptest::proptest! {
        #[test]
        fn scrambled_words_are_an_error_or_wrong_numbers(
            place in 0..Checkpoint::<f32>::WORDS, word: u32, small in 0..4_u32, steps in 0..5,
        ) {
            let (a, b) = (stencil(), [1.0; 40]);
            for word in [word, small] {
                let (mut x, mut workspace) = ([0.0; 40], [0.0; 160]);
                let mut solve = Cg::new(&a, &b, &mut x, &mut workspace, config()).unwrap();
                for _ in 0..steps {
                    let _ = solve.step();
                }
                let mut words = [0; Checkpoint::<f32>::WORDS];
                solve.suspend().to_words(&mut words).unwrap();
                words[place] = word;
                let Ok(state) = Checkpoint::from_words(&words) else { continue };
                let Ok(mut solve) = Cg::resume(&a, &b, &mut x, &mut workspace, state) else { continue };
                for _ in 0..200 {
                    let _ = solve.step();
                }
            }
        }
    }
}
