//! How the coefficients of coarse levels are stored: as they are, or in 16 bits with a scale a level.

use core::fmt::Debug;

use crate::real::Real;

/// What a stored coefficient of a level is multiplied with: weights, `keep` and d by one number, gates by another.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Scale<T> {
    pub(super) weight: T,
    pub(super) gate: T,
}

impl<T: Real> Scale<T> {
    pub(super) const ONE: Self = Self { weight: T::ONE, gate: T::ONE };
}

/// The form in which a [`Cycle`](super::Cycle) stores the coefficients of its coarse levels: T itself, or `u16`, the bits of
/// a signed integer of 16 bits that a scale of the level belongs to.
pub trait Coefficient<T>: sealed::Sealed<T> + Copy + Debug + 'static {
    #[doc(hidden)]
    const IS_COMPACT: bool;

    /// The number that stands for a sum of weighted values, of which weights are in units of the scale.
    #[doc(hidden)]
    fn scaled(sum: T, scale: Scale<T>) -> T;

    /// In units of the scale.
    #[doc(hidden)]
    fn units(self) -> T;

    /// The nearest from so many units.
    #[doc(hidden)]
    fn from_units(value: T) -> Self;

    /// The nearest to a value, whose unit is this.
    #[doc(hidden)]
    fn of(value: T, unit: T) -> Self;

    /// gate r.
    #[doc(hidden)]
    fn gated(self, r: T, scale: Scale<T>) -> T;

    /// gate (sum + r + own), where sum and own are in units of the scale.
    #[doc(hidden)]
    fn relaxed(self, sum: T, r: T, own: T, scale: Scale<T>) -> T;

    /// gate (sum + r), where the sum is in units of the scale.
    #[doc(hidden)]
    fn relaxed_from_zero(self, sum: T, r: T, scale: Scale<T>) -> T;

    /// Takes `len` coefficients from the front of the memory that is theirs.
    #[doc(hidden)]
    #[allow(clippy::type_complexity, reason = "three slices")]
    fn cut<'m>(
        numbers: &'m mut [T],
        indices: &'m mut [u16],
        len: usize,
    ) -> Option<(&'m mut [Self], &'m mut [T], &'m mut [u16])>;
}

mod sealed {
    pub trait Sealed<T> {}
    impl<T: crate::real::Real> Sealed<T> for T {}
    impl<T: crate::real::Real> Sealed<T> for u16 {}
}

impl<T: Real> Coefficient<T> for T {
    const IS_COMPACT: bool = false;

    #[inline(always)]
    fn scaled(sum: T, _: Scale<T>) -> T {
        sum
    }

    #[inline(always)]
    fn units(self) -> T {
        self
    }

    #[inline(always)]
    fn from_units(value: T) -> Self {
        value
    }

    #[inline(always)]
    fn of(value: T, _: T) -> Self {
        value
    }

    #[inline(always)]
    fn gated(self, r: T, _: Scale<T>) -> T {
        self * r
    }

    #[inline(always)]
    fn relaxed(self, sum: T, r: T, own: T, _: Scale<T>) -> T {
        self * (sum + (r + own))
    }

    #[inline(always)]
    fn relaxed_from_zero(self, sum: T, r: T, _: Scale<T>) -> T {
        self * (sum + r)
    }

    #[inline(always)]
    fn cut<'m>(
        numbers: &'m mut [T],
        indices: &'m mut [u16],
        len: usize,
    ) -> Option<(&'m mut [Self], &'m mut [T], &'m mut [u16])> {
        let (mine, numbers) = numbers.split_at_mut_checked(len)?;
        Some((mine, numbers, indices))
    }
}

/// The largest number of units.
pub(super) const MOST: i32 = i16::MAX as i32;

impl<T: Real> Coefficient<T> for u16 {
    const IS_COMPACT: bool = true;

    #[inline(always)]
    fn scaled(sum: T, scale: Scale<T>) -> T {
        scale.weight * sum
    }

    #[inline(always)]
    fn units(self) -> T {
        T::from_f32(f32::from(self.cast_signed()))
    }

    fn from_units(value: T) -> Self {
        below(value + T::from_f32(0.5))
    }

    fn of(value: T, unit: T) -> Self {
        Self::from_units(value / unit)
    }

    #[inline(always)]
    fn gated(self, r: T, scale: Scale<T>) -> T {
        scale.gate * (Coefficient::<T>::units(self) * r)
    }

    #[inline(always)]
    fn relaxed(self, sum: T, r: T, own: T, scale: Scale<T>) -> T {
        Coefficient::<T>::units(self) * (scale.gate * (scale.weight * (sum + own) + r))
    }

    #[inline(always)]
    fn relaxed_from_zero(self, sum: T, r: T, scale: Scale<T>) -> T {
        Coefficient::<T>::units(self) * (scale.gate * (scale.weight * sum + r))
    }

    #[inline(always)]
    fn cut<'m>(
        numbers: &'m mut [T],
        indices: &'m mut [u16],
        len: usize,
    ) -> Option<(&'m mut [Self], &'m mut [T], &'m mut [u16])> {
        let (mine, indices) = indices.split_at_mut_checked(len)?;
        Some((mine, numbers, indices))
    }
}

/// The largest integer that is not above `value`, within the range.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "clamped to the range of 16 bits")]
pub(super) fn below<T: Real>(value: T) -> u16 {
    let value = value.to_f32().clamp(-32768.0, 32767.0);
    let whole = value as i32;
    let whole = if whole as f32 > value { whole - 1 } else { whole };
    (whole as i16).cast_unsigned()
}
