//! What a model costs: flash, memory, and instructions as a model of the Cortex-M4 has them.

use std::fmt::Write;

use tinysolve::net::{Layer, LayerKind, Model};

/// Instructions of a layer on a Cortex-M4, from measured figures for each kind; within about a fifth.
#[must_use]
pub fn instructions(layer: &Layer, stored: usize) -> usize {
    let (pixels, outputs) = (layer.pixels(), layer.output_len());
    let columns = layer.columns as usize;
    match layer.kind {
        LayerKind::Convolution => {
            let per = match (layer.rows_log2, layer.has(Layer::SPARSE)) {
                (0, false) => 87,
                (0, true) => 110,
                (_, false) => 120,
                (_, true) => 140,
            };
            pixels * stored * per / 100 + pixels * columns * 3 / 2 + outputs * 11
        }
        LayerKind::Depthwise => {
            outputs * (usize::from(layer.window[0]) * usize::from(layer.window[1]) * 2 + 11) + layer.input_len()
        }
        LayerKind::AveragePool | LayerKind::MaxPool => {
            outputs * (usize::from(layer.window[0]) * usize::from(layer.window[1]) * 5 + 20)
        }
        LayerKind::Add | LayerKind::Multiply => outputs * 18,
        LayerKind::Softmax => outputs * 30 + 150,
        LayerKind::Mean => layer.input_len() * 5,
        _ => outputs * 5,
    }
}

/// Weights that a layer multiplies with, for each pixel.
#[must_use]
pub fn stored(layer: &Layer, model: &Model<'_>) -> usize {
    match layer.kind {
        LayerKind::Convolution => model.stored_weights(layer),
        LayerKind::Depthwise => {
            usize::from(layer.window[0]) * usize::from(layer.window[1]) * usize::from(layer.out_shape[2])
        }
        _ => 0,
    }
}

/// A table of the layers and what the whole needs.
#[must_use]
pub fn report(model: &Model<'_>, flash: usize) -> String {
    let mut out = String::new();
    let _ =
        writeln!(out, "layer kind         input            output           form          products  instructions (M4)");
    let (mut products, mut total) = (0, 0);
    for k in 0..model.layer_count() {
        let Some(layer) = model.layer(k) else { continue };
        let stored = stored(&layer, model);
        let (work, cost) = (stored * layer.pixels(), instructions(&layer, stored));
        products += work;
        total += cost;
        let shape = |[h, w, c]: [u16; 3]| format!("{h}x{w}x{c}");
        let mut form = String::new();
        if layer.kind == LayerKind::Convolution {
            form += if layer.has(Layer::SPARSE) { "sparse" } else { "dense" };
            form += if layer.rows_log2 == 0 { " 1x4" } else { " 4x4" };
        }
        if layer.has(Layer::SAFE) {
            form += " safe";
        }
        if layer.has(Layer::SINGLE) {
            form += " single";
        }
        let _ = writeln!(
            out,
            "{k:5} {:12} {:16} {:16} {form:12} {work:9} {cost:9}",
            format!("{:?}", layer.kind),
            shape(layer.shape),
            shape(layer.out_shape),
        );
    }
    let shape = model.shape();
    let _ = writeln!(out, "products {products}, about {total} instructions on a Cortex-M4");
    let _ = writeln!(
        out,
        "flash {flash} bytes; arena {} bytes: {} of tensors, {} of scratch",
        shape.arena_len(),
        shape.activations,
        shape.scratch
    );
    let _ = writeln!(
        out,
        "input {} bytes, scale {}, zero point {}; output {} bytes, scale {}, zero point {}",
        shape.input_len, shape.input_scale, shape.input_zero, shape.output_len, shape.output_scale, shape.output_zero
    );
    out
}
