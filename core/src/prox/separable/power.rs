//! Powers of the absolute value.

use crate::prox::penalty::{Penalty, separable};
use crate::prox::scalar::{cube_root, newton};
use crate::real::Real;

/// The exponents there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Exponent {
    /// 4/3: Newton's method on a cubic, about 6 steps.
    FourThirds = 0,
    /// 3/2: 1 square root, 1 division.
    ThreeHalves = 1,
    /// 3: 1 square root, 1 division.
    Three = 2,
    /// 4: Newton's method on a cubic, about 6 steps.
    Four = 3,
}

/// f(x) = sum of |x_i|^p (closed forms: P. L. Combettes, J.-C. Pesquet, Proximal splitting methods in signal processing,
/// table 10.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Power {
    /// p.
    pub exponent: Exponent,
}

/// The root of s³ + a s = v for a, v >= 0, from above, where Newton's method is monotone.
fn cubic<T: Real>(a: T, v: T) -> T {
    let three = T::TWO + T::ONE;
    let linear = if a > T::ZERO { v / a } else { T::INFINITY };
    newton(cube_root(v).min(linear), |s| (s * (s * s + a) - v) / (three * s * s + a))
}

impl<T: Real> Penalty<T> for Power {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let exponent = self.exponent;
        let three = T::TWO + T::ONE;
        let four = T::TWO + T::TWO;
        move |v| {
            let size = v.abs();
            let x = match exponent {
                Exponent::FourThirds => {
                    // x + 4/3 step x^(1/3) = v with x = s³.
                    let s = cubic(four / three * step, size);
                    s * s * s
                }
                Exponent::ThreeHalves => {
                    // x + 3/2 step sqrt(x) = v with x = s².
                    let half = three / four * step;
                    let s = size / (half + (half * half + size).sqrt());
                    if size > T::ZERO { s * s } else { size }
                }
                Exponent::Three => T::TWO * size / (T::ONE + (T::ONE + T::from_f64(12.0) * step * size).sqrt()),
                Exponent::Four => {
                    // 4 step x³ + x = v, divided by 4 step.
                    let inverse = T::ONE / (four * step);
                    cubic(inverse, size * inverse)
                }
            };
            x.with_sign_of(v)
        }
    }

    fn cost(&self, x: T) -> T {
        let size = x.abs();
        match self.exponent {
            Exponent::FourThirds => size * cube_root(size),
            Exponent::ThreeHalves => size * size.sqrt(),
            Exponent::Three => size * size * size,
            Exponent::Four => (size * size) * (size * size),
        }
    }
}

separable! {
    impl [T: Real] Power;
}
