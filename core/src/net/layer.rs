//! What one layer of a network is: 64 bytes of its container, in sixteen words.

use crate::error::{Error, Field};

/// What a layer computes. Numbers are stored and never reused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
#[repr(u8)]
pub enum LayerKind {
    /// Convolution, or a fully connected layer as one of 1 x 1, from block strips.
    Convolution = 1,
    /// Depthwise convolution; the number of output channels is a multiple of that of input channels.
    Depthwise = 2,
    /// Average over the part of a window that lies inside.
    AveragePool = 3,
    /// Maximum over the part of a window that lies inside.
    MaxPool = 4,
    /// Sum of two tensors of different scales, by two tables.
    Add = 5,
    /// Product of two tensors.
    Multiply = 6,
    /// A function of one byte by a table: logistic, rectifiers, another scale.
    Table = 7,
    /// Softmax over the channels, by a table of exponentials.
    Softmax = 8,
    /// Rows of channels into wider rows: one part of a concatenation.
    Copy = 9,
    /// A frame of one value around a tensor.
    Pad = 10,
    /// Mean over height and width.
    Mean = 11,
}

impl LayerKind {
    /// The kind with this number, if there is one.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Convolution,
            2 => Self::Depthwise,
            3 => Self::AveragePool,
            4 => Self::MaxPool,
            5 => Self::Add,
            6 => Self::Multiply,
            7 => Self::Table,
            8 => Self::Softmax,
            9 => Self::Copy,
            10 => Self::Pad,
            11 => Self::Mean,
            _ => return None,
        })
    }
}

/// Words of a stored layer.
pub const LAYER_WORDS: usize = 16;

/// A layer as stored: shapes, where its tensors lie in the arena, and where its constants lie in their sections.
///
/// Tensors are height x width x channels, channels innermost. Offsets into the arena are bytes, into sections elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Layer {
    /// What it computes.
    pub kind: LayerKind,
    /// A sum of the constants of this type.
    pub flags: u8,
    /// Base-2 logarithm of the rows of a block strip: 0 (four pixels at a time) or 2 (one pixel at a time).
    pub rows_log2: u8,
    /// Base-2 logarithm of the columns of a block: 2.
    pub columns_log2: u8,
    /// Where the input starts.
    pub input: u32,
    /// Where the second operand starts; in section `Weights` with [`CONSTANT`](Self::CONSTANT). Of a copy or a frame: the
    /// first channel of the output that is written.
    pub second: u32,
    /// Where the output starts.
    pub output: u32,
    /// Height, width and channels of the input.
    pub shape: [u16; 3],
    /// Height, width and channels of the output.
    pub out_shape: [u16; 3],
    /// Height and width of the window.
    pub window: [u8; 2],
    /// Steps of the window, down and across.
    pub stride: [u8; 2],
    /// Rows above and columns left of the input that the first window covers.
    pub before: [u8; 2],
    /// Zero points of input, output and second operand.
    pub zero: [i8; 3],
    /// Least and greatest output.
    pub clamp: [i8; 2],
    /// First weight, in section `Weights` (a multiple of 4), or `Depthwise`; the first byte table; the first word of the
    /// first table.
    pub weights: u32,
    /// First block count, one for each strip; the first word of the second table.
    pub counts: u32,
    /// First index, one for each block.
    pub indices: u32,
    /// First row of requantisation.
    pub requantise: u32,
    /// Columns of the weight matrix, padded with zeros. Elements of a second operand, which is repeated.
    pub columns: u32,
}

impl Layer {
    /// Rounds once in requantisation, not twice.
    pub const SINGLE: u8 = 1;
    /// Requantises by the 64-bit formula that has no preconditions.
    pub const SAFE: u8 = 2;
    /// Outputs are limited to less than the range of a byte.
    pub const CLAMPED: u8 = 4;
    /// Strips hold some of their blocks, with counts and indices.
    pub const SPARSE: u8 = 8;
    /// The second operand is a constant.
    pub const CONSTANT: u8 = 16;

    /// Whether a flag is set.
    #[must_use]
    pub const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// A layer of this kind with nothing in it, to be filled.
    #[must_use]
    pub const fn empty(kind: LayerKind) -> Self {
        Self {
            kind,
            flags: 0,
            rows_log2: 0,
            columns_log2: 0,
            input: 0,
            second: 0,
            output: 0,
            shape: [1; 3],
            out_shape: [1; 3],
            window: [1; 2],
            stride: [1; 2],
            before: [0; 2],
            zero: [0; 3],
            clamp: [i8::MIN, i8::MAX],
            weights: 0,
            counts: 0,
            indices: 0,
            requantise: 0,
            columns: 0,
        }
    }

    /// Bytes of the input.
    #[must_use]
    pub fn input_len(&self) -> usize {
        len_of(self.shape)
    }

    /// Bytes of the output.
    #[must_use]
    pub fn output_len(&self) -> usize {
        len_of(self.out_shape)
    }

    /// Pixels of the output.
    #[must_use]
    pub fn pixels(&self) -> usize {
        let [height, width, _] = self.out_shape.map(usize::from);
        height.saturating_mul(width)
    }

    /// Bytes that one row of the window covers, padded to whole groups of four.
    #[must_use]
    pub fn row_columns(&self) -> usize {
        (usize::from(self.window[1]) * usize::from(self.shape[2])).next_multiple_of(4)
    }

    /// Bytes of scratch memory the layer works in.
    #[must_use]
    pub fn scratch_len(&self) -> usize {
        match self.kind {
            LayerKind::Convolution => (self.columns as usize).saturating_mul(if self.rows_log2 == 0 { 8 } else { 2 }),
            LayerKind::Depthwise => usize::from(self.window[0]).saturating_mul(self.padded_row()),
            _ => 0,
        }
    }

    /// Bytes of one input row with its frame, in whole words.
    #[must_use]
    pub fn padded_row(&self) -> usize {
        let [_, out_width, _] = self.out_shape.map(usize::from);
        let width = out_width.saturating_sub(1) * usize::from(self.stride[1]) + usize::from(self.window[1]);
        (width * usize::from(self.shape[2])).next_multiple_of(4)
    }

    /// The layer of these words.
    ///
    /// # Errors
    /// `Unsupported` of `Field::Layers` if the kind is unknown here, with `index`.
    pub fn from_words(words: [u32; LAYER_WORDS], index: usize) -> Result<Self, Error> {
        let [w0, input, second, output, w4, w5, w6, w7, w8, w9, weights, counts, indices, requantise, columns, _] =
            words;
        let [kind, flags, rows_log2, columns_log2] = w0.to_le_bytes();
        let kind = LayerKind::from_number(kind).ok_or(Error::Unsupported { field: Field::Layers, index })?;
        let [(height, width), (channels, out_channels), (out_height, out_width)] = [w4, w5, w6].map(halves);
        let [window_height, window_width, down, across] = w7.to_le_bytes();
        let [top, left, zero, zero_out] = w8.to_le_bytes();
        let [low, high, zero_second, _] = w9.to_le_bytes();
        Ok(Self {
            kind,
            flags,
            rows_log2,
            columns_log2,
            input,
            second,
            output,
            shape: [height, width, channels],
            out_shape: [out_height, out_width, out_channels],
            window: [window_height, window_width],
            stride: [down, across],
            before: [top, left],
            zero: [zero, zero_out, zero_second].map(u8::cast_signed),
            clamp: [low, high].map(u8::cast_signed),
            weights,
            counts,
            indices,
            requantise,
            columns,
        })
    }

    /// The words of the layer.
    #[must_use]
    pub fn words(&self) -> [u32; LAYER_WORDS] {
        let [height, width, channels] = self.shape;
        let [out_height, out_width, out_channels] = self.out_shape;
        let [window_height, window_width] = self.window;
        let [down, across] = self.stride;
        let [top, left] = self.before;
        let [zero, zero_out, zero_second] = self.zero.map(i8::cast_unsigned);
        let [low, high] = self.clamp.map(i8::cast_unsigned);
        [
            u32::from_le_bytes([self.kind as u8, self.flags, self.rows_log2, self.columns_log2]),
            self.input,
            self.second,
            self.output,
            joined(height, width),
            joined(channels, out_channels),
            joined(out_height, out_width),
            u32::from_le_bytes([window_height, window_width, down, across]),
            u32::from_le_bytes([top, left, zero, zero_out]),
            u32::from_le_bytes([low, high, zero_second, 0]),
            self.weights,
            self.counts,
            self.indices,
            self.requantise,
            self.columns,
            0,
        ]
    }
}

fn len_of(shape: [u16; 3]) -> usize {
    shape.into_iter().fold(1, |len: usize, side| len.saturating_mul(usize::from(side)))
}

const fn halves(word: u32) -> (u16, u16) {
    let [a, b, c, d] = word.to_le_bytes();
    (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]))
}

const fn joined(low: u16, high: u16) -> u32 {
    let ([a, b], [c, d]) = (low.to_le_bytes(), high.to_le_bytes());
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip() {
        for number in 0..=255 {
            let kind = LayerKind::from_number(number);
            assert!(kind.is_none_or(|kind| kind as u8 == number));
            let mut words: [u32; LAYER_WORDS] = core::array::from_fn(|k| 0x0403_0201 * (k as u32 + 1));
            words[0] = u32::from(number) | 0x0302_0100;
            words[9] &= 0x00ff_ffff;
            words[15] = 0;
            match Layer::from_words(words, 3) {
                Ok(layer) => assert_eq!(layer.words(), words),
                Err(error) => {
                    assert!(kind.is_none());
                    assert_eq!(error, Error::Unsupported { field: Field::Layers, index: 3 });
                }
            }
        }
    }
}
