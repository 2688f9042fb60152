//! Which attempt is next: another start, another rank, or the one that was certified once more.

use super::checkpoint::{Candidate, Checkpoint, Phase};
use super::{Masked, word};
use crate::real::Real;
use crate::rng::Xoshiro128;
use crate::solve::Step;

/// A fit this much better than the tolerance has no component left out.
const EXACT: f64 = 0.1;

/// First threshold in medians of |Y|, its factor a sweep, and whether a part of the entries is left out of the start.
pub(super) const ATTEMPTS: [(f64, f64, bool); 4] =
    [(2.0, 0.95, false), (1.5, 0.95, false), (2.0, 0.98, false), (1.5, 0.98, true)];

impl<T: Real> Masked<'_, T, &mut Checkpoint<T>> {
    pub(super) fn schedule(&self) -> (f64, f64, bool) {
        let place = self.state.attempt as usize % (2 * ATTEMPTS.len());
        ATTEMPTS.iter().copied().cycle().nth(place).unwrap_or((2.0, 0.95, false))
    }

    /// Begins an attempt.
    pub(super) fn restart(&mut self) {
        let mut rng = Xoshiro128::new(u64::from(self.state.attempt));
        let rank = self.rank();
        for value in self.right.iter_mut().take(self.entries.columns() * rank) {
            *value = T::from_f32(rng.unit() - 0.5);
        }
        self.state.threshold = self.state.median * T::from_f64(self.schedule().0);
        self.state.enter(Phase::Start);
    }

    /// Takes the next attempt or rank; `NotCertified` where there is none and no rank was certified before.
    pub(super) fn give_up(&mut self) -> Step {
        self.state.attempt = self.state.attempt.saturating_add(1);
        if self.state.attempt < self.state.attempts {
            self.restart();
            return Step::Running;
        }
        let candidate = self.state.candidate;
        if candidate.rank == 0 {
            return self.next_rank().unwrap_or_else(|| self.state.end(Step::NotCertified));
        }
        if candidate.rank == self.state.rank {
            // It was run again and is no longer what it was: somebody else has written the entries or the memory.
            return self.state.end(Step::NotCertified);
        }
        self.run_again(candidate)
    }

    /// Goes on with the next rank, if there is one.
    fn next_rank(&mut self) -> Option<Step> {
        if self.state.rank >= self.state.rank_max {
            return None;
        }
        self.state.attempt = 0;
        self.state.rank += 1;
        self.restart();
        Some(Step::Running)
    }

    /// Goes back to an attempt that was certified.
    fn run_again(&mut self, candidate: Candidate) -> Step {
        (self.state.rank, self.state.attempt) = (candidate.rank, candidate.attempt);
        self.restart();
        Step::Running
    }

    /// An attempt was certified: ends, or tries whether the next rank explains more.
    pub(super) fn certified(&mut self) -> Step {
        let Checkpoint { rank, attempt, fitting, candidate: before, residual, .. } = *self.state;
        // Each parameter of another column can make one entry fit that should not.
        let explained = word(self.entries.rows()).saturating_add(word(self.entries.columns()));
        if before.rank == 0 {
            if residual <= self.state.fit() * T::from_f64(EXACT) {
                return self.state.end(Step::Converged);
            }
        } else if before.rank == rank {
            return self.state.end(Step::Converged);
        } else if fitting <= before.fitting.saturating_add(explained) {
            return self.run_again(before);
        }
        self.state.candidate = Candidate { rank, attempt, fitting };
        self.next_rank().unwrap_or_else(|| self.state.end(Step::Converged))
    }
}
