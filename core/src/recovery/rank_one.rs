//! Measurements by random vectors: (a'Xa - b'Xb) / 2, or a'Xa / sqrt(2), drawn again from a seed in every pass.

use core::ops::Range;

use super::dense::{HALF_ROOT, check_size};
use super::measurement::{Collect, Factors, Measurement, Shape};
use super::stream::Streams;
use super::sums::Sums;
use crate::error::{self, Error, Field};
use crate::real::Real;
use crate::vector;

/// Measurements of a symmetric X by nearly Gaussian vectors from a seed: what a device gets that squares or multiplies the
/// outputs of random projections. A pass costs two products with U for each vector instead of all of A_i: 4 m n r
/// multiplications for pairs, half for single ones, and m n words of the generator for each vector.
///
/// Pairs satisfy the scaling contract with unit 1 but for the excess kurtosis of the entries: E <A, D>² = |D|² - 0.15 sum of
/// d_ii². Single vectors have a bias along the identity: E <A, D>² = |D|² + tr(D)²/2 - 0.15 sum of d_ii², so the step is taken
/// with a gain of 0.3, and two to three times as many passes are needed; pair them where that is possible.
#[derive(Debug)]
pub struct RankOneMeasurement<'a, T> {
    n: usize,
    count: usize,
    rank_max: usize,
    paired: bool,
    streams: Streams,
    collect: Collect,
    /// S packed, or S U column by column.
    sums: &'a mut [T],
    vector: &'a mut [T],
    projected: &'a mut [T],
}

impl<'a, T: Real> RankOneMeasurement<'a, T> {
    /// `count` measurements of this seed of an n x n matrix whose estimates have rank `rank_max` at most; `scratch` has
    /// [`scratch_len`](Self::scratch_len) elements.
    ///
    /// # Errors
    /// `OutOfRange` (size 0, no measurement, rank 0), `TooLarge`, `Length` (scratch).
    pub fn new(
        n: usize,
        count: usize,
        rank_max: usize,
        paired: bool,
        seed: u64,
        scratch: &'a mut [T],
    ) -> Result<Self, Error> {
        check_size(Shape::Symmetric { n }, count)?;
        if rank_max == 0 {
            return Err(Error::OutOfRange { field: Field::Rank, index: 0 });
        }
        let need = Self::scratch_len(n, rank_max);
        error::at_least(Field::Scratch, need, scratch.len())?;
        let short = Error::Length { field: Field::Scratch, need, got: scratch.len() };
        let (vector, rest) = scratch.split_at_mut_checked(n.saturating_mul(2)).ok_or(short)?;
        let (projected, rest) = rest.split_at_mut_checked(rank_max.saturating_mul(2)).ok_or(short)?;
        let (sums, _) = rest.split_at_mut_checked(Self::sums_len(n, rank_max)).ok_or(short)?;
        let streams = Streams::new(seed);
        Ok(Self { n, count, rank_max, paired, streams, collect: Collect::Matrix, sums, vector, projected })
    }

    const fn sums_len(n: usize, rank_max: usize) -> usize {
        let (packed, columns) = (Shape::Symmetric { n }.len(), n.saturating_mul(rank_max));
        if packed > columns { packed } else { columns }
    }

    /// Elements of scratch memory: the larger of n (n + 1) / 2 and n `rank_max`, and 2 n + 2 `rank_max`.
    #[must_use]
    pub const fn scratch_len(n: usize, rank_max: usize) -> usize {
        Self::sums_len(n, rank_max).saturating_add(n.saturating_add(rank_max).saturating_mul(2))
    }

    /// Vector a (2n elements: a, then b, for pairs) of measurement `index` of this seed.
    pub fn row(seed: u64, index: usize, out: &mut [T]) {
        Streams::new(seed).fill(index, out);
    }

    fn scale(&self) -> T {
        T::from_f64(if self.paired { 0.5 } else { HALF_ROOT })
    }
}

impl<T: Real> Measurement<T> for RankOneMeasurement<'_, T> {
    fn shape(&self) -> Shape {
        Shape::Symmetric { n: self.n }
    }

    fn count(&self) -> usize {
        self.count
    }

    fn gain(&self) -> T {
        if self.paired { T::ONE } else { T::from_f64(0.3) }
    }

    fn always_collects_matrix(&self) -> bool {
        false
    }

    fn rank_limit(&self) -> usize {
        self.rank_max
    }

    fn begin(&mut self, _: Factors<'_, T>, collect: Collect) {
        self.collect = collect;
        self.sums.fill(T::ZERO);
    }

    fn proceed(&mut self, collect: Collect) {
        self.collect = collect;
    }

    fn visit(&mut self, range: Range<usize>, x: Factors<'_, T>, y: &[T], residual: &mut dyn FnMut(T)) {
        let (n, rank_max, scale) = (self.n.max(1), self.rank_max.max(1), self.scale());
        let rank = x.left.len() / n;
        let vectors = if self.paired { 2 } else { 1 };
        for (index, y) in y.iter().enumerate().skip(range.start).take(range.len()) {
            let Some(drawn) = self.vector.get_mut(..vectors * n) else { return };
            self.streams.fill(index, drawn);
            let mut value = T::ZERO;
            let halves = drawn.chunks_exact(n).zip(self.projected.chunks_exact_mut(rank_max));
            for ((vector, projected), sign) in halves.zip([T::ONE, -T::ONE]) {
                for (column, projected) in x.left.chunks_exact(n).zip(projected) {
                    *projected = vector::dot(vector, column);
                    value += sign * (*projected * *projected);
                }
            }
            let difference = scale * value - *y;
            residual(difference);
            let weight = if difference < T::ZERO { -scale } else { scale };
            let halves = drawn.chunks_exact(n).zip(self.projected.chunks_exact(rank_max));
            for ((vector, projected), weight) in halves.zip([weight, -weight]) {
                match self.collect {
                    Collect::Products => {
                        for (projected, sums) in projected.iter().zip(self.sums.chunks_exact_mut(n)).take(rank) {
                            vector::axpy(weight * *projected, vector, sums);
                        }
                    }
                    Collect::Matrix => add_square(weight, vector, self.sums),
                }
            }
        }
    }

    fn sums(&self) -> Sums<'_, T> {
        let packed = Shape::Symmetric { n: self.n };
        Sums::new(packed, T::ONE, self.sums.get(..packed.len()).unwrap_or(&[]))
    }

    fn products(&self, x: Factors<'_, T>, left: &mut [T], right: &mut [T]) {
        match self.collect {
            Collect::Products => vector::copy(self.sums, left),
            Collect::Matrix => self.sums().products(x, left, right),
        }
    }
}

/// Packed lower triangle of `weight` v v' added to `sums`.
fn add_square<T: Real>(weight: T, v: &[T], sums: &mut [T]) {
    let mut rest = sums;
    for (row, here) in v.iter().enumerate() {
        let Some((stored, below)) = rest.split_at_mut_checked(row + 1) else { return };
        rest = below;
        vector::axpy(weight * *here, v, stored);
    }
}
