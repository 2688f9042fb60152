//! Two models, one of which is in use: the other can be replaced in flash meanwhile.

use core::sync::atomic::{AtomicU32, Ordering};

use super::model::Model;

/// Two places for a model and the word that says which is in use.
///
/// The word is loaded and stored, never read and changed in one go, so this works on cores that cannot do that
/// (Armv6-M). One owner selects; anybody may ask. An inference keeps the model it began with.
#[derive(Debug)]
pub struct Slots<'m> {
    models: [Model<'m>; 2],
    active: AtomicU32,
}

impl<'m> Slots<'m> {
    /// Both places, the first in use. Both may hold the same model.
    #[must_use]
    pub const fn new(first: Model<'m>, second: Model<'m>) -> Self {
        Self { models: [first, second], active: AtomicU32::new(0) }
    }

    /// Which place is in use: 0 or 1.
    #[must_use]
    pub fn active(&self) -> usize {
        (self.active.load(Ordering::Acquire) & 1) as usize
    }

    /// The model in use.
    #[must_use]
    pub fn current(&self) -> &Model<'m> {
        let [first, second] = &self.models;
        if self.active() == 0 { first } else { second }
    }

    /// Takes the other place into use, from the next inference on.
    pub fn swap(&self) {
        let other = 1 - self.active();
        self.active.store(u32::from(other == 1), Ordering::Release);
    }

    /// Puts a checked model in the place that is not in use.
    pub fn replace(&mut self, model: Model<'m>) {
        let [first, second] = &mut self.models;
        if self.active.load(Ordering::Acquire) & 1 == 0 { *second = model } else { *first = model }
    }

    /// Bytes of an arena that is large enough for both.
    #[must_use]
    pub fn arena_len(&self) -> usize {
        self.models.iter().map(Model::arena_len).fold(0, usize::max)
    }
}
