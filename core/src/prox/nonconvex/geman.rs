//! Geman's penalty.

use crate::error::Error;
use crate::prox::penalty::{Penalty, positive, separable};
use crate::prox::scalar::{cube_root, newton};
use crate::real::Real;

/// f(x) = sum of |x_i| / (|x_i| + d) (D. Geman, G. Reynolds, IEEE Trans. Pattern Anal. Mach. Intell. 14 (1992), 367-383).
///
/// The largest root z of z - |v| + step d / (z + d)², from above by Newton's method, where it is monotone; kept if there is one
/// and (z + d)² > 2 step or the objective is convex, else 0. About 5 steps of 2 divisions.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Geman<T> {
    /// d, above 0.
    pub offset: T,
}

impl<T: Real> Penalty<T> for Geman<T> {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let d = self.offset;
        let weight = step * d;
        // Where z - |v| + ... has its least value.
        let lowest = cube_root(T::TWO * weight) - d;
        let convex = lowest <= T::ZERO;
        let deep = if convex { step / d } else { lowest + weight / (lowest + d) / (lowest + d) };
        let kept = (T::TWO * step).sqrt();
        move |v| {
            let size = v.abs();
            if size <= deep {
                return T::ZERO;
            }
            let z = newton(size, |z| {
                let pull = weight / (z + d) / (z + d);
                (z - size + pull) / (T::ONE - T::TWO * pull / (z + d))
            });
            if convex || z + d > kept {
                z.with_sign_of(v)
            } else if z + d <= kept {
                T::ZERO
            } else {
                v
            }
        }
    }

    fn cost(&self, x: T) -> T {
        let size = x.abs();
        size / (size + self.offset)
    }

    fn validate(&self) -> Result<(), Error> {
        positive(0, self.offset)
    }
}

separable! {
    impl [T: Real] Geman<T>;
}
