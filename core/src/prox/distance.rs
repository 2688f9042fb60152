//! Distances to a set, by its projection. Their values need scratch: `value_with`.

use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::real::Real;
use crate::vector;

/// Puts the projection of x on the set in front of the scratch, and hands it on.
fn projected<'s, T: Real>(set: &impl Prox<T>, x: &[T], scratch: &'s mut [T]) -> Option<&'s mut [T]> {
    let (point, inner) = scratch.split_at_mut_checked(x.len())?;
    vector::copy(x, point);
    set.prox(point, T::ONE, inner);
    Some(point)
}

/// |x - p|, with the differences put in place of p.
fn apart<T: Real>(x: &[T], point: &mut [T]) -> T {
    for (p, x) in point.iter_mut().zip(x) {
        *p -= *x;
    }
    vector::norm(point)
}

/// f(x) = |x - P x|, the distance to a convex set: v moves by step towards the set, or on it if it is nearer. A projection and a
/// norm; scratch n and that of the set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Distance<C> {
    /// The set.
    pub set: C,
}

/// f(x) = |x - P x|² / 2: (v + step P v) / (1 + step). Scratch n and that of the set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SquaredDistance<C> {
    /// The set.
    pub set: C,
}

macro_rules! distance {
    ($name:ident, $d:ident, $step:ident => $share:expr, $value:expr) => {
        impl<C> $name<C> {
            /// f(x), with the scratch of the operator. NaN if it is too short.
            pub fn value_with<T: Real>(&self, x: &[T], scratch: &mut [T]) -> T
            where
                C: Prox<T>,
            {
                let Some(point) = projected(&self.set, x, scratch) else { return T::NAN };
                let $d = apart(x, point);
                $value
            }
        }

        impl<T: Real, C: Prox<T>> Prox<T> for $name<C> {
            fn scratch_len(&self, n: usize) -> usize {
                n.saturating_add(self.set.scratch_len(n))
            }

            fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
                error::at_least(Field::Workspace, self.scratch_len(n), scratch)?;
                self.set.check(n, self.set.scratch_len(n))
            }

            fn prox(&self, x: &mut [T], $step: T, scratch: &mut [T]) {
                let Some(move_by) = projected(&self.set, x, scratch) else { return };
                let $d = apart(x, move_by);
                let share: T = $share;
                vector::axpy(share, move_by, x);
            }

            fn value(&self, _x: &[T]) -> T {
                T::NAN
            }
        }
    };
}

distance!(Distance, d, step => if d <= step { T::ONE } else { step / d }, d);
distance!(SquaredDistance, d, step => {
    let _ = d;
    step / (T::ONE + step)
}, d * d / T::TWO);
