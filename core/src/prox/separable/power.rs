//! Powers of the absolute value.

use crate::math::cube_root;
use crate::prox::penalty::{Penalty, separable};
use crate::prox::scalar::newton;
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
        // Two exponents have a cubic s³ + a s = scale v, the others a quotient of scale v and a + sqrt(a² + gain v), which is taken
        // to some power.
        let (a, scale, gain) = match exponent {
            // x + 4/3 step x^(1/3) = v with x = s³.
            Exponent::FourThirds => (four / three * step, T::ONE, T::ZERO),
            // x + 3/2 step sqrt(x) = v with x = s².
            Exponent::ThreeHalves => (three / four * step, T::ONE, T::ONE),
            Exponent::Three => (T::ONE, T::TWO, T::from_f64(12.0) * step),
            // 4 step x³ + x = v, divided by 4 step.
            Exponent::Four => (T::ONE / (four * step), T::ONE / (four * step), T::ZERO),
        };
        move |v| {
            let size = v.abs();
            let s = match exponent {
                Exponent::FourThirds | Exponent::Four => cubic(a, size * scale),
                Exponent::ThreeHalves | Exponent::Three => size * scale / (a + (a * a + gain * size).sqrt()),
            };
            let x = match exponent {
                Exponent::FourThirds => s * s * s,
                Exponent::ThreeHalves if size > T::ZERO => s * s,
                Exponent::ThreeHalves => size,
                Exponent::Three | Exponent::Four => s,
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
