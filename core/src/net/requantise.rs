//! From a 32-bit sum back to a byte: the arithmetic of 8-bit quantised networks, to the bit.
//!
//! A sum is multiplied by a real number M = q · 2^(e-31), q in [2^30, 2^31), and rounded. The reference kernels of
//! TensorFlow Lite for Microcontrollers round twice, first the doubled high half of the product, then the shift; newer
//! ones round once. Both are here, each in two forms: a fast one whose preconditions a converter proves for each row, and
//! a safe one without any. The fast and the safe form agree wherever the preconditions hold, which a test shows.

/// How a layer requantises.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    /// Twice, |sum| < 2^30, shift from 1 to 22.
    Double,
    /// Once, |sum| < 2^31, shift from 1 to 22.
    Single,
    /// Twice, any sum.
    SafeDouble,
    /// Once, any sum.
    SafeSingle,
}

impl Rounding {
    /// From the flags of a layer.
    #[must_use]
    pub const fn of(single: bool, safe: bool) -> Self {
        match (single, safe) {
            (false, false) => Self::Double,
            (true, false) => Self::Single,
            (false, true) => Self::SafeDouble,
            (true, true) => Self::SafeSingle,
        }
    }
}

/// How one output row or channel is requantised; four words of section `Requantise`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Row {
    /// What the sum starts from.
    pub bias: i32,
    /// The multiplier q.
    pub multiplier: i32,
    /// Fast forms: half of the last rounding and the zero point, shifted. Safe forms: the zero point.
    pub offset: i32,
    /// Fast forms: bits to shift right. Safe forms: the exponent e, from -31 to 30.
    pub shift: i32,
}

impl Row {
    /// The row of these words.
    #[must_use]
    pub const fn from_words([bias, multiplier, offset, shift]: [i32; 4]) -> Self {
        Self { bias, multiplier, offset, shift }
    }

    /// Words of the row.
    #[must_use]
    pub const fn words(self) -> [i32; 4] {
        [self.bias, self.multiplier, self.offset, self.shift]
    }

    /// A row for multiplier and exponent as in the module's first formula.
    ///
    /// `None` for a fast form whose range of shifts does not hold this exponent.
    #[must_use]
    pub const fn new(bias: i32, multiplier: i32, exponent: i32, zero: i8, rounding: Rounding) -> Option<Self> {
        let zero = zero as i32;
        let shift = exponent.wrapping_neg();
        let (offset, shift) = match rounding {
            Rounding::Double if 1 <= shift && shift <= 22 => ((1 << (shift - 1)) + (zero << shift), shift),
            Rounding::Single if 2 <= shift && shift <= 23 => ((1 << (shift - 2)) + (zero << (shift - 1)), shift - 1),
            Rounding::Double | Rounding::Single => return None,
            Rounding::SafeDouble | Rounding::SafeSingle => (zero, exponent),
        };
        Some(Self { bias, multiplier, offset, shift })
    }

    /// Whether the shift is in the range of the form.
    #[must_use]
    pub const fn fits(&self, rounding: Rounding) -> bool {
        match rounding {
            Rounding::Double | Rounding::Single => 1 <= self.shift && self.shift <= 22,
            Rounding::SafeDouble | Rounding::SafeSingle => -31 <= self.shift && self.shift <= 30,
        }
    }

    /// The output of a sum, limited to a byte.
    #[inline]
    #[must_use]
    pub fn output(&self, sum: i32, rounding: Rounding) -> i8 {
        if rounding != Rounding::Double {
            return self.other(sum, rounding);
        }
        let high = low_word((wide(sum.wrapping_shl(1), self.multiplier) + (1 << 31)) >> 32);
        byte(high.wrapping_add(high >> 31).wrapping_add(self.offset).wrapping_shr(self.shift.cast_unsigned()))
    }

    /// The forms that are seldom met; out of line, because every kernel has them.
    #[inline(never)]
    fn other(&self, sum: i32, rounding: Rounding) -> i8 {
        byte(match rounding {
            Rounding::Single => {
                let high = low_word(wide(sum, self.multiplier) >> 32);
                high.wrapping_add(self.offset).wrapping_shr(self.shift.cast_unsigned())
            }
            Rounding::SafeSingle => rounded_once(sum, self.multiplier, self.shift).saturating_add(self.offset),
            // `Double` is the caller's.
            Rounding::Double | Rounding::SafeDouble => {
                rounded_twice(sum, self.multiplier, self.shift).saturating_add(self.offset)
            }
        })
    }
}

/// The nearest value a byte holds.
#[inline]
#[must_use]
#[allow(clippy::cast_possible_truncation, reason = "clamped")]
pub fn byte(value: i32) -> i8 {
    value.clamp(-128, 127) as i8
}

#[inline]
fn wide(a: i32, b: i32) -> i64 {
    i64::from(a) * i64::from(b)
}

#[inline]
#[allow(clippy::cast_possible_truncation, reason = "that is what it is for")]
const fn low_word(value: i64) -> i32 {
    value as i32
}

/// The high half of the doubled product, rounded to nearest, ties up; saturates for the one product that does not fit.
#[inline]
#[must_use]
pub fn doubling_high(a: i32, b: i32) -> i32 {
    if a == i32::MIN && b == i32::MIN {
        return i32::MAX;
    }
    // The reference adds 2^30 or 1 - 2^30 and truncates, which is this for either sign.
    low_word((wide(a, b) + (1 << 30)) >> 31)
}

/// x / 2^shift, rounded to nearest, ties away from zero; shift from 0 to 31.
#[inline]
#[must_use]
pub fn rounded_shift(x: i32, shift: u32) -> i32 {
    let mask = low_word((1_i64 << (shift & 31)) - 1);
    let threshold = (mask >> 1) + i32::from(x < 0);
    (x >> (shift & 31)) + i32::from((x & mask) > threshold)
}

/// x · q · 2^(e-31), rounded twice. Exponents from -31 to 30; what a left shift pushes out is lost, as in the reference.
#[inline]
#[must_use]
pub fn rounded_twice(x: i32, multiplier: i32, exponent: i32) -> i32 {
    let (left, right) = (exponent.max(0).cast_unsigned(), (-exponent).max(0).cast_unsigned());
    rounded_shift(doubling_high(x.wrapping_shl(left), multiplier), right)
}

/// x · q · 2^(e-31), rounded once, ties up. Exponents from -31 to 30.
#[inline]
#[must_use]
pub fn rounded_once(x: i32, multiplier: i32, exponent: i32) -> i32 {
    let total = (31 - exponent) & 63;
    let value = (wide(x, multiplier) + (1_i64 << (total - 1))) >> total;
    low_word(value.clamp(i64::from(i32::MIN), i64::from(i32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Xoshiro128;

    /// Written from the definition in real arithmetic on i128, independent of the identities above.
    fn exact(x: i32, q: i32, e: i32, single: bool) -> i64 {
        let floor_div = |a: i128, b: i128| a.div_euclid(b);
        let away = |a: i128, b: i128| if a >= 0 { floor_div(2 * a + b, 2 * b) } else { -floor_div(-2 * a + b, 2 * b) };
        let product = i128::from(x) * i128::from(q);
        let value = if single {
            floor_div(2 * product + (1 << (31 - e)), 2 << (31 - e))
        } else {
            away(floor_div(2 * product + (1 << 31), 1 << 32), 1 << (-e))
        };
        value as i64
    }

    #[test]
    fn fast_safe_and_exact_agree() {
        let mut rng = Xoshiro128::new(3);
        for case in 0..200_000_u32 {
            let e = -1 - (rng.word() % 22) as i32;
            let q = (1 << 30) + (rng.word() >> 2) as i32;
            let x = ((rng.word() as i32) >> 1) >> (case % 30);
            let zero = rng.word() as i8;
            let want = |single| byte((exact(x, q, e, single) + i64::from(zero)) as i32);
            let double = Row::new(0, q, e, zero, Rounding::Double).unwrap();
            assert_eq!(double.output(x, Rounding::Double), want(false), "{x} {q} {e}");
            let safe = Row::new(0, q, e, zero, Rounding::SafeDouble).unwrap();
            assert_eq!(safe.output(x, Rounding::SafeDouble), want(false), "{x} {q} {e}");
            if let Some(single) = Row::new(0, q, e, zero, Rounding::Single) {
                assert_eq!(single.output(x, Rounding::Single), want(true), "{x} {q} {e}");
            }
            let safe = Row::new(0, q, e, zero, Rounding::SafeSingle).unwrap();
            assert_eq!(safe.output(x, Rounding::SafeSingle), want(true), "{x} {q} {e}");
        }
    }

    #[test]
    fn edges() {
        assert_eq!(doubling_high(i32::MIN, i32::MIN), i32::MAX);
        assert_eq!(doubling_high(1, 1 << 30), 1, "a tie goes up");
        assert_eq!(doubling_high(-1, 1 << 30), 0, "a tie goes up");
        assert_eq!(rounded_shift(-6, 2), -2, "a tie goes away from zero");
        assert_eq!(rounded_shift(6, 2), 2);
        assert_eq!(rounded_shift(i32::MIN, 31), -1);
        assert_eq!(rounded_shift(-5, 0), -5);
        assert_eq!(rounded_twice(3, 1 << 30, 1), 3, "a left shift");
        assert_eq!(rounded_once(3, 1 << 30, 1), 3);
        assert_eq!(rounded_twice(i32::MAX, i32::MAX, -31), 1);
    }
}
