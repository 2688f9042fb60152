//! Low-rank structure of columns that arrive one by one, each with gross errors: the streaming variant.
//!
//! Every column z is split into L c + e with a sparse e, as in OR-PCA (J. Feng, H. Xu, S. Yan, Online robust PCA via stochastic
//! optimization, NIPS 2013), but by reweighted least absolute deviations with a threshold from the column's own residuals, so
//! that there is no penalty to choose. L is then updated by recursive least squares with forgetting (Y. Chi, Y. C. Eldar, R.
//! Calderbank, PETRELS, IEEE Trans. Signal Process. 61 (2013)) over the entries that are not in error: the state is L, n r
//! numbers, one r x r matrix, and for each entry how often it was in error and
//! how far its row of L is off.

use super::entries::{near, short_dot};
use super::histogram::{BINS, Window};
use super::row_ls::RowLs;
use crate::error::{self, Error, Field};
use crate::real::Real;
use crate::rng::Xoshiro128;
use crate::vector;

/// Values of the streaming variant.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct OnlineConfig<T> {
    /// Rank r, at least 1.
    pub rank: u32,
    /// Rounds of reweighting for each column, 1 to 1000.
    pub rounds: u32,
    /// What a column weighs after the next one, in (0, 1]: 0.98 remembers about 50 columns.
    pub memory: T,
    /// An entry is in error beyond this many standard deviations, told from the median; positive.
    pub threshold: T,
    /// Seed of the random L to start from.
    pub seed: u64,
}

impl<T: Real> OnlineConfig<T> {
    /// 12 rounds, a memory of 0.98, errors beyond 5 standard deviations.
    #[must_use]
    pub fn new(rank: u32) -> Self {
        Self { rank, rounds: 12, memory: T::from_f64(0.98), threshold: T::from_f64(5.0), seed: 0 }
    }
}

/// Rounds of reweighting at most.
const ROUNDS: u32 = 1000;
/// Bound of the matrix of recursive least squares, and its diagonal at the start.
const LARGEST: f64 = 1e3;

/// What a column was found to be.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Observation<T> {
    /// Median |z - L c| over the known entries, before L was updated.
    pub residual: T,
    /// Known entries that were taken to be in error.
    pub errors: u32,
    /// Whether more than half of the known entries fit L; L learns from the column in any case.
    pub trusted: bool,
}

/// A subspace that follows a stream of columns.
///
/// Measured with 50 sensors, rank 3, noise 1e-3, a random start and 300 columns to learn from: columns are recovered to 2e-2
/// with 20 % of gross errors, or with 10 % and another 10 % missing; up to 6 % of the right entries are then still reported as
/// errors. With 30 % missing it fails, and a sensor stuck at a value far beyond the others is taken for structure.
#[derive(Debug)]
pub struct Online<'a, T> {
    config: OnlineConfig<T>,
    l: &'a mut [T],
    inverse: &'a mut [T],
    coefficients: &'a mut [T],
    gain: &'a mut [T],
    rates: &'a mut [T],
    /// Median |z_i - l_i'c| of each row, followed by small factors.
    spreads: &'a mut [T],
    counts: &'a mut [T],
    scratch: &'a mut [T],
    n: usize,
}

impl<'a, T: Real> Online<'a, T> {
    /// Over n sensors, with a random L. `l` has n r elements, row after row.
    ///
    /// # Errors
    /// `OutOfRange` (size 0, rank, iterations, configuration: index 0 memory, 1 threshold), `Length` (factors, workspace).
    pub fn new(n: usize, l: &'a mut [T], workspace: &'a mut [T], config: OnlineConfig<T>) -> Result<Self, Error> {
        let mut online = Self::resume(n, l, workspace, config)?;
        online.reset();
        Ok(online)
    }

    /// Goes on with a stream: what it knows is in `l` and the workspace alone, which hold what they held, and the
    /// configuration may change. O(1).
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn resume(n: usize, l: &'a mut [T], workspace: &'a mut [T], config: OnlineConfig<T>) -> Result<Self, Error> {
        let rank = config.rank as usize;
        if n == 0 {
            return Err(Error::OutOfRange { field: Field::Size, index: 0 });
        }
        if rank == 0 || rank > n {
            return Err(Error::OutOfRange { field: Field::Rank, index: n });
        }
        if config.rounds == 0 || config.rounds > ROUNDS {
            return Err(Error::OutOfRange { field: Field::Iterations, index: 0 });
        }
        if !(config.memory > T::ZERO && config.memory <= T::ONE) {
            return Err(Error::OutOfRange { field: Field::Configuration, index: 0 });
        }
        if !(config.threshold > T::ZERO && config.threshold.is_finite()) {
            return Err(Error::OutOfRange { field: Field::Configuration, index: 1 });
        }
        error::exact(Field::Factors, n.saturating_mul(rank), l.len())?;
        let short = Error::Length { field: Field::Workspace, need: Self::workspace_len(n, rank), got: workspace.len() };
        let (counts, rest) = workspace.split_at_mut_checked(BINS).ok_or(short)?;
        let (inverse, rest) = rest.split_at_mut_checked(rank.saturating_mul(rank)).ok_or(short)?;
        let (coefficients, rest) = rest.split_at_mut_checked(rank).ok_or(short)?;
        let (gain, rest) = rest.split_at_mut_checked(rank).ok_or(short)?;
        let (rates, rest) = rest.split_at_mut_checked(n).ok_or(short)?;
        let (spreads, rest) = rest.split_at_mut_checked(n).ok_or(short)?;
        let scratch = rest.get_mut(..RowLs::<T>::scratch_len(rank)).ok_or(short)?;
        Ok(Self { config, l, inverse, coefficients, gain, rates, spreads, counts, scratch, n })
    }

    fn reset(&mut self) {
        self.rates.fill(T::ZERO);
        self.spreads.fill(T::ZERO);
        let mut rng = Xoshiro128::new(self.config.seed);
        for value in self.l.iter_mut() {
            *value = T::from_f32(rng.unit() - 0.5);
        }
        self.inverse.fill(T::ZERO);
        for diagonal in self.inverse.iter_mut().step_by((self.config.rank as usize).saturating_add(1)) {
            *diagonal = T::from_f64(LARGEST);
        }
        self.coefficients.fill(T::ZERO);
    }

    /// Elements of workspace: 256 + 2 n + r² + r (r + 7) / 2.
    #[must_use]
    pub const fn workspace_len(n: usize, rank: usize) -> usize {
        BINS.saturating_add(n.saturating_mul(2))
            .saturating_add(rank.saturating_mul(rank.saturating_add(2)))
            .saturating_add(RowLs::<T>::scratch_len(rank))
    }

    /// L, row after row.
    #[must_use]
    pub fn basis(&self) -> &[T] {
        self.l
    }

    /// c of the last column.
    #[must_use]
    pub fn coefficients(&self) -> &[T] {
        self.coefficients
    }

    /// The share of recent columns in which each entry was in error: near 1 for a sensor that is broken.
    #[must_use]
    pub fn error_rates(&self) -> &[T] {
        self.rates
    }

    /// Takes a column: finds c, writes L c to `clean`, and learns. An entry that is NaN is not known. About
    /// rounds x n (r (r + 1) / 2 + 2 r) multiplications.
    ///
    /// # Errors
    /// `Length` (values, output). An infinite entry is an error like any other.
    pub fn observe(&mut self, z: &[T], clean: &mut [T]) -> Result<Observation<T>, Error> {
        error::exact(Field::Values, self.n, z.len())?;
        error::exact(Field::Output, self.n, clean.len())?;
        let window = Window::around(z, self.counts);
        let known = z.iter().filter(|z| z.is_finite()).fold(T::ZERO, |sum, _| sum + T::ONE);
        let mut spread = self.spread(z, window, known, true);
        for round in 0..self.config.rounds {
            self.fit(z, spread, round == 0);
            spread = self.spread(z, window, known, false).min(spread);
        }
        let rank = self.config.rank as usize;
        for (clean, l) in clean.iter_mut().zip(self.l.chunks_exact(rank.max(1))) {
            *clean = short_dot(l, self.coefficients);
        }
        let median = self.spread(z, window, known, false);
        let limit = self.config.threshold * median / T::from_f64(0.6745);
        let errors = z.iter().zip(clean.iter()).filter(|(z, clean)| is_error(**z, **clean, limit)).count();
        self.learn(z, clean, limit);
        let errors = u32::try_from(errors).unwrap_or(u32::MAX);
        let trusted = T::from_u32(errors) * T::TWO < known;
        Ok(Observation { residual: median, errors, trusted })
    }

    /// Median magnitude of z, or of z - L c.
    fn spread(&mut self, z: &[T], window: Window, known: T, of_column: bool) -> T {
        self.counts.fill(T::ZERO);
        let rank = self.config.rank as usize;
        for (z, l) in z.iter().zip(self.l.chunks_exact(rank.max(1))).filter(|(z, _)| z.is_finite()) {
            let fit = if of_column { T::ZERO } else { short_dot(l, self.coefficients) };
            window.count(self.counts, *z - fit);
        }
        let median = window.quantile(self.counts, known, T::from_f64(0.5));
        if median.is_finite() { median } else { T::ZERO }
    }

    /// Coefficients by least squares with weights 1 / max(|residual|, a share of the spread); all alike at first.
    fn fit(&mut self, z: &[T], spread: T, first: bool) {
        let rank = self.config.rank as usize;
        let floor = (spread * T::from_f64(0.1)).max(T::MIN_POSITIVE / T::EPSILON);
        let Some(mut kernel) = RowLs::new(rank, self.scratch) else { return };
        kernel.clear();
        for (z, l) in z.iter().zip(self.l.chunks_exact(rank.max(1))).filter(|(z, _)| z.is_finite()) {
            let size = if first { z.abs() } else { (*z - short_dot(l, self.coefficients)).abs() };
            // In units of the floor, so that weights lie in (0, 1].
            kernel.add(l, *z, floor / size.max(floor));
        }
        kernel.solve(self.coefficients);
    }

    /// Recursive least squares: L += error gain', the same gain for all rows that are not in error.
    fn learn(&mut self, z: &[T], clean: &[T], limit: T) {
        let rank = self.config.rank as usize;
        let c = &*self.coefficients;
        let mut power = self.config.memory;
        for (gain, (line, c_here)) in self.gain.iter_mut().zip(self.inverse.chunks_exact(rank.max(1)).zip(c)) {
            *gain = short_dot(line, c);
            power += *gain * *c_here;
        }
        if !(power > T::ZERO && power.is_finite()) {
            return;
        }
        vector::scale(T::ONE / power, self.gain);
        let memory = self.config.memory;
        let (grow, four) = (T::from_f64(1.1), T::from_f64(4.0));
        let rows = self.l.chunks_exact_mut(rank.max(1)).zip(self.rates.iter_mut().zip(self.spreads.iter_mut()));
        for ((z, clean), (l, (rate, spread))) in z.iter().zip(clean).zip(rows).filter(|((z, _), _)| z.is_finite()) {
            let error = *z - *clean;
            let wrong = is_error(*z, *clean, limit);
            *rate = *rate * memory + if wrong { T::ONE - memory } else { T::ZERO };
            // A row of L that is off makes all its entries look wrong: what is usual for the row is learned from too.
            if !wrong || error.abs() <= four * *spread {
                vector::axpy(error, self.gain, l);
            }
            if *spread == T::ZERO {
                *spread = error.abs().min(T::MAX);
            } else if error.abs() > *spread {
                *spread = (*spread * grow).min(T::MAX);
            } else {
                *spread /= grow;
            }
        }
        // P = (P - gain (P c)') / memory, its size bounded where the stream does not excite a direction.
        let per_memory = T::ONE / self.config.memory;
        for (line, gain) in self.inverse.chunks_exact_mut(rank.max(1)).zip(self.gain.iter()) {
            for (entry, other) in line.iter_mut().zip(self.gain.iter()) {
                *entry = (*entry - *gain * *other * power) * per_memory;
            }
        }
        let (largest, most) = (vector::max_abs(self.inverse), T::from_f64(LARGEST));
        if largest > most {
            vector::scale(most / largest, self.inverse);
        }
    }
}

/// Whether an entry that is known is further from its fit than the limit.
fn is_error<T: Real>(z: T, clean: T, limit: T) -> bool {
    z.is_finite() && !near(z, clean, limit)
}

#[cfg(test)]
mod tests;
