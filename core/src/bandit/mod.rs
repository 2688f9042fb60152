//! Learning a parameter while it is being used: bandits that choose among a grid of values by their observed cost.
//!
//! | learner | for | state of 20 arms |
//! |---|---|---|
//! | [`TsallisInf`] | costs that may drift or be chosen by an adversary | [`TsallisInf::workspace_len`] words and a few scalars |
//! | [`ContextualTsallisInf`] | the same with a context, cut into bins | one of the above a bin |
//! | [`ChebCb`] | a cost that is a smooth function of the context | [`ChebCb::workspace_len`] words and a few scalars |
//! | [`omega`] | the relaxation parameter of a solver, learned or from a formula | |
//!
//! A learner draws an arm, the caller does the work with it and tells what it cost; nothing else is known of the work.
//! All state is single precision, seeded, and the same on every target. Costs count from 1: a cost of 1 is a loss of 0.
//! What was learned survives a power cycle: `store` puts it into a container with version and checksum, `load` takes it up
//! again and draws the same arms.
//! Source: Khodak, Chow, Balcan and Talwalkar, Learning to Relax, ICLR 2024 (arXiv 2310.02246).

mod arms;
pub mod cheb_cb;
pub mod contextual;
mod drawn;
pub mod omega;
mod saved;
pub mod tsallis_inf;

pub use arms::Arms;
pub use cheb_cb::{ChebCb, ChebCbConfig};
pub use contextual::ContextualTsallisInf;
pub use tsallis_inf::{TsallisInf, TsallisInfConfig};

use crate::error::{Error, Field};

/// Err unless `low < high`, both finite.
///
/// # Errors
/// `NotFinite` or `OutOfRange` (context).
pub fn check_range(low: f32, high: f32) -> Result<(), Error> {
    let field = Field::Context;
    if let Some(index) = [low, high].iter().position(|end| !end.is_finite()) {
        return Err(Error::NotFinite { field, index });
    }
    if low < high && (high - low).is_finite() { Ok(()) } else { Err(Error::OutOfRange { field, index: 1 }) }
}

/// What all learners can do.
pub trait Learner {
    /// Number of arms.
    fn arms(&self) -> usize;

    /// Draws an arm, counted from 0. `context` is ignored by learners without one; NaN counts as the middle of its range.
    fn select(&mut self, context: f32) -> usize;

    /// Tells what the arm drawn last has cost, at least 1. Called twice, the second time is ignored, and so is a cost that
    /// is negative, NaN or infinite. A solve that failed is told as its cap.
    fn update(&mut self, cost: f32);
}
