//! Intervals: projections that clamp. The value is 0 inside and infinity outside, exactly.

use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::prox::penalty::{Penalty, separable};
use crate::prox::vfp;
use crate::real::Real;
use crate::wide::{find_pair, wide};

/// x_i >= 0. NaN stays NaN.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Nonnegative;

impl<T: Real> Penalty<T> for Nonnegative {
    fn map(&self, _step: T) -> impl Fn(T) -> T {
        |v| if v <= T::ZERO { T::ZERO } else { v }
    }

    #[inline]
    fn ahead(&self, x: &mut [T], _step: T) -> usize {
        vfp::nonnegative(x)
    }

    fn cost(&self, x: T) -> T {
        if x >= T::ZERO { T::ZERO } else { T::INFINITY }
    }
}

/// x_i <= 0. NaN stays NaN.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Nonpositive;

impl<T: Real> Penalty<T> for Nonpositive {
    fn map(&self, _step: T) -> impl Fn(T) -> T {
        |v| if v >= T::ZERO { T::ZERO } else { v }
    }

    fn cost(&self, x: T) -> T {
        if x <= T::ZERO { T::ZERO } else { T::INFINITY }
    }
}

/// low <= x_i <= high, the same bounds for all: with -r and r the ball of the largest norm. NaN stays NaN.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Interval<T> {
    /// Lower bound; may be -infinity.
    pub low: T,
    /// Upper bound, not below the lower; may be infinity.
    pub high: T,
}

impl<T: Real> Penalty<T> for Interval<T> {
    fn map(&self, _step: T) -> impl Fn(T) -> T {
        let (low, high) = (self.low, self.high);
        move |v| v.min(high).max(low)
    }

    fn cost(&self, x: T) -> T {
        if x >= self.low && x <= self.high { T::ZERO } else { T::INFINITY }
    }

    fn validate(&self) -> Result<(), Error> {
        if self.low <= self.high { Ok(()) } else { Err(Error::OutOfRange { field: Field::Bounds, index: 0 }) }
    }
}

/// low_i <= x_i <= high_i: the general box. Bounds may be infinite. NaN stays NaN.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bounds<'a, T> {
    /// Lower bounds.
    pub low: &'a [T],
    /// Upper bounds, none below the lower one.
    pub high: &'a [T],
}

impl<T: Real> Prox<T> for Bounds<'_, T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    #[inline(always)]
    fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
        error::exact(Field::Bounds, n, self.low.len())?;
        error::exact(Field::Bounds, n, self.high.len())?;
        match find_pair(self.low, self.high, |low, high| !(low <= high)) {
            Some(index) => Err(Error::OutOfRange { field: Field::Bounds, index }),
            None => Ok(()),
        }
    }

    #[inline(always)]
    fn prox(&self, x: &mut [T], _step: T, _scratch: &mut [T]) {
        if vfp::bounds(x, self.low, self.high) {
            return;
        }
        wide(x.len(), move || {
            for ((x, low), high) in x.iter_mut().zip(self.low).zip(self.high) {
                *x = x.min(*high).max(*low);
            }
        });
    }

    fn value(&self, x: &[T]) -> T {
        let inside = |((x, low), high): ((&T, &T), &T)| x >= low && x <= high;
        if x.iter().zip(self.low).zip(self.high).all(inside) { T::ZERO } else { T::INFINITY }
    }
}

separable! {
    impl [T: Real] Nonnegative;
    impl [T: Real] Nonpositive;
    impl [T: Real] Interval<T>;
}
