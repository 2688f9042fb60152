//! From one rank to the next, and back from one too many.

use super::checkpoint::{Checkpoint, Phase};
use super::{Ladder, trim};
use crate::factor::{Packed, PowerConfig, power_iteration};
use crate::real::Real;
use crate::recovery::measurement::Measurement;
use crate::rng::Xoshiro128;
use crate::solve::Step;
use crate::vector;

/// Times a column too many is taken off.
const TRIMS: u32 = 4;

impl<T: Real, M: Measurement<T> + ?Sized> Ladder<'_, T, M, &mut Checkpoint<T>> {
    /// Ends with a certificate, unless the smallest direction of X is no more than its error: then the rank is one too high.
    pub(super) fn conclude(&mut self, fit: T) -> Step {
        if self.rank() > 1 && self.state.trims < TRIMS && self.trim(fit).is_some() {
            self.state.trims += 1;
            return Step::Running;
        }
        self.state.end(Step::Converged)
    }

    fn trim(&mut self, fit: T) -> Option<()> {
        let shape = self.measurement.shape();
        let (rows, rank) = (shape.rows(), self.rank());
        let gram = self.work.gram.get_mut(..Packed::elements(rank))?;
        let v = self.work.row.get_mut(..rank)?;
        let left = self.left.get_mut(..rank * rows)?;
        let squares = trim::smallest(left, rows, gram, v)?;
        if squares > T::from_f64(30.0) * fit / self.measurement.unit() {
            return None;
        }
        trim::reflect(left, rows, v);
        if !shape.is_symmetric() {
            trim::reflect(self.right.get_mut(..rank * shape.columns())?, shape.columns(), v);
        }
        self.state.leave_rank();
        Some(())
    }

    /// Leaves this rank: after an extra pass, where the operator has to collect S for it.
    pub(super) fn grow(&mut self, fit: T) -> Step {
        if self.state.rank >= self.state.rank_max {
            return self.state.end(Step::NotCertified);
        }
        if self.state.phase.is(Phase::Pass) && self.state.rank > 0 && !self.measurement.always_collects_matrix() {
            self.state.phase.set(Phase::Collect);
            return Step::Running;
        }
        match self.append(fit) {
            Some(()) => Step::Running,
            None => self.state.end(Step::NotCertified),
        }
    }

    /// Appends the leading singular pair of -S as a new column, small.
    fn append(&mut self, fit: T) -> Option<()> {
        let shape = self.measurement.shape();
        let (rows, columns, rank) = (shape.rows(), shape.columns(), self.rank());
        let sums = self.measurement.sums();
        let size = T::from_f64(0.3) * (fit / self.measurement.unit()).sqrt();
        let work = self.work.left.get_mut(..rows)?;
        let left = self.left.get_mut(rank * rows..)?.get_mut(..rows)?;
        // Shifted by a typical eigenvalue, so that the positive end of -S is found before the negative one.
        let mut config = PowerConfig { iterations: 20, tolerance: T::from_f64(1e-3), shift: T::ZERO };
        let mut rng = Xoshiro128::new(rank as u64);
        if shape.is_symmetric() {
            fill(left, &mut rng);
            config.shift = sums.norm() / T::from_u32(u32::try_from(rows).ok()?).sqrt();
            let apply = |x: &[T], y: &mut [T]| {
                sums.times(x, y);
                vector::scale(-T::ONE, y);
            };
            power_iteration(config, apply, left, work).ok()?;
        } else {
            let right = self.right.get_mut(rank * columns..)?.get_mut(..columns)?;
            let spare = self.work.right.get_mut(..columns)?;
            fill(right, &mut rng);
            let apply = |x: &[T], y: &mut [T]| {
                sums.times(x, work);
                sums.transposed_times(work, y);
            };
            power_iteration(config, apply, right, spare).ok()?;
            sums.times(right, left);
            let norm = vector::norm(left);
            if !(norm > T::ZERO && norm.is_finite()) {
                return None;
            }
            vector::scale(-T::ONE / norm, left);
            vector::scale(size, right);
        }
        vector::scale(size, left);
        self.state.take_rank();
        Some(())
    }
}

/// Uniform in [-1/2, 1/2).
fn fill<T: Real>(x: &mut [T], rng: &mut Xoshiro128) {
    for x in x {
        *x = T::from_f32(rng.unit() - 0.5);
    }
}
