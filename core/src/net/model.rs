//! A network in a container: checked once, then read where it lies.

use super::check;
use super::layer::{LAYER_WORDS, Layer, LayerKind};
use super::strips::Strips;
use crate::container::{Kind, Reader};
use crate::error::{Error, Field};

/// Newest version of the kind known here.
pub const MODEL_VERSION: u16 = 1;

/// Tags of the sections of a model.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Tag {
    /// `u32`: the words of [`Shape`].
    Shape = 1,
    /// `u32`: sixteen words a layer, see [`Layer::words`].
    Layers = 2,
    /// `i32`: four words a row, see [`Row`](super::Row).
    Requantise = 3,
    /// `i8`: block strips, byte tables, constant operands.
    Weights = 4,
    /// `i32`: constants of depthwise layers, and tables of words.
    Words = 5,
    /// `u16`: blocks of sparse strips.
    Counts = 6,
    /// `u8`: blocks left out before each block.
    Skips = 7,
}

/// What the owner of a model must know: how much memory, where input and output lie, and what their bytes mean.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Shape {
    /// Bytes of the tensors.
    pub activations: u32,
    /// Bytes that layers work in, behind the tensors.
    pub scratch: u32,
    /// Where the input starts.
    pub input: u32,
    /// Bytes of the input.
    pub input_len: u32,
    /// Where the output starts.
    pub output: u32,
    /// Bytes of the output.
    pub output_len: u32,
    /// Scale of the input: a byte q stands for scale (q - zero).
    pub input_scale: f32,
    /// Zero point of the input.
    pub input_zero: i8,
    /// Scale of the output.
    pub output_scale: f32,
    /// Zero point of the output.
    pub output_zero: i8,
}

/// Words of a stored [`Shape`].
pub const SHAPE_WORDS: usize = 12;

impl Shape {
    /// The words of the shape.
    #[must_use]
    pub fn words(&self) -> [u32; SHAPE_WORDS] {
        [
            self.activations,
            self.scratch,
            self.input,
            self.input_len,
            self.output,
            self.output_len,
            self.input_scale.to_bits(),
            i32::from(self.input_zero).cast_unsigned(),
            self.output_scale.to_bits(),
            i32::from(self.output_zero).cast_unsigned(),
            0,
            0,
        ]
    }

    fn from_words(words: [u32; SHAPE_WORDS]) -> Option<Self> {
        let [
            activations,
            scratch,
            input,
            input_len,
            output,
            output_len,
            input_scale,
            zero,
            output_scale,
            zero_out,
            _,
            _,
        ] = words;
        let shape = Self {
            activations,
            scratch,
            input,
            input_len,
            output,
            output_len,
            input_scale: f32::from_bits(input_scale),
            input_zero: i8::try_from(zero.cast_signed()).ok()?,
            output_scale: f32::from_bits(output_scale),
            output_zero: i8::try_from(zero_out.cast_signed()).ok()?,
        };
        let sound = |scale: f32| scale.is_finite() && scale > 0.0;
        (sound(shape.input_scale) && sound(shape.output_scale)).then_some(shape)
    }

    /// Bytes of the arena.
    #[must_use]
    pub const fn arena_len(&self) -> usize {
        (self.activations as usize).saturating_add(self.scratch as usize)
    }
}

/// What the layers read, section by section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Constants<'a> {
    pub(super) rows: &'a [[i32; 4]],
    pub(super) weights: &'a [i8],
    pub(super) depthwise: &'a [i32],
    pub(super) counts: &'a [u16],
    pub(super) indices: &'a [u8],
}

impl<'a> Constants<'a> {
    /// A table of words.
    pub(super) fn table(&self, at: u32) -> Option<&'a [i32; 256]> {
        self.depthwise.get(at as usize..)?.first_chunk()
    }

    /// A table of bytes.
    pub(super) fn bytes(&self, at: u32) -> Option<&'a [i8; 256]> {
        self.weights.get(at as usize..)?.first_chunk()
    }
}

/// A checked network over the bytes of its container, in flash as a rule.
#[derive(Clone, Copy, Debug)]
pub struct Model<'a> {
    pub(super) shape: Shape,
    pub(super) layers: &'a [[u32; LAYER_WORDS]],
    pub(super) constants: Constants<'a>,
}

impl<'a> Model<'a> {
    /// Checks a model: the container, its checksum, every layer and every offset. The bytes stay where they are and start
    /// at a multiple of 16, or of 4 at least. Costs a pass for the checksum, and one over rows and weights.
    ///
    /// # Errors
    /// Those of [`Reader::new`]; `OutOfRange` of `Field::Header` for a container of another kind or version; `OutOfRange`
    /// of `Field::Sections` for a missing section; `Length` of `Field::Sections` for one of a wrong length;
    /// `Unsupported` of `Field::Layers` for a layer of a kind or form unknown here; `OutOfRange` of `Field::Layers` for
    /// one whose shape or place does not fit, of `Field::Weights` for one whose constants are not all
    /// there or whose padding is not zeros, of `Field::Requantise` for one whose shifts are out of range; the index is that of the layer.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Error> {
        let model = Self::read(&Reader::new(bytes)?)?;
        check::model(&model)?;
        Ok(model)
    }

    /// The model in a container that [`new`](Self::new) has accepted before, without a second look at checksum and layers.
    /// For callers that cannot keep a view.
    ///
    /// # Safety
    /// [`new`](Self::new) has accepted these bytes where they lie, and they have not changed since.
    ///
    /// # Errors
    /// Those of [`new`](Self::new) that cost nothing to find.
    #[allow(unsafe_code, reason = "the promise is the caller's")]
    pub unsafe fn checked_before(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::read(&Reader::opened(bytes, false)?)
    }

    fn read(reader: &Reader<'a>) -> Result<Self, Error> {
        reader.require(Kind::NetworkModel, MODEL_VERSION)?;
        let words = reader.find(Tag::Shape as u32)?.values::<u32>()?;
        let length = |need, got| Error::Length { field: Field::Sections, need, got };
        let shape = words.first_chunk().ok_or(length(SHAPE_WORDS, words.len()))?;
        let shape = Shape::from_words(*shape).ok_or(Error::OutOfRange { field: Field::Configuration, index: 0 })?;
        let words = reader.find(Tag::Layers as u32)?.values::<u32>()?;
        let (layers, []) = words.as_chunks::<LAYER_WORDS>() else { return Err(length(LAYER_WORDS, words.len())) };
        let words = reader.find(Tag::Requantise as u32)?.values::<i32>()?;
        let (rows, []) = words.as_chunks::<4>() else { return Err(length(4, words.len())) };
        let constants = Constants {
            rows,
            weights: reader.find(Tag::Weights as u32)?.values()?,
            depthwise: reader.find(Tag::Words as u32)?.values()?,
            counts: reader.find(Tag::Counts as u32)?.values()?,
            indices: reader.find(Tag::Skips as u32)?.values()?,
        };
        Ok(Self { shape, layers, constants })
    }

    /// Memory, input and output.
    #[must_use]
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Bytes of the arena.
    #[must_use]
    pub const fn arena_len(&self) -> usize {
        self.shape.arena_len()
    }

    /// Number of layers.
    #[must_use]
    pub const fn layer_count(&self) -> usize {
        self.layers.len()
    }

    /// One layer.
    #[must_use]
    pub fn layer(&self, index: usize) -> Option<Layer> {
        Layer::from_words(*self.layers.get(index)?, index).ok()
    }

    /// Weights of a convolution that are stored, and so multiplied for each pixel, padding included; 0 for other layers.
    #[must_use]
    pub fn stored_weights(&self, layer: &Layer) -> usize {
        if layer.kind != LayerKind::Convolution {
            return 0;
        }
        Strips::of(layer, &self.constants).map_or(0, |strips| strips.weights.len())
    }
}
