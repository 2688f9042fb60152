//! Sparse and piecewise constant.

use crate::error::Error;
use crate::operator::Prox;
use crate::prox::penalty::{nonnegative, positive};
use crate::real::Real;

/// f(x) = a sum of |x_i| + b sum of |x_{i+1} - x_i| (R. Tibshirani et al., J. R. Stat. Soc. B 67 (2005), 91-108): the variation first,
/// then the soft threshold (J. Friedman et al., Ann. Appl. Stat. 1 (2007), 302-332).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FusedLasso<T, V> {
    /// Which way the variation is computed: [`TotalVariation`](super::TotalVariation) or
    /// [`LinearTimeTotalVariation`](super::LinearTimeTotalVariation).
    pub variation: V,
    /// b, above 0.
    pub differences: T,
    /// a, at least 0.
    pub absolute: T,
}

impl<T: Real, V: Prox<T>> Prox<T> for FusedLasso<T, V> {
    fn scratch_len(&self, n: usize) -> usize {
        self.variation.scratch_len(n)
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        positive(0, self.differences)?;
        nonnegative(1, self.absolute)?;
        self.variation.check(n, scratch)
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        self.variation.prox(x, step * self.differences, scratch);
        let threshold = step * self.absolute;
        x.iter_mut().for_each(|x| *x = x.soft_threshold(threshold));
    }

    fn value(&self, x: &[T]) -> T {
        let absolute = x.iter().fold(T::ZERO, |sum, x| sum + x.abs());
        self.absolute * absolute + self.differences * self.variation.value(x)
    }
}
