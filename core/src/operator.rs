//! What a method may be handed: an operator, an operator that can be swept row by row, a direction, a proximal operator, a
//! rectangular map, a smooth function.

mod sweep;

pub use sweep::{Order, Relax, Relaxation, Sweep};
pub(crate) use sweep::{eisenstat_backward, eisenstat_update, solve_lower, solve_upper};

use crate::error::Error;
use crate::real::Real;

/// A square linear operator A of dimension n. Slices handed in have exactly n elements.
pub trait LinearOperator<T: Real> {
    /// n.
    fn dim(&self) -> usize;

    /// y = A x.
    fn apply(&self, x: &[T], y: &mut [T]);

    /// r = b - A x.
    fn residual(&self, b: &[T], x: &[T], r: &mut [T]) {
        self.apply(x, r);
        for (r, b) in r.iter_mut().zip(b) {
            *r = *b - *r;
        }
    }

    /// r = b - A (high + low) for x in two words; `scratch` has n elements. An operator that can take differences of
    /// neighbours before it multiplies overrides this: then no digit of `high` is lost.
    fn residual_of_pair(&self, b: &[T], high: &[T], low: &[T], r: &mut [T], scratch: &mut [T]) {
        self.residual(b, high, scratch);
        self.residual(scratch, low, r);
    }

    /// Whether b = 0 has the solution x = 0. Not so when some cells of x hold prescribed values.
    fn is_homogeneous(&self) -> bool {
        true
    }
}

/// What proposes a search direction from a residual: a preconditioner, a multigrid cycle, a trained network.
pub trait Direction<T: Real> {
    /// d = M⁻¹ r, or another direction. Slices have the dimension of the operator.
    fn direction(&mut self, r: &[T], d: &mut [T]);

    /// Whether r -> d is linear, symmetric and positive definite, as plain preconditioned CG needs.
    fn is_symmetric(&self) -> bool {
        true
    }

    /// Whether d is r itself, so that a method may leave the call and a vector out.
    fn is_identity(&self) -> bool {
        false
    }

    /// Multiply-adds of one call, a nonzero applied or an element of a vector operation counted as one; 0 if not known.
    fn multiply_adds(&self) -> usize {
        0
    }
}

impl<T: Real, D: Direction<T> + ?Sized> Direction<T> for &mut D {
    fn direction(&mut self, r: &[T], d: &mut [T]) {
        (**self).direction(r, d);
    }

    fn is_symmetric(&self) -> bool {
        (**self).is_symmetric()
    }

    fn is_identity(&self) -> bool {
        (**self).is_identity()
    }

    fn multiply_adds(&self) -> usize {
        (**self).multiply_adds()
    }
}

/// A function f by its proximal operator, prox(v) = argmin over x of f(x) + |x - v|² / (2 step).
///
/// [`check`](Self::check) is called once, by the constructor of the method that takes the operator; after that nothing can
/// fail. With lengths that were not checked the values are unspecified, but nothing panics.
pub trait Prox<T: Real> {
    /// Elements of scratch for x of length `n`.
    fn scratch_len(&self, n: usize) -> usize;

    /// Whether the operator fits x of length `n`, and the scratch is long enough.
    ///
    /// # Errors
    /// Names the field that does not fit.
    fn check(&self, n: usize, scratch: usize) -> Result<(), Error>;

    /// x = prox(x) for a step that is positive and finite, in a bounded, stated number of operations.
    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]);

    /// Both for one call: an operator that learns in its check what its projection needs overrides this.
    ///
    /// # Errors
    /// Those of [`check`](Self::check); x is as it was then.
    #[inline(always)]
    fn check_and_prox(&self, x: &mut [T], step: T, scratch: &mut [T]) -> Result<(), Error>
    where
        Self: Sized,
    {
        self.check(x.len(), scratch.len())?;
        self.prox(x, step, scratch);
        Ok(())
    }

    /// f(x); +infinity outside the domain. NaN where it cannot be had without scratch: such operators have a `value_with`.
    fn value(&self, x: &[T]) -> T;
}

impl<T: Real, P: Prox<T> + ?Sized> Prox<T> for &P {
    fn scratch_len(&self, n: usize) -> usize {
        (**self).scratch_len(n)
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        (**self).check(n, scratch)
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        (**self).prox(x, step, scratch);
    }

    fn value(&self, x: &[T]) -> T {
        (**self).value(x)
    }
}

/// A linear map K from n elements to m.
pub trait LinearMap<T: Real> {
    /// m.
    fn rows(&self) -> usize;

    /// n.
    fn columns(&self) -> usize;

    /// y = K x; m and n elements.
    fn map(&self, x: &[T], y: &mut [T]);

    /// x += K'y; n and m elements.
    fn add_transposed(&self, y: &[T], x: &mut [T]);
}

/// A function with a Lipschitz continuous gradient.
pub trait Smooth<T: Real> {
    /// Whether the function is one of `n` elements.
    ///
    /// # Errors
    /// Names the field that does not fit.
    fn check_smooth(&self, n: usize) -> Result<(), Error>;

    /// f(x).
    fn smooth_value(&self, x: &[T]) -> T;

    /// gradient += the gradient at x; answers f(x).
    fn add_gradient(&self, x: &[T], gradient: &mut [T]) -> T;
}
