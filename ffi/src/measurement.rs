//! Linear measurements of a matrix from a seed, for the methods that take them. Numbers alone, for both precisions.

use crate::checks::{self, Ledger};
use crate::lengths::fitting;
use crate::status::{self, size, ts_status_t};
use tinysolve::recovery::{Measurement, RankOneMeasurement, SeededMeasurement, Shape, SignMeasurement};
use tinysolve::{Error, Field, Real};

/// Coefficients +1 and -1: the cheapest on a chip.
pub const TS_MEASUREMENT_SIGNS: u32 = 0;
/// Nearly Gaussian coefficients.
pub const TS_MEASUREMENT_SEEDED: u32 = 1;
/// (a'X a - b'X b) / 2 with nearly Gaussian vectors; a symmetric X only.
pub const TS_MEASUREMENT_PAIRED: u32 = 2;
/// a'X a / sqrt(2); a symmetric X only.
pub const TS_MEASUREMENT_SINGLE: u32 = 3;

/// Linear measurements of a matrix X, drawn again from a seed whenever they are needed. Numbers alone: fill it in.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_measurement_t {
    /// Of the streams the rows are drawn from.
    pub seed: u64,
    /// One of `TS_MEASUREMENT_...`.
    pub kind: u32,
    /// Rows of X.
    pub rows: u32,
    /// Columns of X; 0 for a symmetric positive semidefinite X.
    pub columns: u32,
    /// Number of measurements, at most 2 to the power 24.
    pub count: u32,
}

impl ts_measurement_t {
    pub(crate) const fn shape(&self) -> Shape {
        match self.columns {
            0 => Shape::Symmetric { n: size(self.rows) },
            columns => Shape::Rectangular { rows: size(self.rows), columns: size(columns) },
        }
    }

    /// Err for a kind there is not, or that does not measure such an X.
    pub(crate) const fn check(&self) -> Result<(), Error> {
        let of_vectors = self.kind >= TS_MEASUREMENT_PAIRED;
        if self.kind > TS_MEASUREMENT_SINGLE || (of_vectors && !self.shape().is_symmetric()) {
            return Err(Error::OutOfRange { field: Field::Matrix, index: 0 });
        }
        Ok(())
    }

    /// Elements of scratch memory, the same in both precisions.
    pub(crate) const fn scratch_len(&self, rank_max: u32) -> usize {
        match self.kind {
            TS_MEASUREMENT_SIGNS => SignMeasurement::<f32>::scratch_len(self.shape()),
            TS_MEASUREMENT_SEEDED => SeededMeasurement::<f32>::scratch_len(self.shape()),
            _ => RankOneMeasurement::<f32>::scratch_len(size(self.rows), size(rank_max)),
        }
    }

    /// Hands the operator to `work`, with what it leaves of a workspace of which `work` needs `need` elements itself.
    pub(crate) fn with<T: Real, R>(
        self,
        rank_max: u32,
        need: usize,
        workspace: &mut [T],
        words: &mut [u32],
        work: impl FnOnce(&mut dyn Measurement<T>, &mut [T]) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let scratch_len = self.scratch_len(rank_max);
        let (need, got) = (need.saturating_add(scratch_len), workspace.len());
        let short = Error::Length { field: Field::Workspace, need, got };
        let (scratch, workspace) = workspace.split_at_mut_checked(scratch_len).ok_or(short)?;
        if got < need {
            return Err(short);
        }
        let (shape, count, seed) = (self.shape(), size(self.count), self.seed);
        match self.kind {
            TS_MEASUREMENT_SIGNS => work(&mut SignMeasurement::new(shape, count, seed, scratch, words)?, workspace),
            TS_MEASUREMENT_SEEDED => work(&mut SeededMeasurement::new(shape, count, seed, scratch)?, workspace),
            kind => {
                let (n, paired) = (size(self.rows), kind == TS_MEASUREMENT_PAIRED);
                work(&mut RankOneMeasurement::new(n, count, size(rank_max), paired, seed, scratch)?, workspace)
            }
        }
    }
}

/// Elements of the `words` of a recovery from such measurements (`columns` 0 for a symmetric X): 0 for all kinds but signs,
/// and where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_measurement_words_len(kind: u32, rows: u32, columns: u32, count: u32) -> usize {
    let of = ts_measurement_t { seed: 0, kind, rows, columns, count };
    if kind == TS_MEASUREMENT_SIGNS { fitting(SignMeasurement::<f32>::words_len(of.shape(), size(count))) } else { 0 }
}

/// Writes the coefficients of measurement `index` with signs, 1 for +1, least significant bit first: rows of the lower
/// triangle of a symmetric X, or full rows; 32 in a word. Who measures draws them so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_measurement_signs(seed: u64, index: u32, words: *mut u32, words_len: usize) -> ts_status_t {
    let ledger: &mut Ledger = &mut Ledger::<[_; 12]>::new();
    ledger.enter(Field::Output, words, words_len);
    status::done(ledger.settle(&[]).map(|()| {
        // SAFETY: the ledger took the pointer for this length.
        SignMeasurement::<f32>::row(seed, size(index), unsafe { checks::slice_mut(words, words_len) });
    }))
}
