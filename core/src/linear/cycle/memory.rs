//! Where what a cycle needs lies in the caller's memory.

use super::cells::Cells;
use super::coefficient::Coefficient;
use super::layout::{self, CycleOptions, CycleSizes, EDGES_A_PIECE, LINES, OF_EDGE, OF_EXTRA, OF_NODE, OF_SCALE};
use super::store::{Memory, Store};
use crate::error::{self, Error, Field};
use crate::real::Real;

/// The caller's memory, cut up.
pub(super) struct Parts<'a, T, C> {
    pub(super) lines: &'a mut [T],
    pub(super) store: Store<'a, T, C>,
}

impl<'a, T: Real, C: Coefficient<T>> Parts<'a, T, C> {
    pub(super) fn cut(
        cells: &Cells<'_>,
        options: CycleOptions,
        sizes: CycleSizes,
        numbers: &'a mut [T],
        indices: &'a mut [u16],
    ) -> Result<Self, Error> {
        error::at_least(Field::Workspace, sizes.numbers, numbers.len())?;
        error::at_least(Field::Order, sizes.indices, indices.len())?;
        let short = Error::Length { field: Field::Workspace, need: sizes.numbers, got: numbers.len() };
        let edges_len = options.pieces.saturating_mul(EDGES_A_PIECE);
        let all = edges_len + layout::coefficients(cells.nx, cells.ny, options.shape);
        let numbers = numbers.get_mut(..sizes.numbers).ok_or(short)?;
        let (coefficients, numbers, indices) = C::cut(numbers, indices, all).ok_or(short)?;
        let (weights, coefficients) = coefficients.split_at_mut_checked(edges_len).ok_or(short)?;
        let (lines, rest) = numbers.split_at_mut_checked(cells.width * LINES).ok_or(short)?;
        let (extra, rest) = rest.split_at_mut_checked(options.pieces * OF_EXTRA).ok_or(short)?;
        let scales_len = if C::IS_COMPACT { layout::coarse_levels(cells.nx, cells.ny) * OF_SCALE } else { 0 };
        let (scales, numbers) = rest.split_at_mut_checked(scales_len).ok_or(short)?;
        let (nodes, rest) = indices.split_at_mut_checked(options.pieces * OF_NODE).ok_or(short)?;
        let edges = rest.get_mut(..edges_len * OF_EDGE).ok_or(short)?;
        let store = Store::new(Memory {
            numbers,
            coefficients,
            scales: scales.as_chunks_mut::<OF_SCALE>().0,
            extra: extra.as_chunks_mut::<OF_EXTRA>().0,
            weights,
            nodes: nodes.as_chunks_mut::<OF_NODE>().0,
            edges: edges.as_chunks_mut::<OF_EDGE>().0,
        });
        Ok(Self { lines, store })
    }
}
