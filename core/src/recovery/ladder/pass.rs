//! One pass over the measurements, and what its fit says: a step, another rank, or the end.

use super::checkpoint::{Checkpoint, Phase};
use super::{Ladder, MEDIAN, factors, update};
use crate::factor::Packed;
use crate::real::Real;
use crate::recovery::histogram::Window;
use crate::recovery::measurement::{Collect, Measurement};
use crate::solve::Step;
use crate::vector;

/// Share of the measurements whose fit is the control.
const SHARE: f64 = 0.3;
/// Passes without a gain of a tenth after which a rank is left.
const PATIENCE: u32 = 15;
/// The same, once the fit is within this factor of the target: of few measurements, and of this many or more for each free
/// number of X. Rounding then hides that X still gets nearer, the slower the fewer there are.
const PATIENCE_AT_END: [u32; 2] = [PATIENCE, 4];
const NEAR_TARGET: f64 = 4.0;
const MANY: usize = 8;
/// Times a certified fit that rests far from the target has its steps halved before that is the end.
const HALVINGS: u32 = 3;

impl<T: Real, M: Measurement<T> + ?Sized> Ladder<'_, T, M, &mut Checkpoint<T>> {
    /// One block of a pass; whether the pass is done.
    pub(super) fn visit(&mut self) -> bool {
        let rank = self.rank();
        let shape = self.measurement.shape();
        let x = factors(shape, rank, self.left, self.right);
        let (m, state) = (self.y.len(), &mut *self.state);
        let all = state.phase.is(Phase::Collect) || self.measurement.always_collects_matrix();
        let collect = if all { Collect::Matrix } else { Collect::Products };
        if state.cursor == 0 {
            self.measurement.begin(x, collect);
            if state.rank == 0 {
                state.window = Window::around(self.y, self.work.counts).0;
            }
            self.work.counts.fill(T::ZERO);
        } else {
            self.measurement.proceed(collect);
        }
        let limit = match state.measurements_per_step {
            0 => m,
            limit => (limit as usize).checked_next_multiple_of(self.measurement.granule()).unwrap_or(m),
        };
        let start = state.cursor as usize;
        let end = start.saturating_add(limit).min(m);
        let (window, counts) = (state.window(), &mut *self.work.counts);
        self.measurement.visit(start..end, x, self.y, &mut |residual| window.count(counts, residual));
        if end < m {
            // No operator has more measurements than this counts.
            state.cursor = u32::try_from(end).unwrap_or(0);
            return false;
        }
        state.cursor = 0;
        self.measurement.finish();
        true
    }

    /// Judges a pass, and takes a step or a rank.
    pub(super) fn judge(&mut self) -> Step {
        let total = self.total();
        let window = self.state.window();
        let fit = window.quantile(self.work.counts, total, T::from_f64(SHARE));
        let state = &mut *self.state;
        state.iterations = state.iterations.saturating_add(1);
        state.fit = fit;
        state.smallest = state.smallest.min(fit);
        if state.rank == 0 {
            let median = window.quantile(self.work.counts, total, T::from_f64(0.5));
            state.reference = median / T::from_f64(MEDIAN);
            state.initial = fit;
            if median < T::MIN_POSITIVE {
                // More than half of the measurements are 0.
                return state.end(Step::Converged);
            }
            return self.grow(fit);
        }
        if state.phase.is(Phase::Collect) {
            return self.grow(fit);
        }
        state.passes = state.passes.saturating_add(1);
        if fit < state.best * T::from_f64(0.9) {
            state.best = fit;
            state.waited = 0;
        } else {
            state.waited = state.waited.saturating_add(1);
        }
        let many = self.y.len() >= self.measurement.shape().freedom(self.rank()).saturating_mul(MANY);
        let [patience_of_few, patience_of_many] = PATIENCE_AT_END;
        let patience_at_end = if many { patience_of_many } else { patience_of_few };
        let certified = fit <= self.state.certificate * self.state.reference && self.enough_fit(fit, total);
        let state = &mut *self.state;
        let target = state.target * state.reference;
        let at_end = fit <= target || (fit <= target * T::from_f64(NEAR_TARGET) && state.waited >= patience_at_end);
        if certified && (at_end || (state.waited >= PATIENCE && state.halvings >= HALVINGS)) {
            return self.conclude(fit);
        }
        if certified && state.waited >= PATIENCE {
            // Near the end, and no further: the step is too long for so few measurements.
            state.halvings += 1;
            state.waited = 0;
        }
        if state.waited >= PATIENCE || state.passes >= state.passes_per_rank {
            return self.grow(fit);
        }
        if self.descend(fit).is_none() {
            return self.state.end(Step::NotCertified);
        }
        Step::Running
    }

    fn total(&self) -> T {
        T::from_u32(u32::try_from(self.y.len()).unwrap_or(u32::MAX))
    }

    /// Whether more measurements fit than a wrong X of this rank could be made to fit.
    fn enough_fit(&self, fit: T, total: T) -> bool {
        let freedom = self.measurement.shape().freedom(self.rank());
        let needed = T::from_u32(u32::try_from(freedom).unwrap_or(u32::MAX)) * T::from_f64(1.5);
        // Three standard deviations of what the 30 % quantile says inliers have.
        let limit = (fit * T::from_f64(8.0)).max(self.state.target * self.state.reference);
        let fitting = self.state.window().below(self.work.counts, limit);
        fitting >= needed.max(total * T::from_f64(SHARE))
    }

    /// A step at this rank.
    fn descend(&mut self, fit: T) -> Option<()> {
        let shape = self.measurement.shape();
        let (rows, rank, total) = (shape.rows(), self.rank(), self.total());
        let x = factors(shape, rank, self.left, self.right);
        let products = self.work.left.get_mut(..rank * rows)?;
        let right_products = self.work.right.get_mut(..rank * shape.right())?;
        self.measurement.products(x, products, right_products);
        let unit = self.measurement.unit();
        let distance = fit / unit;
        let gram = self.work.gram.get_mut(..Packed::elements(rank))?;
        let row = self.work.row.get_mut(..rank)?;
        let damping = distance * T::from_f64(0.1);
        update::solve(products, x.right, shape.columns(), gram, row, damping)?;
        update::solve(right_products, x.left, rows, gram, row, damping)?;
        // Of a rectangular X both factors move, each half as far.
        let share = if shape.is_symmetric() { T::ONE } else { T::from_f64(0.5) };
        let halved = T::ONE / T::from_u32(1 << self.state.halvings.min(HALVINGS));
        let length = T::from_f64(1.2533 / MEDIAN) * self.measurement.gain() * share * halved * distance;
        let step = -length / (total * unit);
        vector::axpy(step, products, self.left);
        vector::axpy(step, right_products, self.right);
        Some(())
    }
}
