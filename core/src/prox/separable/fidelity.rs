//! Distances to data of one number an element: counts and frequencies.

use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::prox::penalty::{each_with, weights};
use crate::prox::scalar::{bracketed, positive_root};
use crate::real::Real;

/// f(x) = sum of x_i - b_i ln x_i, the likelihood of counts b under means x: the root of x² - (v - step) x - step b = 0 that
/// is not negative. 1 square root, 2 divisions an element.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct KullbackLeibler<'a, T> {
    /// b_i, at least 0.
    pub counts: &'a [T],
}

impl<T: Real> Prox<T> for KullbackLeibler<'_, T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    #[inline(always)]
    fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
        weights(n, self.counts)
    }

    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        each_with(x, self.counts, move |v, count| positive_root(step - v, step * count));
    }

    fn value(&self, x: &[T]) -> T {
        x.iter().zip(self.counts).fold(T::ZERO, |sum, (x, count)| {
            if *x > T::ZERO {
                sum + (*x - if *count > T::ZERO { *count * x.ln() } else { T::ZERO })
            } else if *x == T::ZERO && *count == T::ZERO {
                sum
            } else {
                T::INFINITY
            }
        })
    }
}

/// The root of one half of the cross entropy, asked for twice.
#[inline(never)]
fn half<T: Real>(b: T, c: T) -> T {
    positive_root(b, c)
}

/// f(x) = -sum of b_i ln x_i + (1 - b_i) ln(1 - x_i), 0 < x_i < 1: probabilities x against frequencies b. A root in
/// a bracket: at most 100 steps of 4 divisions, about 8 as a rule.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CrossEntropy<'a, T> {
    /// b_i, from 0 to 1.
    pub frequencies: &'a [T],
}

impl<T: Real> Prox<T> for CrossEntropy<'_, T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    #[inline(always)]
    fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
        weights(n, self.frequencies)?;
        match self.frequencies.iter().position(|b| *b > T::ONE) {
            Some(index) => Err(Error::OutOfRange { field: Field::Weights, index }),
            None => error::exact(Field::Weights, n, self.frequencies.len()),
        }
    }

    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        each_with(x, self.frequencies, move |v, b| {
            // Each half alone has a closed form; the root lies between theirs, which also ends at 0 or 1 where b does.
            let low = T::ONE - half(v - T::ONE, step * (T::ONE - b));
            let high = half(-v, step * b);
            let (low, high) = (low.max(T::ZERO).min(T::ONE), high.max(T::ZERO).min(T::ONE));
            let (low, high) = (low.min(high), high.max(low));
            // Multiplied by x (1 - x): a polynomial without poles at the ends.
            let root = bracketed(low, high, low + (high - low) / T::TWO, |x| {
                let room = x * (T::ONE - x);
                let value = (x - v) * room + step * (x - b);
                (value, room + (x - v) * (T::ONE - T::TWO * x) + step)
            });
            // An end at which f is infinite is not reached, near as it may be.
            let least = if b > T::ZERO { T::MIN_POSITIVE } else { T::ZERO };
            let most = if b < T::ONE { T::ONE - T::EPSILON / T::TWO } else { T::ONE };
            root.max(least).min(most)
        });
    }

    fn value(&self, x: &[T]) -> T {
        let part = |weight: T, x: T| if weight > T::ZERO { -(weight * x.ln()) } else { T::ZERO };
        x.iter().zip(self.frequencies).fold(T::ZERO, |sum, (x, b)| {
            if *x >= T::ZERO && *x <= T::ONE {
                sum + part(*b, *x) + part(T::ONE - *b, T::ONE - *x)
            } else {
                T::INFINITY
            }
        })
    }
}
