//! Halfspaces and what two of them enclose.

use super::{indicator, rounding};
use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::prox::penalty::{finite, is_positive};
use crate::prox::products::products;
#[cfg(not(target_arch = "arm"))]
use crate::prox::products::products_and_squares;
use crate::prox::vfp;
use crate::real::Real;
use crate::vector;

/// Moves x along a until a'x, which is `at`, is in [low, high]; 2 n multiplications if x has to move. A move that is long beside where it
/// ends leaves more rounding there than a short one would, so a second one follows, 2 n more. `squares` is a'a, or 0: then it is found
/// where it is needed.
#[inline]
fn project<T: Real>(x: &mut [T], normal: &[T], (low, high): (T, T), (mut at, mut squares): (T, T)) {
    for _ in 0..2 {
        let bound = if at > high {
            high
        } else if at < low {
            low
        } else {
            return;
        };
        if squares == T::ZERO {
            squares = products(normal, normal);
        }
        let off = at - bound;
        vector::axpy(-(off / squares), normal, x);
        // What a'x was rounded by is 4 times what it now is rounded by, at most.
        if off.abs() <= T::from_f64(4.0) * bound.abs() {
            return;
        }
        at = products(normal, x);
    }
}

#[inline(always)]
fn check_len<T: Real>(n: usize, normal: &[T]) -> Result<(), Error> {
    error::exact(Field::Values, n, normal.len())?;
    if normal.is_empty() { Err(Error::OutOfRange { field: Field::Values, index: 0 }) } else { Ok(()) }
}

/// Whether a is finite and not 0, by a'a.
#[inline(always)]
fn check_squares<T: Real>(normal: &[T], squares: T) -> Result<(), Error> {
    if is_positive(squares) {
        return Ok(());
    }
    error::finite(Field::Values, normal)?;
    Err(Error::OutOfRange { field: Field::Values, index: 0 })
}

/// How far a'x may be off by rounding.
fn slack<T: Real>(x: &[T], normal: &[T]) -> T {
    rounding(1, x.iter().zip(normal).fold(T::ZERO, |sum, (x, a)| sum + (*x * *a).abs()))
}

macro_rules! slab {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident),* } low = $low:expr, high = $high:expr, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Debug)]
        pub struct $name<'a, T> {
            /// a, not 0.
            pub normal: &'a [T],
            $($(#[$field_doc])* pub $field: T,)*
        }

        impl<T: Real> Prox<T> for $name<'_, T> {
            fn scratch_len(&self, _n: usize) -> usize {
                0
            }

            #[inline(always)]
            fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
                check_len(n, self.normal)?;
                check_squares(self.normal, products(self.normal, self.normal))?;
                ($check)(self)
            }

            fn prox(&self, x: &mut [T], _step: T, _scratch: &mut [T]) {
                if vfp::slab(x, self.normal, ($low)(self), ($high)(self)) {
                    return;
                }
                // A host has both in one pass.
                #[cfg(not(target_arch = "arm"))]
                let known = products_and_squares(self.normal, x);
                #[cfg(target_arch = "arm")]
                let known = (products(self.normal, x), T::ZERO);
                project(x, self.normal, (($low)(self), ($high)(self)), known);
            }

            #[cfg(not(target_arch = "arm"))]
            #[inline(always)]
            fn check_and_prox(&self, x: &mut [T], _step: T, _scratch: &mut [T]) -> Result<(), Error> {
                check_len(x.len(), self.normal)?;
                let known = products_and_squares(self.normal, x);
                check_squares(self.normal, known.1)?;
                ($check)(self)?;
                project(x, self.normal, (($low)(self), ($high)(self)), known);
                Ok(())
            }

            fn value(&self, x: &[T]) -> T {
                let (at, slack) = (vector::dot(self.normal, x), slack(x, self.normal));
                indicator(at >= ($low)(self) - slack && at <= ($high)(self) + slack)
            }
        }
    };
}

slab! {
    /// a'x <= b.
    Halfspace {
        /// b.
        offset
    }
    low = |_: &Self| -T::INFINITY, high = |set: &Self| set.offset, |set: &Self| finite(0, set.offset)
}

slab! {
    /// a'x = b.
    Hyperplane {
        /// b.
        offset
    }
    low = |set: &Self| set.offset, high = |set: &Self| set.offset, |set: &Self| finite(0, set.offset)
}

slab! {
    /// low <= a'x <= high.
    Hyperslab {
        /// Lower bound; may be -infinity.
        low,
        /// Upper bound, not below the lower; may be infinity.
        high
    }
    low = |set: &Self| set.low,
    high = |set: &Self| set.high,
    |set: &Self| if set.low <= set.high { Ok(()) } else { Err(Error::OutOfRange { field: Field::Bounds, index: 0 }) }
}
