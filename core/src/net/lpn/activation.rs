//! Convex, nondecreasing functions whose slope follows from their value.

use crate::real::Real;

/// s of the network.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Activation {
    /// ln(1 + e^(beta a)) / beta; the theorem on convergence of plug-and-play ADMM asks for it. 2 exponentials and a logarithm.
    Softplus {
        /// beta, above 0.
        beta: f32,
    },
    /// 0 below -d, (a + d)² / (4 d) to d, a beyond: convex and smooth without a transcendental function; the slope costs a square root.
    HuberRelu {
        /// d, above 0.
        width: f32,
    },
}

impl Activation {
    /// s(a).
    #[inline]
    pub(super) fn value<T: Real>(self, a: T) -> T {
        match self {
            Self::Softplus { beta } => {
                let beta = T::from_f32(beta);
                a.max(T::ZERO) + (T::ONE + (-(beta * a).abs()).exp()).ln() / beta
            }
            Self::HuberRelu { width } => {
                let d = T::from_f32(width);
                if a >= d {
                    a
                } else if a > -d {
                    (a + d) * (a + d) / (T::from_f32(4.0) * d)
                } else {
                    T::ZERO
                }
            }
        }
    }

    /// s'(a) from z = s(a), which is all that has been kept.
    #[inline]
    pub(super) fn slope<T: Real>(self, z: T) -> T {
        match self {
            Self::Softplus { beta } => T::ONE - (-(T::from_f32(beta) * z)).exp(),
            Self::HuberRelu { width } => (z / T::from_f32(width)).min(T::ONE).sqrt(),
        }
    }
}
