//! The arm a learner drew last.

use crate::error::Error;
use crate::solve::words::{Codec, Plain};

/// The arm whose cost is awaited, or none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub(super) struct Drawn(u32);

impl Drawn {
    pub(super) const NONE: Self = Self(u32::MAX);

    /// Arms are at most 65,535.
    pub(super) fn new(arm: usize) -> Self {
        u16::try_from(arm).map_or(Self::NONE, |arm| Self(arm.into()))
    }

    /// The arm, which is then no longer awaited.
    pub(super) fn take(&mut self) -> Option<usize> {
        let arm = u16::try_from(self.0).ok();
        *self = Self::NONE;
        arm.map(usize::from)
    }
}

impl Plain for Drawn {
    const WORDS: usize = 1;

    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        codec.number(&mut self.0)?;
        codec.require(*self == Self::NONE || self.0 <= u32::from(u16::MAX))
    }
}
