//! Random layers against the slow interpreter: shapes, strides, padding, sparsity, scales, both roundings.
#![allow(
    clippy::std_instead_of_core,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    missing_docs,
    reason = "a test"
)]

use tinysolve::net::{Inference, Layer, LayerKind};
use tinysolve::rng::Xoshiro128;
use tinysolve_host::convert::{Aligned, arena, view};
use tinysolve_host::graph::{Graph, Node, Op, Tensor, Weighted, Window};
use tinysolve_host::{fixed, pack, plan, reference};

struct Draw {
    rng: Xoshiro128,
    /// One layer in so many has biases beyond the preconditions of the fast form.
    wide: usize,
}

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.rng.word() as usize % n
    }

    fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    fn byte(&mut self) -> i8 {
        self.rng.word() as i8
    }

    fn scale(&mut self) -> f32 {
        0.002 + self.rng.unit() * 0.2
    }

    /// A byte, zero with a chance of `zeros` in four.
    fn weight(&mut self, zeros: usize) -> i8 {
        if self.below(4) < zeros { 0 } else { self.byte() }
    }

    fn window(&mut self, shape: [usize; 3]) -> (Window, [usize; 2]) {
        let mut window = Window { size: [1; 2], stride: [1; 2], before: [0; 2] };
        let mut out = [1; 2];
        for side in 0..2 {
            window.size[side] = self.between(1, 4);
            window.stride[side] = self.between(1, 3);
            let (len, size, stride) = (shape[side], window.size[side], window.stride[side]);
            if self.below(2) == 0 || size > len {
                out[side] = len.div_ceil(stride);
                window.before[side] = ((out[side] - 1) * stride + size).saturating_sub(len) / 2;
            } else {
                out[side] = (len - size) / stride + 1;
            }
        }
        (window, out)
    }

    fn weighted(&mut self, len: usize, outputs: usize, window: Window) -> Weighted {
        let zeros = self.below(4);
        // Blocks of zeros, so that sparse strips come up.
        let weights = (0..len.div_ceil(8)).flat_map(|_| {
            let alive = self.below(4) >= zeros;
            (0..8).map(|_| if alive { self.weight(1) } else { 0 }).collect::<Vec<_>>()
        });
        let weights: Vec<i8> = weights.take(len).collect();
        let wide = self.below(self.wide) == 0;
        let bias = (0..outputs).map(|_| i64::from(self.rng.word() as i32 >> if wide { 1 } else { 14 })).collect();
        let spread = self.below(3);
        let scales = (0..outputs)
            .map(|_| f64::from(self.rng.unit() + 0.1) * 2_f64.powi(-(self.between(2, 4 + 12 * spread) as i32)))
            .collect();
        let constant = vec![None; outputs];
        Weighted { weights, bias, scales, window, constant }
    }

    fn graph(&mut self) -> Graph {
        let shape = [self.between(1, 9), self.between(1, 9), self.between(1, 13)];
        let tensor =
            |name: &str, shape, scale, zero, root| Tensor { name: name.into(), shape, scale, zero, root, kept: None };
        let (scale, zero) = (self.scale(), self.byte());
        let mut tensors = vec![tensor("in", shape, scale, zero, 0)];
        let (mut out_shape, mut out_scale, mut out_zero) = (shape, self.scale(), self.byte());
        let op = match self.below(11) {
            0..=2 => {
                let (window, out) = self.window(shape);
                out_shape = [out[0], out[1], self.between(1, 10)];
                let taps = window.size[0] * window.size[1];
                Op::Convolution(self.weighted(taps * shape[2] * out_shape[2], out_shape[2], window))
            }
            3 => {
                // A long row, so that wide gaps come up.
                tensors[0].shape = [1, 1, self.between(1, 3000)];
                out_shape = [1, 1, self.between(1, 6)];
                let window = Window { size: [1; 2], stride: [1; 2], before: [0; 2] };
                let mut weighted = self.weighted(tensors[0].shape[2] * out_shape[2], out_shape[2], window);
                if self.below(2) == 0 {
                    weighted.weights.iter_mut().enumerate().filter(|(k, _)| k % 2500 != 2499).for_each(|(_, w)| *w = 0);
                }
                Op::Convolution(weighted)
            }
            4 | 5 => {
                let (window, out) = self.window(shape);
                let depth = [1, 1, 1, 2, 3][self.below(5)];
                out_shape = [out[0], out[1], shape[2] * depth];
                let taps = window.size[0] * window.size[1];
                Op::Depthwise(self.weighted(taps * out_shape[2], out_shape[2], window))
            }
            6 => {
                let (window, out) = self.window(shape);
                out_shape = [out[0], out[1], shape[2]];
                (out_scale, out_zero) = (scale, zero);
                Op::Pool { window, maximum: self.below(2) == 0 }
            }
            7 | 8 => {
                let second = (self.scale(), self.byte());
                let constant = match self.below(3) {
                    0 => Some((0..shape[2]).map(|_| self.byte()).collect()),
                    1 => Some((0..shape.iter().product()).map(|_| self.byte()).collect()),
                    _ => None,
                };
                let product = self.below(2) == 0;
                // Without a constant the input meets itself.
                let second = if constant.is_some() { second } else { (scale, zero) };
                if product { Op::Multiply { constant, second } } else { Op::Add { constant, second } }
            }
            9 => {
                out_shape = [shape[0] + self.below(3), shape[1] + self.below(3), shape[2] + self.below(3)];
                let before = [0, 1, 2].map(|side| self.below(out_shape[side] - shape[side] + 1));
                Op::Pad { before, value: self.byte() }
            }
            _ => {
                if self.below(2) == 0 {
                    out_shape = [1, 1, shape[2]];
                    Op::Mean
                } else {
                    (out_scale, out_zero) = (1.0 / 256.0, -128);
                    Op::Softmax { beta: 1.0 }
                }
            }
        };
        tensors.push(tensor("out", out_shape, out_scale, out_zero, 1));
        let inputs = match &op {
            Op::Add { constant: None, .. } | Op::Multiply { constant: None, .. } => vec![0, 0],
            _ => vec![0],
        };
        let clamp = if self.below(3) == 0 { [-50, 60] } else { [i8::MIN, i8::MAX] };
        let single = self.below(3) == 0;
        let node = Node { op, inputs, output: 1, clamp, single, index: 0, name: "RANDOM" };
        Graph { tensors, nodes: vec![node], input: 0, output: 1 }
    }
}

/// Draws a layer, packs it, and runs it beside the slow interpreter; answers the graph and the layer.
fn compare(draw: &mut Draw, case: usize) -> (Graph, Layer) {
    let graph = draw.graph();
    let plan = plan::plan(&graph);
    let dense = draw.below(4) == 0;
    let packed = pack::pack(&graph, &plan, dense).unwrap_or_else(|error| panic!("case {case}: {error:#} {graph:?}"));
    let aligned = Aligned::new(&packed);
    let model = aligned.model().unwrap_or_else(|error| panic!("case {case}: {error:#} {:?}", graph.nodes[0]));
    let input: Vec<i8> = (0..graph.tensors[0].len()).map(|_| draw.byte()).collect();
    let expected = reference::run(&graph, &input).remove(0);
    let mut memory = arena(&model);
    let mut inference = Inference::new(&model, view(&mut memory)).unwrap();
    inference.input_mut().copy_from_slice(&input);
    assert_eq!(inference.run(), expected, "case {case}: {:?} {:?}", graph.tensors, graph.nodes[0]);
    let layer = model.layer(0).unwrap();
    (graph, layer)
}

fn cases(few: usize) -> usize {
    if std::env::var("TINYSOLVE_LONG").is_ok_and(|long| long == "1") { 100 * few } else { few }
}

#[test]
fn layers_agree_with_the_slow_interpreter() {
    let cases = cases(1_000);
    let mut draw = Draw { rng: Xoshiro128::new(7), wide: 8 };
    let safe = (0..cases).filter(|case| compare(&mut draw, *case).1.has(Layer::SAFE)).count();
    assert!(safe * 50 > cases, "only {safe} layers without the preconditions of the fast form");
}

/// Layers that all need the long formula: several strips of both kinds, whole ones and such with rows left over, both
/// roundings, dense and sparse.
#[test]
fn layers_beyond_the_fast_form_agree_with_the_slow_interpreter() {
    let mut draw = Draw { rng: Xoshiro128::new(8), wide: 1 };
    // By four pixels or four rows, by dense or sparse, by rounding; by whole strips and rows left over.
    let (mut seen, mut ends) = ([[[0_usize; 2]; 2]; 2], [0_usize; 2]);
    for case in 0..cases(1_000) {
        let (_, layer) = compare(&mut draw, case);
        let is_strips = layer.kind == LayerKind::Convolution && layer.has(Layer::SAFE);
        let outputs = usize::from(layer.out_shape[2]);
        if is_strips && outputs > 4 {
            let [by_rows, sparse, single] =
                [layer.rows_log2 == 2, layer.has(Layer::SPARSE), layer.has(Layer::SINGLE)].map(usize::from);
            seen[by_rows][sparse][single] += 1;
            ends[usize::from(outputs % 4 != 0)] += 1;
        }
    }
    assert!(seen.iter().flatten().flatten().chain(&ends).all(|count| *count > 0), "{seen:?} {ends:?}");
}

/// The fixed-point tables are near the functions they stand for, and exact where the function is.
#[test]
fn tables_are_near_their_functions() {
    let table = fixed::logistic_table(0.05, 3);
    for (k, value) in table.iter().enumerate() {
        let x = (f64::from((k as u8).cast_signed()) - 3.0) * 0.05;
        let exact = 256.0 / (1.0 + (-x).exp()) - 128.0;
        assert!((f64::from(*value) - exact).abs() <= 1.0, "{x}: {value} {exact}");
    }
    let table = fixed::softmax_table(0.1, 1.0);
    for (k, value) in table.iter().enumerate() {
        let exact = (-f64::from(0.1_f32) * k as f64).exp() * 2_147_483_648.0;
        assert!((f64::from(*value) - exact).abs() < 1e-6 * 2_147_483_648.0, "{k}: {value} {exact}");
    }
    assert_eq!(fixed::multiplier(0.5), (1 << 30, 0));
    assert_eq!(fixed::multiplier(1.0), (1 << 30, 1));
    assert_eq!(fixed::multiplier(1e-12), (0, 0));
    assert_eq!(fixed::activation(3, 0.05, -10), Some([-10, 110]));
}
