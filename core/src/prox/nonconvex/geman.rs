//! Geman's penalty.

use crate::error::Error;
use crate::math::cube_root;
use crate::prox::penalty::{Penalty, positive, separable};
use crate::prox::scalar::newton;
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

/// What depends on the step alone.
struct Thresholds<T> {
    /// step d.
    weight: T,
    /// |v| of which 0 is the only minimum.
    deep: T,
    /// z + d must be above this; below all of them if the objective is convex.
    kept: T,
}

impl<T: Real> Geman<T> {
    #[inline]
    fn thresholds(&self, step: T) -> Thresholds<T> {
        let d = self.offset;
        let weight = step * d;
        // Where z - |v| + ... has its least value.
        let lowest = cube_root(T::TWO * weight) - d;
        if lowest <= T::ZERO {
            Thresholds { weight, deep: step / d, kept: -T::ONE }
        } else {
            let deep = lowest + weight / (lowest + d) / (lowest + d);
            Thresholds { weight, deep, kept: (T::TWO * step).sqrt() }
        }
    }
}

/// A step of Newton's method.
#[inline]
fn change<T: Real>(z: T, size: T, weight: T, d: T) -> T {
    let near = T::ONE / (z + d);
    let pull = (weight * near) * near;
    ((z - size) + pull) / (T::ONE - T::TWO * (pull * near))
}

/// Elements that a host does at a time.
#[cfg(not(target_arch = "arm"))]
const LANES: usize = 8;

impl<T: Real> Penalty<T> for Geman<T> {
    /// On a host several elements at a time, whose divisions are vectors there. One whose root is found stays where it is while the
    /// others go on, so all get the bits of [`map`](Self::map).
    #[cfg(not(target_arch = "arm"))]
    fn ahead(&self, x: &mut [T], step: T) -> usize {
        let d = self.offset;
        let Thresholds { weight, deep, kept } = self.thresholds(step);
        let (blocks, _) = x.as_chunks_mut::<LANES>();
        for block in &mut *blocks {
            // What becomes 0 takes part with a number that has its root in a few steps.
            let size = block.map(|v| if v.abs() <= deep { deep + d + d } else { v.abs() });
            let mut z = size;
            for _ in 0..24 {
                let mut moving = 0_u32;
                for (z, size) in z.iter_mut().zip(size) {
                    let change = change(*z, size, weight, d);
                    let moves = change.abs() > T::EPSILON * z.abs();
                    *z = if moves { *z - change } else { *z };
                    moving |= u32::from(moves);
                }
                if moving == 0 {
                    break;
                }
            }
            for (v, z) in block.iter_mut().zip(z) {
                let gone = v.abs() <= deep || z + d <= kept;
                // Not a number: stays.
                let there = if z + d > kept { z.with_sign_of(*v) } else { *v };
                *v = if gone { T::ZERO } else { there };
            }
        }
        blocks.len() * LANES
    }

    fn map(&self, step: T) -> impl Fn(T) -> T {
        let d = self.offset;
        let Thresholds { weight, deep, kept } = self.thresholds(step);
        move |v| {
            let size = v.abs();
            if size <= deep {
                return T::ZERO;
            }
            let z = newton(size, |z| change(z, size, weight, d));
            if z + d > kept {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prox::testing::Random;
    use std::vec::Vec;

    fn compare<T: Real>() {
        let mut r = Random::new(9);
        let odd = [0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e30, -1e-30, 1e-310];
        for case in 0..200 {
            let geman = Geman { offset: T::from_f64(r.between(0.05, 2.0)) };
            let step = T::from_f64(r.between(0.01, 3.0));
            let mut x: Vec<T> = (0..8 * LANES + 3).map(|_| T::from_f64(2.0 * r.between(-2.0, 2.0))).collect();
            x[case % 60] = T::from_f64(odd[case % odd.len()]);
            let map = geman.map(step);
            let one: Vec<T> = x.iter().map(|x| map(*x)).collect();
            let done = geman.ahead(&mut x, step);
            assert_eq!(done, 8 * LANES);
            for (x, one) in x[..done].iter().zip(&one) {
                let neither = x.partial_cmp(x).is_none() && one.partial_cmp(one).is_none();
                assert!(neither || x.to_bits_u64() == one.to_bits_u64(), "case {case}: {x:?}, {one:?}");
            }
        }
    }

    #[test]
    fn several_elements_have_the_bits_of_one() {
        compare::<f32>();
        compare::<f64>();
    }
}
