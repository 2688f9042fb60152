//! Shifts, factors, slopes and squares.

use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::prox::penalty::{each, each_with, nonnegative, positive};
use crate::real::Real;
use crate::vector;

/// f(x - b): b + prox(v - b).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Translate<'a, T, F> {
    /// f.
    pub function: F,
    /// b.
    pub by: &'a [T],
}

impl<T: Real, F: Prox<T>> Prox<T> for Translate<'_, T, F> {
    fn scratch_len(&self, n: usize) -> usize {
        self.function.scratch_len(n)
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        error::exact(Field::Values, n, self.by.len())?;
        error::finite(Field::Values, self.by)?;
        self.function.check(n, scratch)
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        each_with(x, self.by, move |x, b| x - b);
        self.function.prox(x, step, scratch);
        each_with(x, self.by, move |x, b| x + b);
    }

    /// NaN: f cannot be asked without memory for x - b.
    fn value(&self, _x: &[T]) -> T {
        T::NAN
    }
}

impl<T: Real, F: Prox<T>> Translate<'_, T, F> {
    /// f(x - b), with n elements of scratch. NaN if they are fewer.
    pub fn value_with(&self, x: &[T], scratch: &mut [T]) -> T {
        let Some(shifted) = scratch.get_mut(..x.len()) else { return T::NAN };
        for ((to, x), b) in shifted.iter_mut().zip(x).zip(self.by) {
            *to = *x - *b;
        }
        self.function.value(shifted)
    }
}

/// a f(x), a > 0: prox with the step times a.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Scale<T, F> {
    /// f.
    pub function: F,
    /// a.
    pub factor: T,
}

impl<T: Real, F: Prox<T>> Prox<T> for Scale<T, F> {
    fn scratch_len(&self, n: usize) -> usize {
        self.function.scratch_len(n)
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        positive(0, self.factor)?;
        self.function.check(n, scratch)
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        self.function.prox(x, step * self.factor, scratch);
    }

    fn value(&self, x: &[T]) -> T {
        self.factor * self.function.value(x)
    }
}

/// f(s x), s not 0: prox of f at s v with the step times s², divided by s.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Dilate<T, F> {
    /// f.
    pub function: F,
    /// s.
    pub factor: T,
}

impl<T: Real, F: Prox<T>> Prox<T> for Dilate<T, F> {
    fn scratch_len(&self, n: usize) -> usize {
        self.function.scratch_len(n)
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        positive(0, self.factor.abs())?;
        self.function.check(n, scratch)
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        let factor = self.factor;
        each(x, move |x| factor * x);
        self.function.prox(x, step * (factor * factor), scratch);
        each(x, move |x| x / factor);
    }

    /// NaN: f cannot be asked without memory for s x.
    fn value(&self, _x: &[T]) -> T {
        T::NAN
    }
}

impl<T: Real, F: Prox<T>> Dilate<T, F> {
    /// f(s x), with n elements of scratch. NaN if they are fewer.
    pub fn value_with(&self, x: &[T], scratch: &mut [T]) -> T {
        let Some(scaled) = scratch.get_mut(..x.len()) else { return T::NAN };
        vector::copy(x, scaled);
        vector::scale(self.factor, scaled);
        self.function.value(scaled)
    }
}

/// f(x) + c'x: prox at v - step c.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tilt<'a, T, F> {
    /// f.
    pub function: F,
    /// c.
    pub slope: &'a [T],
}

impl<T: Real, F: Prox<T>> Prox<T> for Tilt<'_, T, F> {
    fn scratch_len(&self, n: usize) -> usize {
        self.function.scratch_len(n)
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        error::exact(Field::Values, n, self.slope.len())?;
        error::finite(Field::Values, self.slope)?;
        self.function.check(n, scratch)
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        each_with(x, self.slope, move |x, c| x - step * c);
        self.function.prox(x, step, scratch);
    }

    fn value(&self, x: &[T]) -> T {
        self.function.value(x) + vector::dot(self.slope, x)
    }
}

/// f(x) + r/2 |x - c|²: prox at (v + step r c) / (1 + step r) with the step divided by 1 + step r.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Regularise<'a, T, F> {
    /// f.
    pub function: F,
    /// r, at least 0.
    pub weight: T,
    /// c; empty for 0.
    pub centre: &'a [T],
}

impl<T: Real, F: Prox<T>> Prox<T> for Regularise<'_, T, F> {
    fn scratch_len(&self, n: usize) -> usize {
        self.function.scratch_len(n)
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        nonnegative(0, self.weight)?;
        if !self.centre.is_empty() {
            error::exact(Field::Values, n, self.centre.len())?;
            error::finite(Field::Values, self.centre)?;
        }
        self.function.check(n, scratch)
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        let pull = step * self.weight;
        let shrink = T::ONE / (T::ONE + pull);
        if self.centre.is_empty() {
            each(x, move |x| x * shrink);
        } else {
            each_with(x, self.centre, move |x, c| (x + pull * c) * shrink);
        }
        self.function.prox(x, step * shrink, scratch);
    }

    fn value(&self, x: &[T]) -> T {
        let squares = if self.centre.is_empty() {
            vector::dot(x, x)
        } else {
            x.iter().zip(self.centre).fold(T::ZERO, |sum, (x, c)| sum + (*x - *c) * (*x - *c))
        };
        self.function.value(x) + self.weight * squares / T::TWO
    }
}
