//! Quadratic forms given by their matrix.

use crate::error::{self, Error, Field};
use crate::factor::{Cholesky, Packed};
use crate::operator::{Prox, Smooth};
use crate::real::Real;
use crate::vector;

/// f(x) = 1/2 x'Q x + q'x, Q symmetric and positive semidefinite: the solution of (I + step Q) x = v - step q. Factored for every call:
/// n³ / 6 multiplications and n² more; scratch n (n + 1) / 2. NaN where I + step Q is not positive definite in this precision.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Quadratic<'a, T> {
    /// Rows of the lower triangle of Q, as [`Packed`].
    pub matrix: &'a [T],
    /// q.
    pub linear: &'a [T],
}

/// What [`Quadratic::prepare`] leaves: prox for one step, of n² multiplications and without scratch. The step that prox is handed is
/// not looked at.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PreparedQuadratic<'a, T> {
    /// The form.
    pub form: Quadratic<'a, T>,
    /// Factor of I + step Q.
    pub factor: &'a [T],
    /// The step it is for.
    pub step: T,
}

impl<'a, T: Real> Quadratic<'a, T> {
    /// Factors I + step Q into `factor`, of `Packed::elements(n)` elements.
    ///
    /// # Errors
    /// `Length` of `Field::Values`, `OutOfRange` of `Field::Step` unless positive, `Pivot` with the first row at which
    /// I + step Q is not positive definite.
    pub fn prepare<'f>(self, step: T, factor: &'f mut [T]) -> Result<PreparedQuadratic<'f, T>, Error>
    where
        'a: 'f,
    {
        error::exact(Field::Values, self.matrix.len(), factor.len())?;
        if !(step > T::ZERO) || !step.is_finite() {
            return Err(Error::OutOfRange { field: Field::Step, index: 0 });
        }
        self.shifted(step, factor);
        Cholesky::factor(Packed::new(self.linear.len()), factor)?;
        Ok(PreparedQuadratic { form: self, factor, step })
    }

    /// I + step Q.
    fn shifted(&self, step: T, to: &mut [T]) {
        for (to, q) in to.iter_mut().zip(self.matrix) {
            *to = step * *q;
        }
        let (mut at, mut row) = (0, 1);
        while let Some(diagonal) = to.get_mut(at) {
            *diagonal += T::ONE;
            row += 1;
            at += row;
        }
    }

    fn check_form(&self, n: usize) -> Result<(), Error> {
        error::exact(Field::Values, Packed::elements(n), self.matrix.len())?;
        error::finite(Field::Values, self.matrix)?;
        error::exact(Field::RightHandSide, n, self.linear.len())?;
        error::finite(Field::RightHandSide, self.linear)
    }
}

impl<T: Real> Prox<T> for Quadratic<'_, T> {
    fn scratch_len(&self, n: usize) -> usize {
        Packed::elements(n)
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        self.check_form(n)?;
        error::at_least(Field::Workspace, Packed::elements(n), scratch)
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        let n = x.len();
        let Some(factor) = scratch.get_mut(..Packed::elements(n)) else { return };
        self.shifted(step, factor);
        vector::axpy(-step, self.linear, x);
        let solved = Cholesky::factor(Packed::new(n), factor).and_then(|factor| factor.solve(x));
        if solved.is_err() {
            x.fill(T::NAN);
        }
    }

    fn value(&self, x: &[T]) -> T {
        let mut rest = self.matrix;
        let mut sum = T::ZERO;
        for (row, (own, q)) in x.iter().zip(self.linear).enumerate() {
            let Some((entries, after)) = rest.split_at_checked(row + 1) else { return sum };
            rest = after;
            let Some((diagonal, left)) = entries.split_last() else { return sum };
            // The lower triangle counts twice, and is halved.
            let before = x.get(..row).unwrap_or(&[]);
            sum += *own * (vector::dot(left, before) + *diagonal * *own / T::TWO + *q);
        }
        sum
    }
}

impl<T: Real> Prox<T> for PreparedQuadratic<'_, T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
        self.form.check_form(n)?;
        Cholesky::from_factor(Packed::new(n), self.factor).map(|_| ())
    }

    fn prox(&self, x: &mut [T], _step: T, _scratch: &mut [T]) {
        vector::axpy(-self.step, self.form.linear, x);
        let solved = Cholesky::from_factor(Packed::new(x.len()), self.factor).and_then(|factor| factor.solve(x));
        if solved.is_err() {
            x.fill(T::NAN);
        }
    }

    fn value(&self, x: &[T]) -> T {
        self.form.value(x)
    }
}

impl<T: Real> Smooth<T> for Quadratic<'_, T> {
    fn check_smooth(&self, n: usize) -> Result<(), Error> {
        self.check_form(n)
    }

    fn smooth_value(&self, x: &[T]) -> T {
        self.value(x)
    }

    fn add_gradient(&self, x: &[T], gradient: &mut [T]) -> T {
        let mut rest = self.matrix;
        let mut sum = T::ZERO;
        for (row, (own, q)) in x.iter().zip(self.linear).enumerate() {
            let Some((entries, after)) = rest.split_at_checked(row + 1) else { return sum };
            rest = after;
            let Some((diagonal, left)) = entries.split_last() else { return sum };
            let (before, here) = gradient.split_at_mut_checked(row).unwrap_or((&mut [], &mut []));
            let product = vector::dot(left, x.get(..row).unwrap_or(&[]));
            vector::axpy(*own, left, before);
            if let Some(here) = here.first_mut() {
                *here += product + *diagonal * *own + *q;
            }
            sum += *own * (product + *diagonal * *own / T::TWO + *q);
        }
        sum
    }
}
