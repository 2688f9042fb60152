//! What must hold of a layer before it is run: then running it cannot fail.

use super::depthwise::depthwise_words;
use super::layer::{Layer, LayerKind};
use super::model::{Constants, Model};
use super::requantise::{Rounding, Row};
use super::strips::Strips;
use crate::error::{Error, Field};

/// Largest number of channels a softmax may have: its sum keeps to the bits the reference gives it.
const SOFTMAX_CHANNELS: u16 = 256;

pub(super) fn model(model: &Model<'_>) -> Result<(), Error> {
    let shape = &model.shape;
    let activations = shape.activations as usize;
    let range = |field| Error::OutOfRange { field, index: 0 };
    // A halfword of scratch memory is aligned if the arena is.
    if !activations.is_multiple_of(16) || activations.checked_add(shape.scratch as usize).is_none() {
        return Err(range(Field::Arena));
    }
    let inside = |start: u32, len: u32| len > 0 && u64::from(start) + u64::from(len) <= activations as u64;
    if !inside(shape.input, shape.input_len) {
        return Err(range(Field::Input));
    }
    if !inside(shape.output, shape.output_len) {
        return Err(range(Field::Output));
    }
    for (index, words) in model.layers.iter().enumerate() {
        let layer = Layer::from_words(*words, index)?;
        let refuse = |field| Error::OutOfRange { field, index };
        if !fits(&layer, activations) || layer.scratch_len() > shape.scratch as usize {
            return Err(refuse(Field::Layers));
        }
        if layer.kind == LayerKind::Convolution && (layer.columns_log2 != 2 || !matches!(layer.rows_log2, 0 | 2)) {
            return Err(Error::Unsupported { field: Field::Layers, index });
        }
        let rounding = Rounding::of(layer.has(Layer::SINGLE), layer.has(Layer::SAFE));
        match constants(&layer, &model.constants, rounding) {
            Some(true) => {}
            Some(false) => return Err(refuse(Field::Requantise)),
            None => return Err(refuse(Field::Weights)),
        }
    }
    Ok(())
}

/// Whether the shapes belong together and the tensors lie in the arena, output apart from input where it must.
fn fits(layer: &Layer, activations: usize) -> bool {
    let [height, width, channels] = layer.shape.map(usize::from);
    let [out_height, out_width, out_channels] = layer.out_shape.map(usize::from);
    let [input, output] = [(layer.input, layer.input_len()), (layer.output, layer.output_len())];
    let inside =
        |(start, len): (u32, usize)| len > 0 && (start as usize).checked_add(len).is_some_and(|end| end <= activations);
    let apart = input.0 as usize + input.1 <= output.0 as usize || output.0 as usize + output.1 <= input.0 as usize;
    let in_place = layer.input == layer.output;
    let same = layer.shape == layer.out_shape;
    let windows = window_fits(height, out_height, layer, 0) && window_fits(width, out_width, layer, 1);
    inside(input)
        && inside(output)
        && layer.clamp[0] <= layer.clamp[1]
        && match layer.kind {
            LayerKind::Convolution => apart && windows && (layer.rows_log2 != 0 || out_height * out_width >= 4),
            LayerKind::Depthwise => {
                windows
                    && out_channels.is_multiple_of(channels)
                    && (apart || in_place && same && layer.stride == [1, 1])
            }
            LayerKind::AveragePool | LayerKind::MaxPool => apart && windows && channels == out_channels,
            LayerKind::Add | LayerKind::Multiply => {
                let second = (layer.second, layer.columns as usize);
                same && (apart || in_place)
                    && second.1 > 0
                    && input.1.is_multiple_of(second.1)
                    && (layer.has(Layer::CONSTANT)
                        || inside(second)
                            && (second.1 == input.1 && layer.second == layer.output
                                || second.0 as usize + second.1 <= output.0 as usize
                                || output.0 as usize + output.1 <= second.0 as usize))
            }
            LayerKind::Table => same && (apart || in_place),
            LayerKind::Softmax => same && (apart || in_place) && layer.shape[2] <= SOFTMAX_CHANNELS,
            LayerKind::Copy => {
                apart
                    && [height, width] == [out_height, out_width]
                    && (layer.second as usize).saturating_add(channels) <= out_channels
            }
            LayerKind::Pad => {
                apart
                    && usize::from(layer.before[0]) + height <= out_height
                    && usize::from(layer.before[1]) + width <= out_width
                    && (layer.second as usize).saturating_add(channels) <= out_channels
            }
            LayerKind::Mean => apart && [1, 1, channels] == [out_height, out_width, out_channels],
        }
}

/// Whether windows along one side stay near the input: the last one still meets it.
fn window_fits(len: usize, out: usize, layer: &Layer, side: usize) -> bool {
    let of = |pair: [u8; 2]| pair.get(side).copied().map_or(0, usize::from);
    let (window, stride, before) = (of(layer.window), of(layer.stride), of(layer.before));
    window > 0 && stride > 0 && before < window && (out.saturating_sub(1)) * stride < before + len
}

/// `None` if constants are missing, `Some(false)` if a shift is out of range.
fn constants(layer: &Layer, constants: &Constants<'_>, rounding: Rounding) -> Option<bool> {
    let row = |rounding: Rounding| {
        let row = Row::from_words(*constants.rows.get(layer.requantise as usize)?);
        Some(row.fits(rounding))
    };
    let operand = || {
        let start = layer.second as usize;
        let end = start.checked_add(layer.columns as usize)?;
        if layer.has(Layer::CONSTANT) { constants.weights.get(start..end).map(|_| ()) } else { Some(()) }
    };
    match layer.kind {
        LayerKind::Convolution => {
            let columns = usize::from(layer.window[0]).checked_mul(layer.row_columns())?;
            let strips = Strips::of(layer, constants)?;
            let run = usize::from(layer.window[1]) * usize::from(layer.shape[2]);
            let padded = strips.padded_with_zeros(layer.rows_log2, run, layer.row_columns());
            // Blocks are read in words.
            let whole = layer.weights.is_multiple_of(4);
            if columns != layer.columns as usize || !whole || !strips.fits() || !padded {
                return None;
            }
            Some(strips.rows.iter().all(|row| Row::from_words(*row).fits(rounding)))
        }
        LayerKind::Depthwise => {
            let words = depthwise_words(usize::from(layer.window[0]) * usize::from(layer.window[1]));
            let groups = usize::from(layer.out_shape[2]).div_ceil(4);
            let stream = constants.depthwise.get(layer.weights as usize..)?.get(..groups.checked_mul(words)?)?;
            Some(stream.chunks_exact(words.max(1)).all(|group| {
                let (tail, _) = group.get(words.saturating_sub(12)..).unwrap_or(&[]).as_chunks::<3>();
                tail.iter().all(|[multiplier, offset, shift]| {
                    Row::from_words([0, *multiplier, *offset, *shift]).fits(rounding)
                })
            }))
        }
        LayerKind::Add => {
            operand()?;
            constants.table(layer.weights)?;
            constants.table(layer.counts)?;
            row(rounding)
        }
        LayerKind::Multiply => {
            operand()?;
            row(rounding)
        }
        LayerKind::Table => constants.bytes(layer.weights).map(|_| true),
        LayerKind::Softmax => constants.table(layer.weights).map(|_| true),
        LayerKind::Mean => row(Rounding::of(layer.has(Layer::SINGLE), true)),
        LayerKind::AveragePool | LayerKind::MaxPool | LayerKind::Copy | LayerKind::Pad => Some(true),
    }
}
