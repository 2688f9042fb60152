//! Layers of a quantised network, one model each, made up on the spot.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "bytes of patterns"
)]

use crate::{Hash, Meter, Pattern, Row};
use tinysolve::container::{Kind, SectionSpec, Writer};
use tinysolve::net::quantise::{dequantise, quantise};
use tinysolve::net::{Arena, Inference, Layer, LayerKind, MODEL_VERSION, Model, Shape, Tag, depthwise_words};

/// Room for a container, at a multiple of 16.
#[repr(C, align(16))]
struct Room<const N: usize>([u8; N]);

fn byte(pattern: &mut Pattern) -> i8 {
    (pattern.word() >> 24) as i8
}

/// A row of requantisation, every field drawn: in the fast form, or in the safe one with biases of any size.
fn row(pattern: &mut Pattern, is_safe: bool) -> [i32; 4] {
    if is_safe {
        let exponent = (pattern.word() % 62) as i32 - 31;
        let multiplier = 1 << 30 | pattern.word() as i32 >> 2 & 0x3fff_ffff;
        return [pattern.word() as i32, multiplier, i32::from(byte(pattern)), exponent];
    }
    let shift = 8 + (pattern.word() & 3) as i32;
    let zero = i32::from(byte(pattern)) / 8;
    let bias = pattern.word() as i32 >> 20;
    [bias, 1 << 30 | pattern.word() as i32 >> 2 & 0x3fff_ffff, (1 << (shift - 1)) + (zero << shift), shift]
}

/// Blocks that stand in a sparse strip of `blocks`, and the skips before them: `every` on average.
fn stored(blocks: usize, every: usize) -> usize {
    if every == 1 { blocks } else { blocks / every }
}

fn skip(k: usize, every: usize) -> u8 {
    if every == 1 { 0 } else { (every - 2 + k % 3) as u8 }
}

/// Puts a model of one layer into `memory`; of each strip one block in `every` is there.
fn build(memory: &mut [u8], mut layer: Layer, every: usize) -> Option<&[u8]> {
    let mut pattern = Pattern::new(11);
    let outputs = usize::from(layer.out_shape[2]);
    let (mut rows, mut weights, mut words, mut counts, mut skips) = (1, 0, 0, 0, 0);
    match layer.kind {
        LayerKind::Convolution => {
            layer.columns_log2 = 2;
            layer.columns = u32::from(layer.window[0]) * layer.row_columns() as u32;
            let of_strip = 1 << layer.rows_log2;
            let strips = outputs.div_ceil(of_strip);
            let blocks = strips * stored(layer.columns as usize / 4, every);
            rows = strips * of_strip;
            weights = blocks * 4 * of_strip;
            if every > 1 {
                layer.flags |= Layer::SPARSE;
                (counts, skips) = (strips, blocks);
            }
        }
        LayerKind::Depthwise => {
            words = outputs.div_ceil(4) * depthwise_words(usize::from(layer.window[0]) * usize::from(layer.window[1]));
        }
        LayerKind::Add => {
            words = 512;
            layer.counts = 256;
        }
        LayerKind::Softmax => words = 256,
        _ => {}
    }
    let input = layer.input_len().next_multiple_of(16) as u32;
    let second = if layer.kind == LayerKind::Add { input } else { 0 };
    layer.second = input;
    if second > 0 {
        layer.columns = layer.input_len() as u32;
    }
    layer.output = input + second;
    let shape = Shape {
        activations: layer.output + layer.output_len().next_multiple_of(16) as u32,
        scratch: layer.scratch_len() as u32,
        input: 0,
        input_len: layer.input_len() as u32,
        output: layer.output,
        output_len: layer.output_len() as u32,
        input_scale: 1.0,
        input_zero: 0,
        output_scale: 1.0,
        output_zero: 0,
    };
    let specs = [
        SectionSpec::of::<u32>(Tag::Shape as u32, 12),
        SectionSpec::of::<u32>(Tag::Layers as u32, 16),
        SectionSpec::of::<i32>(Tag::Requantise as u32, 4 * rows),
        SectionSpec::of::<i8>(Tag::Weights as u32, weights),
        SectionSpec::of::<i32>(Tag::Words as u32, words),
        SectionSpec::of::<u16>(Tag::Counts as u32, counts),
        SectionSpec::of::<u8>(Tag::Skips as u32, skips),
    ];
    let per_strip = stored(layer.columns as usize / 4, every).max(1);
    let mut writer = Writer::new(memory, Kind::NetworkModel, MODEL_VERSION, &specs).ok()?;
    writer.put(shape.words()).ok()?;
    writer.put(layer.words()).ok()?;
    let mut drawn = [0; 4];
    let mut next = |k: usize| {
        if k.is_multiple_of(4) {
            drawn = row(&mut pattern, layer.has(Layer::SAFE));
        }
        drawn.get(k % 4).copied().unwrap_or(0)
    };
    writer.put((0..4 * rows).map(&mut next)).ok()?;
    // Of a dense strip: columns that only fill up a row of the window weigh nothing.
    let (run, row) = (usize::from(layer.window[1]) * usize::from(layer.shape[2]), layer.row_columns());
    let column = |k: usize| (k >> 2 >> layer.rows_log2) * 4 + k % 4;
    let weight = |k: usize| if column(k) % row < run { byte(&mut pattern) } else { 0 };
    writer.put((0..weights).map(weight)).ok()?;
    let size = depthwise_words(usize::from(layer.window[0]) * usize::from(layer.window[1]));
    let word = |k: usize| match layer.kind {
        // Biases, pairs of doubled bytes, then multiplier, offset and shift.
        LayerKind::Depthwise if k % size < 4 => pattern.word() as i32 >> 20 & !1,
        LayerKind::Depthwise if k % size < size - 12 => {
            let (a, b) = (2 * i32::from(byte(&mut pattern)), 2 * i32::from(byte(&mut pattern)));
            a & 0xffff | b << 16
        }
        LayerKind::Depthwise => match (k % size - (size - 12)) % 3 {
            0 => 1 << 30 | pattern.word() as i32 >> 2 & 0x3fff_ffff,
            1 => 1 << 7,
            _ => 8,
        },
        LayerKind::Softmax => (i64::from(i32::MAX >> (k / 8).min(31)) / 8 * (16 - (k % 8) as i64) / 2) as i32,
        _ => (k as i32 % 256 - 128) * 1000,
    };
    writer.put((0..words).map(word)).ok()?;
    writer.put((0..counts).map(|_| per_strip as u16)).ok()?;
    writer.put((0..skips).map(|k| skip(k % per_strip, every))).ok()?;
    writer.finish().ok().map(|bytes| &*bytes)
}

/// Counts and hashes one layer.
fn measure<const FLASH: usize, const ARENA: usize>(
    meter: &mut dyn Meter,
    name: &str,
    layer: Layer,
    every: usize,
    row: &Row,
) {
    let mut room = Room([0; FLASH]);
    let mut arena = Arena::<ARENA>::new();
    let Some(bytes) = build(&mut room.0, layer, every) else { return };
    let Ok(model) = Model::new(bytes) else { return };
    let Ok(mut inference) = Inference::new(&model, &mut arena.0) else { return };
    let mut pattern = Pattern::new(5);
    // The second operand of a sum is what the pattern leaves there.
    inference.input_mut().iter_mut().for_each(|out| *out = byte(&mut pattern));
    meter.count(row, &mut || {
        let _ = inference.step();
    });
    let mut hash = Hash::default();
    inference.output().iter().for_each(|out| {
        hash.bytes(&out.to_le_bytes());
    });
    meter.result(name, hash.finish());
}

/// Hashes one layer.
fn bytes_of<const FLASH: usize, const ARENA: usize>(layer: Layer, every: usize, hash: &mut Hash) -> Option<()> {
    let mut room = Room([0; FLASH]);
    let mut arena = Arena::<ARENA>::new();
    let model = Model::new(build(&mut room.0, layer, every)?).ok()?;
    let mut inference = Inference::new(&model, &mut arena.0).ok()?;
    let mut pattern = Pattern::new(5);
    inference.input_mut().iter_mut().for_each(|out| *out = byte(&mut pattern));
    // The one layer.
    let _ = inference.step();
    inference.output().iter().for_each(|out| {
        hash.bytes(&out.to_le_bytes());
    });
    Some(())
}

/// Every form of requantisation, over several strips, whole ones and one that is not, from both kinds of strip, dense and
/// sparse: what no layer of a real model need have, and no goal speaks of.
pub(crate) fn forms(meter: &mut dyn Meter) {
    for (flags, name) in [
        (0, "net/forms/double"),
        (Layer::SINGLE, "net/forms/single"),
        (Layer::SAFE, "net/forms/safe_double"),
        (Layer::SAFE | Layer::SINGLE, "net/forms/safe_single"),
    ] {
        let mut hash = Hash::default();
        for outputs in 1..=13 {
            for rows_log2 in [0, 2] {
                // Rows of the window with padding are dense; the last tile of 5 x 3 pixels goes back by one.
                for (channels, every) in [(3, 1), (4, 1), (4, 3), (8, 4)] {
                    let layer = Layer { flags, rows_log2, ..convolution([5, 3, channels], outputs, 3, 1) };
                    let Some(()) = bytes_of::<2_048, 1_024>(layer, every, &mut hash) else { return };
                }
            }
        }
        meter.result(name, hash.finish());
    }
}

/// A layer of these shapes, the same padding as the window asks for.
fn convolution(shape: [u16; 3], outputs: u16, window: u8, stride: u8) -> Layer {
    let [height, width, _] = shape;
    let stride_ = u16::from(stride);
    let mut layer = Layer::empty(LayerKind::Convolution);
    layer.shape = shape;
    layer.out_shape = [height.div_ceil(stride_), width.div_ceil(stride_), outputs];
    layer.window = [window; 2];
    layer.stride = [stride; 2];
    layer.before = [(window - 1) / 2; 2];
    layer.zero = [-128, 0, 0];
    layer
}

fn connected(inputs: u16, outputs: u16) -> Layer {
    Layer { rows_log2: 2, ..convolution([1, 1, inputs], outputs, 1, 1) }
}

/// Fully connected, dense and with a quarter and a tenth of the blocks.
pub(crate) fn connected_640(meter: &mut dyn Meter) {
    let per = 640 * 128;
    for (every, case, name, goal, reference) in [
        (1, "640 to 128, dense", "net/connected_640/dense", "1.25", "1.95"),
        (4, "640 to 128, 75 % sparse", "net/connected_640/quarter", "0.42", "1.95"),
        (10, "640 to 128, 90 % sparse", "net/connected_640/tenth", "0.20", "1.95"),
    ] {
        let row = Row::new("net", "fully connected", case)
            .per(per, "instructions/product")
            .goal("m4f", goal)
            .reference(reference, "CMSIS-NN, dense");
        measure::<86_016, 2_304>(meter, name, connected(640, 128), every, &row);
    }
}

/// Convolutions of 3 x 3, dense and with a quarter of the blocks.
pub(crate) fn convolution_32(meter: &mut dyn Meter) {
    for (every, case, name, goal) in [
        (1, "3x3, 16x16, 32 to 32, dense", "net/convolution_32/dense", "1.0"),
        (4, "3x3, 16x16, 32 to 32, 75 % sparse", "net/convolution_32/quarter", "0.40"),
    ] {
        let row = Row::new("net", "convolution", case)
            .per(256 * 288 * 32, "instructions/product")
            .goal("m4f", goal)
            .reference("1.93", "CMSIS-NN, dense");
        measure::<11_264, 19_200>(meter, name, convolution([16, 16, 32], 32, 3, 1), every, &row);
    }
}

/// A convolution of 1 x 1.
pub(crate) fn pointwise_64(meter: &mut dyn Meter) {
    let row = Row::new("net", "convolution", "1x1, 25x5, 64 to 64, dense")
        .per(125 * 64 * 64, "instructions/product")
        .goal("m4f", "1.15")
        .reference("2.09", "CMSIS-NN");
    measure::<6_144, 17_408>(meter, "net/pointwise_64", convolution([25, 5, 64], 64, 1, 1), 1, &row);
}

/// A first layer: one channel.
pub(crate) fn first_layer(meter: &mut dyn Meter) {
    let row = Row::new("net", "convolution", "3x3, 16x16, 1 to 8, dense")
        .per(256 * 9 * 8, "instructions/product")
        .goal("m4f", "7.6")
        .reference("14.07", "CMSIS-NN");
    measure::<1_024, 3_072>(meter, "net/first_layer", convolution([16, 16, 1], 8, 3, 1), 1, &row);
}

/// Depthwise, stride 1 and 2.
pub(crate) fn depthwise_64(meter: &mut dyn Meter) {
    for (shape, stride, case, name, reference) in [
        ([25, 5, 64], 1, "3x3, 25x5, 64 channels", "net/depthwise_64", "8.33"),
        ([24, 24, 16], 2, "3x3, 24x24, 16 channels, stride 2", "net/depthwise_64/stride", "8.88"),
    ] {
        let layer = convolution(shape, shape[2], 3, stride);
        let layer = Layer { kind: LayerKind::Depthwise, ..layer };
        let products = u32::try_from(layer.output_len() * 9).unwrap_or(1);
        let row = Row::new("net", "depthwise", case)
            .per(products, "instructions/product")
            .goal("m4f", "3.5")
            .reference(reference, "CMSIS-NN");
        measure::<3_072, 17_664>(meter, name, layer, 1, &row);
    }
}

/// A sum of two tensors.
pub(crate) fn add(meter: &mut dyn Meter) {
    let row = Row::new("net", "add", "8192 elements")
        .per(8192, "instructions/element")
        .goal("m4f", "18")
        .reference("81.0", "CMSIS-NN");
    let layer = Layer { kind: LayerKind::Add, ..convolution([16, 16, 32], 32, 1, 1) };
    measure::<2_560, 24_576>(meter, "net/add", layer, 1, &row);
}

/// Softmax of twelve.
pub(crate) fn softmax(meter: &mut dyn Meter) {
    let row = Row::new("net", "softmax", "12 elements")
        .per(12, "instructions/element")
        .goal("m4f", "45")
        .reference("530", "CMSIS-NN");
    let layer = Layer { kind: LayerKind::Softmax, ..convolution([1, 1, 12], 12, 1, 1) };
    measure::<2_048, 64>(meter, "net/softmax", layer, 1, &row);
}

/// What a direction of the published network would cost with activations in bytes too: its layers through the kernels of
/// quantised networks, 16 x 16 cells, 8 channels, a residual block on each of two grids; the way up counts as a sum.
pub(crate) fn direction_bytes(meter: &mut dyn Meter) {
    const PRODUCTS: u32 = 256 * (4 * 9 * 64 + 10 * 8) + 64 * 2 * 9 * 64;
    let pool = Layer { kind: LayerKind::AveragePool, before: [0; 2], ..convolution([16, 16, 8], 8, 2, 2) };
    let sum = Layer { kind: LayerKind::Add, ..convolution([16, 16, 8], 8, 1, 1) };
    let coarse_sum = Layer { kind: LayerKind::Add, ..convolution([8, 8, 8], 8, 1, 1) };
    let layers = [
        (1, convolution([16, 16, 1], 8, 3, 1)),
        (4, convolution([16, 16, 8], 8, 3, 1)),
        (1, pool),
        (2, convolution([8, 8, 8], 8, 3, 1)),
        (1, coarse_sum),
        (2, sum),
        (1, convolution([16, 16, 8], 1, 1, 1)),
    ];
    let mut rooms = layers.map(|_| Room([0; 2_560]));
    let mut arena = Arena::<6_400>::new();
    let mut models = [None; 7];
    for (((_, layer), room), model) in layers.iter().zip(&mut rooms).zip(&mut models) {
        *model = build(&mut room.0, *layer, 1).and_then(|bytes| Model::new(bytes).ok());
    }
    let (mut pattern, mut r) = (Pattern::new(9), [0.0_f32; 256]);
    r.iter_mut().for_each(|r| *r = pattern.between(-1.0, 1.0));
    let row = Row::new("net", "direction network", "16x16, 8 channels, activations in bytes too")
        .per(PRODUCTS, "instructions/product");
    meter.count(&row, &mut || {
        let scale = 1.0 / tinysolve::vector::norm(&r);
        for (at, ((times, _), model)) in layers.iter().zip(&models).enumerate() {
            let inference = model.as_ref().and_then(|model| Inference::new(model, &mut arena.0).ok());
            let Some(mut inference) = inference else { return };
            if at == 0 {
                inference.input_mut().iter_mut().zip(&r).for_each(|(to, r)| *to = quantise(*r * scale, 0.01, 0));
            }
            for _ in 0..*times {
                inference.restart();
                let _ = inference.step();
            }
            if at + 1 == layers.len() {
                r.iter_mut().zip(inference.output()).for_each(|(r, byte)| *r = dequantise(*byte, 0.01, 0));
            }
        }
    });
    // No result: layers take what lies in the arena, the scratch memory of others too, which is nobody's promise.
    core::hint::black_box(&r);
}
