//! A scalar that counts what is done with it, to hold stated operation counts against the truth.

use super::{AddAssign, DivAssign, MulAssign, Real, SubAssign, sealed};
use crate::solve::Ops;
use core::cell::Cell;
use core::ops::{Add, Div, Mul, Neg, Sub};

std::thread_local! {
    static OPS: Cell<Ops> = const { Cell::new(Ops { add: 0, mul: 0, div: 0, sqrt: 0 }) };
}

/// The operations of this thread while `work` ran.
pub(crate) fn count(work: impl FnOnce()) -> Ops {
    OPS.set(Ops::default());
    work();
    OPS.get()
}

fn note(change: impl FnOnce(&mut Ops)) {
    let mut ops = OPS.get();
    change(&mut ops);
    OPS.set(ops);
}

#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub(crate) struct Counted(pub(crate) f64);

macro_rules! counted {
    ($($trait:ident $method:ident $assign:ident $assign_method:ident $field:ident $op:tt;)*) => {$(
        impl $trait for Counted {
            type Output = Self;
            #[allow(clippy::suspicious_arithmetic_impl, reason = "counting is an addition")]
            fn $method(self, other: Self) -> Self {
                note(|ops| ops.$field += 1);
                Self(self.0 $op other.0)
            }
        }
        impl $assign for Counted {
            fn $assign_method(&mut self, other: Self) {
                *self = *self $op other;
            }
        }
    )*};
}

counted! {
    Add add AddAssign add_assign add +;
    Sub sub SubAssign sub_assign add -;
    Mul mul MulAssign mul_assign mul *;
    Div div DivAssign div_assign div /;
}

impl Neg for Counted {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl sealed::Sealed for Counted {}

impl Real for Counted {
    const ZERO: Self = Self(0.0);
    const ONE: Self = Self(1.0);
    const TWO: Self = Self(2.0);
    const EPSILON: Self = Self(f64::EPSILON);
    const MAX: Self = Self(f64::MAX);
    const MIN_POSITIVE: Self = Self(f64::MIN_POSITIVE);
    const INFINITY: Self = Self(f64::INFINITY);
    const NAN: Self = Self(f64::NAN);

    fn from_f64(value: f64) -> Self {
        Self(value)
    }
    fn from_f32(value: f32) -> Self {
        Self(f64::from(value))
    }
    fn from_u32(value: u32) -> Self {
        Self(f64::from(value))
    }
    fn to_f64(self) -> f64 {
        self.0
    }
    fn to_f32(self) -> f32 {
        self.0 as f32
    }
    fn to_bits_u64(self) -> u64 {
        self.0.to_bits()
    }
    fn from_bits_u64(bits: u64) -> Self {
        Self(f64::from_bits(bits))
    }
    fn sqrt(self) -> Self {
        note(|ops| ops.sqrt += 1);
        Self(self.0.sqrt())
    }
    fn exp(self) -> Self {
        Self(self.0.exp())
    }
    fn ln(self) -> Self {
        Self(self.0.ln())
    }
    fn is_finite(self) -> bool {
        self.0.is_finite()
    }
    fn abs(self) -> Self {
        Self(self.0.abs())
    }
    fn normalising_power_of_two(self) -> Self {
        Self(self.0.normalising_power_of_two())
    }
}
