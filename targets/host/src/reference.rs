//! A slow interpreter of the graph, written from the definitions in wide integers: what the fast one is held to.

use crate::fixed;
use crate::graph::{Graph, Node, Op, Tensor, Weighted};

/// Runs a network; answers the output of every layer.
#[must_use]
pub fn run(graph: &Graph, input: &[i8]) -> Vec<Vec<i8>> {
    let mut memory: Vec<Vec<i8>> = graph.tensors.iter().map(|tensor| vec![0; tensor.len()]).collect();
    let root = |tensor: usize| graph.tensors[tensor].root;
    memory[root(graph.input)] = input.to_vec();
    let mut outputs = Vec::new();
    for node in &graph.nodes {
        let from = memory[root(node.inputs[0])].clone();
        let second = node.inputs.get(1).map(|tensor| memory[root(*tensor)].clone());
        let to = &graph.tensors[node.output];
        let old = memory[to.root].clone();
        let out = layer(node, &graph.tensors[node.inputs[0]], to, &from, second.as_deref(), &old);
        let [low, high] = node.clamp;
        let out: Vec<i8> = out.into_iter().map(|value| value.clamp(low, high)).collect();
        outputs.push(out.clone());
        memory[to.root] = out;
    }
    outputs
}

/// x · q · 2^(e-31) in integers without a limit, rounded twice or once; what a left shift loses is lost.
pub(crate) fn multiplied(x: i64, real: f64, single: bool) -> i64 {
    let (q, e) = fixed::multiplier(real);
    if single {
        let total = 31 - e;
        return ((i128::from(x) * i128::from(q) + (1_i128 << (total - 1))) >> total) as i64;
    }
    let x = i64::from((x << e.max(0)) as i32);
    let product = i128::from(x) * i128::from(q);
    let high = (product + if product >= 0 { 1 << 30 } else { 1 - (1 << 30) }) / (1 << 31);
    let half = if e < 0 { 1_i128 << (-e - 1) } else { 0 };
    let size = (high.abs() + half) >> (-e).max(0);
    (if high < 0 { -size } else { size }) as i64
}

fn limited(value: i64) -> i8 {
    value.clamp(-128, 127) as i8
}

pub(crate) fn layer(node: &Node, from: &Tensor, to: &Tensor, x: &[i8], second: Option<&[i8]>, old: &[i8]) -> Vec<i8> {
    let [height, width, channels] = from.shape;
    let [out_height, out_width, out_channels] = to.shape;
    let at = |y: i64, x_: i64, c: usize| {
        let inside = (0..height as i64).contains(&y) && (0..width as i64).contains(&x_);
        inside.then(|| x[(y as usize * width + x_ as usize) * channels + c])
    };
    let each = |f: &dyn Fn(usize, usize, usize) -> i8| {
        let mut out = Vec::with_capacity(to.len());
        for y in 0..out_height {
            for x in 0..out_width {
                for c in 0..out_channels {
                    out.push(f(y, x, c));
                }
            }
        }
        out
    };
    let sum = |weighted: &Weighted, y: usize, x: usize, weight: &dyn Fn(usize, usize, usize) -> i64, of: &[usize]| {
        let window = weighted.window;
        let mut sum = 0_i64;
        for ky in 0..window.size[0] {
            for kx in 0..window.size[1] {
                let y = (y * window.stride[0] + ky) as i64 - window.before[0] as i64;
                let x = (x * window.stride[1] + kx) as i64 - window.before[1] as i64;
                for c in of {
                    if let Some(value) = at(y, x, *c) {
                        sum += (i64::from(value) - i64::from(from.zero)) * weight(ky, kx, *c);
                    }
                }
            }
        }
        sum
    };
    match &node.op {
        Op::Convolution(weighted) => {
            let all: Vec<usize> = (0..channels).collect();
            let [rows, across] = weighted.window.size;
            each(&|y, x, o| {
                let weight = |ky, kx, c| i64::from(weighted.weights[((o * rows + ky) * across + kx) * channels + c]);
                let sum = sum(weighted, y, x, &weight, &all) + weighted.bias[o];
                limited(multiplied(sum, weighted.scales[o], node.single) + i64::from(to.zero))
            })
        }
        Op::Depthwise(weighted) => {
            let depth = out_channels / channels;
            let across = weighted.window.size[1];
            each(&|y, x, o| {
                let weight = |ky, kx, _| i64::from(weighted.weights[(ky * across + kx) * out_channels + o]);
                let sum = sum(weighted, y, x, &weight, &[o / depth]) + weighted.bias[o];
                limited(multiplied(sum, weighted.scales[o], node.single) + i64::from(to.zero))
            })
        }
        Op::Pool { window, maximum } => each(&|y, x, c| {
            let mut values = Vec::new();
            for ky in 0..window.size[0] {
                for kx in 0..window.size[1] {
                    let y = (y * window.stride[0] + ky) as i64 - window.before[0] as i64;
                    let x = (x * window.stride[1] + kx) as i64 - window.before[1] as i64;
                    values.extend(at(y, x, c).map(i64::from));
                }
            }
            if *maximum {
                return limited(values.into_iter().max().unwrap_or(-128));
            }
            let (sum, n) = (values.iter().sum::<i64>(), values.len().max(1) as i64);
            limited(if sum > 0 { (sum + n / 2) / n } else { (sum - n / 2) / n })
        }),
        Op::Add { constant, second: (scale, zero) } => {
            let second = constant.as_deref().or(second).unwrap_or(&[0]);
            let twice = 2.0 * f64::from(from.scale).max(f64::from(*scale));
            let out = twice / (f64::from(1 << 20) * f64::from(to.scale));
            x.iter()
                .zip(second.iter().cycle())
                .map(|(a, b)| {
                    let term = |value: i8, zero: i8, scale: f32| {
                        multiplied((i64::from(value) - i64::from(zero)) << 20, f64::from(scale) / twice, node.single)
                    };
                    let sum = term(*a, from.zero, from.scale) + term(*b, *zero, *scale);
                    limited(multiplied(sum, out, node.single) + i64::from(to.zero))
                })
                .collect()
        }
        Op::Multiply { constant, second: (scale, zero) } => {
            let second = constant.as_deref().or(second).unwrap_or(&[0]);
            let real = f64::from(from.scale) * f64::from(*scale) / f64::from(to.scale);
            x.iter()
                .zip(second.iter().cycle())
                .map(|(a, b)| {
                    let product = (i64::from(*a) - i64::from(from.zero)) * (i64::from(*b) - i64::from(*zero));
                    limited(multiplied(product, real, node.single) + i64::from(to.zero))
                })
                .collect()
        }
        Op::Table(table) => x.iter().map(|value| table[usize::from(value.cast_unsigned())]).collect(),
        Op::Softmax { beta } => x.chunks(channels).flat_map(|row| softmax(row, from.scale, *beta)).collect(),
        Op::Copy { channel } => {
            let mut out = old.to_vec();
            for (from, to) in x.chunks(channels).zip(out.chunks_mut(out_channels)) {
                to[*channel..*channel + channels].copy_from_slice(from);
            }
            out
        }
        Op::Pad { before, value } => each(&|y, x, c| {
            let inside = c.checked_sub(before[2]).filter(|c| *c < channels);
            inside.and_then(|c| at(y as i64 - before[0] as i64, x as i64 - before[1] as i64, c)).unwrap_or(*value)
        }),
        Op::Mean => {
            let n = (height * width) as i64;
            // As the reference prepares it: the division goes into the multiplier, as far as its bits allow.
            let (q, e) = fixed::mean_multiplier(from.scale, to.scale, height * width);
            (0..channels)
                .map(|c| {
                    let sum: i64 = x.iter().skip(c).step_by(channels).map(|value| i64::from(*value)).sum();
                    let value = fixed::scaled((sum - i64::from(from.zero) * n) as i32, (q, e), node.single);
                    limited(i64::from(value) + i64::from(to.zero))
                })
                .collect()
        }
    }
}

/// Softmax in the reference's fixed point, from the same table of exponentials, its division done here in wide integers.
fn softmax(row: &[i8], scale: f32, beta: f32) -> Vec<i8> {
    let table = fixed::softmax_table(scale, beta);
    let most = row.iter().copied().max().unwrap_or(0);
    let power = |value: i8| i64::from(table[(i32::from(most) - i32::from(value)) as usize]);
    let sum: i64 = row.iter().map(|value| (power(*value) + (1 << 11)) >> 12).sum();
    let zeros = (sum as u32).leading_zeros();
    let scale = i64::from(fixed::reciprocal(((sum << zeros) - (1 << 31)) as i32));
    row.iter()
        .map(|value| {
            let high = (power(*value) * scale + (1 << 30)) >> 31;
            let shift = 35 - zeros;
            limited(((high + (1 << (shift - 1))) >> shift) - 128)
        })
        .collect()
}
