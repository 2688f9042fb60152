//! Roots of the absolute value.

use crate::math::cube_root;
use crate::prox::penalty::{Penalty, separable};
use crate::prox::scalar::newton;
use crate::real::Real;

/// f(x) = sum of sqrt|x_i| (Z. Xu et al., `L_{1/2}` regularization, IEEE Trans. Neural Netw. Learn. Syst. 23 (2012)): 0 up to and
/// with |v| = 3/2 step^(2/3), beyond it s² with the largest root of s³ - |v| s + step / 2. Newton's method from sqrt|v|, where
/// it is monotone and the root is well apart from the others: about 5 steps of one division.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SquareRoot;

impl<T: Real> Penalty<T> for SquareRoot {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let (half, three) = (step / T::TWO, T::TWO + T::ONE);
        let root = cube_root(step);
        let threshold = T::from_f64(1.5) * (root * root);
        move |v| {
            let size = v.abs();
            if size <= threshold {
                return T::ZERO;
            }
            let s = newton(size.sqrt(), |s| (s * s - size + half / s) / (three * s - size / s));
            (s * s).with_sign_of(v)
        }
    }

    fn cost(&self, x: T) -> T {
        x.abs().sqrt()
    }
}

/// f(x) = sum of |x_i|^(2/3): 0 up to and with |v| = 2 (2/3 step)^(3/4), beyond it s³ with the largest root of
/// s⁴ - |v| s + 2/3 step. Newton's method from the cube root of |v|: about 5 steps of one division.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TwoThirds;

impl<T: Real> Penalty<T> for TwoThirds {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let three = T::TWO + T::ONE;
        let constant = T::TWO * step / three;
        let threshold = T::TWO * (constant.sqrt() * constant.sqrt().sqrt());
        move |v| {
            let size = v.abs();
            if size <= threshold {
                return T::ZERO;
            }
            let s = newton(cube_root(size), |s| {
                let cube = s * s * s;
                // Divided by s, so that the fourth power is not needed.
                (cube - size + constant / s) / ((T::TWO + T::TWO) * (s * s) - size / s)
            });
            (s * s * s).with_sign_of(v)
        }
    }

    fn cost(&self, x: T) -> T {
        let root = cube_root(x.abs());
        root * root
    }
}

separable! {
    impl [T: Real] SquareRoot;
    impl [T: Real] TwoThirds;
}
