//! Weights in single precision or in bytes, in rows of eight outputs.

use crate::real::Real;

/// Outputs of a convolution that are summed side by side.
pub(super) const LANES: usize = 8;

/// A weight as a number, before its scale.
pub(super) trait Weight: Copy {
    fn number<T: Real>(self) -> T;
}

impl Weight for f32 {
    #[inline(always)]
    fn number<T: Real>(self) -> T {
        T::from_f32(self)
    }
}

impl Weight for i8 {
    #[inline(always)]
    fn number<T: Real>(self) -> T {
        T::from_f32(f32::from(self))
    }
}

/// All weights of a network.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Weights<'a> {
    Single(&'a [f32]),
    Bytes {
        values: &'a [i8],
        /// One an output channel, in the order of the biases.
        scales: &'a [f32],
    },
}

/// Biases of a layer, and scales if its weights are bytes.
#[derive(Clone, Copy)]
pub(super) struct Affine<'a> {
    pub(super) biases: &'a [f32],
    pub(super) scales: Option<&'a [f32]>,
}

impl Affine<'_> {
    /// scale sum + bias of an output channel.
    #[inline(always)]
    pub(super) fn apply<T: Real>(&self, channel: usize, sum: T) -> T {
        let at = |values: &[f32]| T::from_f32(values.get(channel).copied().unwrap_or(0.0));
        match self.scales {
            Some(scales) => at(scales) * sum + at(self.biases),
            None => sum + at(self.biases),
        }
    }
}
