//! Opening a network, and its shape.

use super::weights::{Affine, LANES, Weights};
use crate::container::{ElementType, Kind, Reader};
use crate::error::{self, Error, Field};

const SHAPE: u32 = 1;
const BIASES: u32 = 2;
const WEIGHTS: u32 = 3;
const SCALES: u32 = 4;

/// The weights of a direction network, over a container that lies in flash.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct DirectionNetwork<'a> {
    pub(super) dimensions: usize,
    pub(super) channels: usize,
    pub(super) blocks: [usize; 3],
    pub(super) biases: &'a [f32],
    pub(super) weights: Weights<'a>,
}

impl<'a> DirectionNetwork<'a> {
    /// A network over a container that is read in place. Everything is looked at once.
    ///
    /// # Errors
    /// Those of [`Reader`] for another kind or version, a missing section or another type of elements; `OutOfRange` of
    /// `Field::Size` (index 0: dimensions, 1: channels); `TooLarge` (size); `Length` or `NotFinite` of `Field::Values`
    /// (biases) or `Field::Weights` (weights, scales).
    pub fn load(reader: &Reader<'a>) -> Result<Self, Error> {
        let network = Self::open(reader)?;
        error::finite(Field::Values, network.biases)?;
        match network.weights {
            Weights::Single(values) => error::finite(Field::Weights, values)?,
            Weights::Bytes { scales, .. } => error::finite(Field::Weights, scales)?,
        }
        Ok(network)
    }

    /// As [`load`](Self::load) for bytes that have passed it before: neither the checksum nor the numbers are looked at
    /// again; O(1). Numbers that have changed since give another direction, which costs time and no more.
    ///
    /// # Errors
    /// As [`load`](Self::load), `NotFinite` apart.
    pub fn resume(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::open(&Reader::opened(bytes, false)?)
    }

    fn open(reader: &Reader<'a>) -> Result<Self, Error> {
        reader.require(Kind::DirectionNetwork, 1)?;
        let shape = reader.find(SHAPE)?.values::<u32>()?;
        let &[dimensions, channels, fine, coarse, up] = shape else {
            return Err(Error::Length { field: Field::Size, need: 5, got: shape.len() });
        };
        let refuse = |index| Error::OutOfRange { field: Field::Size, index };
        let large = Error::TooLarge { field: Field::Size };
        let size = |number: u32| usize::try_from(number).map_err(|_| large);
        let (dimensions, channels) = (size(dimensions)?, size(channels)?);
        if !(2..=3).contains(&dimensions) {
            return Err(refuse(0));
        }
        if channels == 0 || !channels.is_multiple_of(LANES) {
            return Err(refuse(1));
        }
        let blocks = [size(fine)?, size(coarse)?, size(up)?];
        let (weights_len, biases_len) = lens(dimensions, channels, blocks).ok_or(large)?;
        let biases = reader.find(BIASES)?.values::<f32>()?;
        error::exact(Field::Values, biases_len, biases.len())?;
        let section = reader.find(WEIGHTS)?;
        error::exact(Field::Weights, weights_len, section.len())?;
        let weights = if section.element_type() == ElementType::I8 {
            let scales = reader.find(SCALES)?.values::<f32>()?;
            error::exact(Field::Weights, biases_len, scales.len())?;
            Weights::Bytes { values: section.values()?, scales }
        } else {
            Weights::Single(section.values()?)
        };
        Ok(Self { dimensions, channels, blocks, biases, weights })
    }

    /// 2 or 3.
    #[must_use]
    pub const fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Channels of every layer.
    #[must_use]
    pub const fn channels(&self) -> usize {
        self.channels
    }

    /// Residual blocks before pooling, on the coarse level, and behind it.
    #[must_use]
    pub const fn blocks(&self) -> [usize; 3] {
        self.blocks
    }

    /// Weights and biases in all.
    #[must_use]
    pub const fn parameters(&self) -> usize {
        let weights = match self.weights {
            Weights::Single(values) => values.len(),
            Weights::Bytes { values, .. } => values.len(),
        };
        weights + self.biases.len()
    }

    /// Elements of the arena of [`OnGrid`](super::OnGrid) for a grid of these sides; the third is 1 in 2-D. All channels of
    /// the fine and of the coarse grid, once, and three lines (in 3-D three layers) of the fine one: layers work in place,
    /// behind themselves.
    #[must_use]
    pub const fn arena_len(&self, sides: [usize; 3]) -> usize {
        let [nx, ny, nz] = sides;
        let n = nx.saturating_mul(ny).saturating_mul(nz);
        let (slab, coarse) = if self.dimensions == 2 { (nx, n / 4) } else { (nx.saturating_mul(ny), n / 8) };
        n.saturating_add(coarse).saturating_add(slab.saturating_mul(3)).saturating_mul(self.channels)
    }

    /// Multiply-adds of one call on a grid of these sides, cells at the edge counted as others.
    #[must_use]
    pub const fn multiply_adds(&self, sides: [usize; 3]) -> usize {
        let [nx, ny, nz] = sides;
        let (taps, pooled) = if self.dimensions == 2 { (9_usize, 4) } else { (27, 8) };
        let [fine, coarse, up] = self.blocks;
        let n = nx.saturating_mul(ny).saturating_mul(nz);
        let layer = taps.saturating_mul(self.channels).saturating_mul(self.channels);
        let whole = layer.saturating_mul(2 + 2 * fine + 2 * up).saturating_add((taps + 1) * self.channels);
        n.saturating_mul(whole).saturating_add((n / pooled).saturating_mul(layer.saturating_mul(2 * coarse)))
    }

    /// Biases and scales of a convolution; of the sum at the end for the one after the last.
    pub(super) fn affine(&self, layer: usize) -> Affine<'a> {
        let part = |values: &'a [f32]| {
            let rest = values.get(layer.wrapping_mul(self.channels)..).unwrap_or(&[]);
            rest.get(..self.channels).unwrap_or(rest)
        };
        let scales = match self.weights {
            Weights::Single(_) => None,
            Weights::Bytes { scales, .. } => Some(part(scales)),
        };
        Affine { biases: part(self.biases), scales }
    }

    /// The first convolution, and those behind it, without the sum at the end.
    pub(super) fn taps(&self) -> usize {
        if self.dimensions == 2 { 9 } else { 27 }
    }

    /// Convolutions in all.
    pub(super) fn layers(&self) -> usize {
        let [fine, coarse, up] = self.blocks;
        3 + 2 * (fine + coarse + up)
    }
}

/// Elements of weights and of biases; `None` if they cannot be counted.
fn lens(dimensions: usize, channels: usize, [fine, coarse, up]: [usize; 3]) -> Option<(usize, usize)> {
    let taps: usize = if dimensions == 2 { 9 } else { 27 };
    let further = fine.checked_add(coarse)?.checked_add(up)?.checked_mul(2)?.checked_add(2)?;
    let per_layer = taps.checked_mul(channels)?.checked_mul(channels)?;
    let ends = (taps + 1).checked_mul(channels)?;
    let weights = further.checked_mul(per_layer)?.checked_add(ends)?;
    Some((weights, further.checked_add(1)?.checked_mul(channels)?.checked_add(1)?))
}
