//! Deep conjugate directions: A x = b with search directions that anything may propose.
//!
//! A [`Direction`] maps the residual to a direction: a trained network, a multigrid cycle, an incomplete factorisation.
//! The method makes it A-orthogonal to the last one or two, searches along it exactly, and updates r by recurrence. So a
//! bad direction costs time and never correctness:
//! - convergence is claimed by the recurrence and held against a recomputed residual;
//! - with x in two words, f32 reaches a true relative residual of 1e-7;
//! - the safeguard watches r'd > 0, p'Ap > 0 and that the residual halves in 8 iterations. The first failure hands the
//!   solve over, for good, to plain conjugate gradients from the iterate reached, and a solve that ends well after that
//!   says [`Step::HandedOver`] in the place of `Converged`. Single steps without the direction are not tried: they destroy
//!   conjugacy.
//!
//! Source: Kaneda, Akar, Chen, Kala, Hyde, Teran, A Deep Conjugate Direction Method for Iteratively Solving Linear
//! Systems, ICML 2023, algorithm 1 ([`Conjugation::PreviousTwo`]); refinement as in Wilkinson, Rounding Errors in
//! Algebraic Processes, chapter 3.
//!
//! # When not to use a learned direction
//! Where [`Cg`](crate::linear::Cg) needs few iterations, where the operator is not the one the weights were trained on, or
//! where flash matters more than time (`cargo xtask size`). What the learned cycle saves against the same one set by hand,
//! `cargo xtask bench --family dcd` prints: less than a fifth.

mod checkpoint;
mod config;
mod iteration;

use core::borrow::BorrowMut;

use crate::error::{Error, Field};
use crate::linear::monitor;
use crate::operator::{Direction, LinearOperator};
use crate::real::Real;
use crate::solve::{Report, Solver, Step};
pub use checkpoint::Checkpoint;
pub use config::{Conjugation, DcdConfig};

/// A solve by deep conjugate directions under way.
///
/// It owns its state, or works on one that lies elsewhere: `S` is a [`Checkpoint`] or a reference to one.
#[derive(Debug)]
pub struct Dcd<'a, T, A: ?Sized, D, S = Checkpoint<T>> {
    operator: &'a A,
    direction: D,
    b: &'a [T],
    x: &'a mut [T],
    vectors: Vectors<'a, T>,
    state: S,
}

/// The workspace, cut up.
#[derive(Debug)]
struct Vectors<'a, T> {
    r: &'a mut [T],
    /// Directions, newest in the place the state names; the second is empty unless two are kept.
    p: [&'a mut [T]; 2],
    /// A p, each; after its last use also the raw direction.
    q: [&'a mut [T]; 2],
    /// The raw direction; empty for the recurrence.
    z: &'a mut [T],
    /// The second word of x, or empty.
    low: &'a mut [T],
}

impl<'a, T> Vectors<'a, T> {
    fn cut(n: usize, workspace: &'a mut [T], conjugation: Conjugation, two_words: bool) -> Option<Self> {
        let part = |has: bool| if has { n } else { 0 };
        let (r, rest) = workspace.split_at_mut_checked(n)?;
        let (p0, rest) = rest.split_at_mut_checked(n)?;
        let (q0, rest) = rest.split_at_mut_checked(n)?;
        let (z, rest) = rest.split_at_mut_checked(part(conjugation != Conjugation::Recurrence))?;
        let (p1, rest) = rest.split_at_mut_checked(part(conjugation == Conjugation::PreviousTwo))?;
        let (q1, rest) = rest.split_at_mut_checked(part(conjugation == Conjugation::PreviousTwo))?;
        let low = rest.get_mut(..part(two_words))?;
        Some(Self { r, p: [p0, p1], q: [q0, q1], z, low })
    }
}

impl<'a, T: Real, A: LinearOperator<T> + ?Sized, D: Direction<T>> Dcd<'a, T, A, D> {
    /// Checks everything; writes nothing.
    ///
    /// # Errors
    /// `Length` (b, x, workspace), `NotFinite` (b, x, tolerance; index 3 is `refine_at`), `OutOfRange` (tolerance,
    /// iterations, or `Field::Preconditioner`: the recurrence needs a direction that says it is symmetric).
    pub fn new(
        operator: &'a A,
        direction: D,
        b: &'a [T],
        x: &'a mut [T],
        workspace: &'a mut [T],
        config: DcdConfig<T>,
    ) -> Result<Self, Error> {
        Self::check(operator, &direction, b, x, &config)?;
        Self::resume(operator, direction, b, x, workspace, Self::start(&config))
    }

    /// The state of a solve that has not begun. [`check`](Self::check) is what looks at the values.
    #[must_use]
    #[inline]
    pub fn start(config: &DcdConfig<T>) -> Checkpoint<T> {
        Checkpoint::with(config)
    }

    /// Looks at everything but the workspace.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), `Length` (workspace) apart.
    pub fn check(operator: &A, direction: &D, b: &[T], x: &[T], config: &DcdConfig<T>) -> Result<(), Error> {
        config.check(direction.is_symmetric())?;
        monitor::check_vectors(operator.dim(), b, x)
    }

    /// Elements of workspace for `n` unknowns, the direction's own apart: 3 n for the recurrence, 4 n or 6 n for
    /// projections against one or two directions, and n more for the second word of x.
    #[must_use]
    pub const fn workspace_len(n: usize, conjugation: Conjugation, two_words: bool) -> usize {
        n.saturating_mul(conjugation.vectors() + if two_words { 1 } else { 0 })
    }

    /// Puts the solve away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.state
    }
}

impl<'a, T: Real, A: LinearOperator<T> + ?Sized, D: Direction<T>, S: BorrowMut<Checkpoint<T>>> Dcd<'a, T, A, D, S> {
    /// Takes up a solve that was put away. The vectors must hold what they held; O(1).
    ///
    /// # Errors
    /// `Length` (b, x, workspace).
    pub fn resume(
        operator: &'a A,
        direction: D,
        b: &'a [T],
        x: &'a mut [T],
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let n = operator.dim();
        monitor::check_lengths(n, b, x)?;
        let (conjugation, two_words) = (state.borrow().conjugation.get(), state.borrow().two_words.holds());
        let need = n.saturating_mul(conjugation.vectors() + usize::from(two_words));
        let short = Error::Length { field: Field::Workspace, need, got: workspace.len() };
        let vectors = Vectors::cut(n, workspace, conjugation, two_words).ok_or(short)?;
        Ok(Self { operator, direction, b, x, vectors, state })
    }

    /// The iterate; with two words, the first.
    #[must_use]
    pub fn solution(&self) -> &[T] {
        self.x
    }

    /// The second word of the iterate, to be added to the first; empty unless two are kept, and without meaning before
    /// the first step.
    #[must_use]
    pub fn correction(&self) -> &[T] {
        self.vectors.low
    }

    /// The iterations done with the direction, if the solve has gone on without it.
    #[must_use]
    pub fn handed_over(&self) -> Option<u32> {
        self.state.borrow().handed_over()
    }

    /// The first iteration whose recursive residual met the target, whatever the recomputed one then said.
    #[must_use]
    pub fn claimed(&self) -> Option<u32> {
        self.state.borrow().claimed()
    }

    /// The same solve over the state where it lies: one instance of the method for every owner.
    fn lent(&mut self) -> Dcd<'_, T, A, &mut D, &mut Checkpoint<T>> {
        let Self { operator, direction, b, x, vectors: Vectors { r, p: [p0, p1], q: [q0, q1], z, low }, state } = self;
        let vectors = Vectors { r, p: [p0, p1], q: [q0, q1], z, low };
        Dcd { operator, direction, b, x, vectors, state: state.borrow_mut() }
    }
}

impl<T: Real, A, D, S> Solver for Dcd<'_, T, A, D, S>
where
    A: LinearOperator<T> + ?Sized,
    D: Direction<T>,
    S: BorrowMut<Checkpoint<T>>,
{
    type Scalar = T;

    /// One iteration: a product, a direction, at most one recomputed residual.
    fn step(&mut self) -> Step {
        self.lent().step()
    }

    fn report(&self) -> Report<T> {
        self.state.borrow().report()
    }
}

#[cfg(test)]
mod tests;
