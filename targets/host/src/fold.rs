//! Channels whose value is known whatever the input, and what follows: they need not be computed.
//!
//! A row of zeros gives a constant, and so does one that only meets constants. Constants pass through depthwise layers,
//! pools, tables and sums; a convolution takes them into its biases, where padding does not come between. What is left out
//! is exact: the outputs of the network are the same bytes. Channels stay in whole groups of four.

use crate::graph::{Graph, Node, Op, Tensor, Weighted};
use crate::reference::multiplied;

/// Leaves out what is known. Answers how many channels were left out.
pub fn fold(graph: &mut Graph) -> usize {
    let known = constants(graph);
    let removed = removable(graph, &known);
    for k in 0..graph.nodes.len() {
        shrink(graph, k, &known, &removed);
    }
    let mut count = 0;
    for (tensor, removed) in graph.tensors.iter_mut().zip(&removed) {
        let kept: Vec<usize> = (0..removed.len()).filter(|channel| !removed[*channel]).collect();
        if kept.len() < removed.len() {
            count += removed.len() - kept.len();
            tensor.shape[2] = kept.len();
            tensor.kept = Some(kept);
        }
    }
    count
}

/// Whether every window lies inside the input.
fn unpadded(weighted: &Weighted, from: &Tensor, to: &Tensor) -> bool {
    let window = &weighted.window;
    (0..2).all(|side| {
        window.before[side] == 0 && (to.shape[side] - 1) * window.stride[side] + window.size[side] <= from.shape[side]
    })
}

/// The output of a weighted layer for a sum.
fn output(node: &Node, weighted: &Weighted, o: usize, sum: i64, to: &Tensor) -> i8 {
    let value = multiplied(sum + weighted.bias[o], weighted.scales[o], node.single) + i64::from(to.zero);
    value.clamp(i64::from(node.clamp[0]), i64::from(node.clamp[1])) as i8
}

/// Known values of every channel of every tensor; fills in which outputs of weighted layers are constant.
fn constants(graph: &mut Graph) -> Vec<Vec<Option<i8>>> {
    let mut known: Vec<Vec<Option<i8>>> = graph.tensors.iter().map(|tensor| vec![None; tensor.shape[2]]).collect();
    let Graph { tensors, nodes, .. } = graph;
    for node in nodes {
        let (from, to) = (&tensors[node.inputs[0]], &tensors[node.output]);
        let [low, high] = node.clamp;
        let values = known[node.inputs[0]].clone();
        let second = node.inputs.get(1).map(|second| known[*second].clone());
        let mut out = vec![None; to.shape[2]];
        match &node.op {
            Op::Convolution(weighted) => {
                let free = unpadded(weighted, from, to);
                let taps = weighted.window.size[0] * weighted.window.size[1];
                let channels = from.shape[2];
                for (o, out) in out.iter_mut().enumerate() {
                    let row = &weighted.weights[o * taps * channels..(o + 1) * taps * channels];
                    let sum = row.iter().enumerate().try_fold(0_i64, |sum, (k, weight)| match values[k % channels] {
                        _ if *weight == 0 => Some(sum),
                        Some(value) if free || value == from.zero => {
                            Some(sum + i64::from(*weight) * (i64::from(value) - i64::from(from.zero)))
                        }
                        _ => None,
                    });
                    let dead = crate::fixed::multiplier(weighted.scales[o]).0 == 0;
                    *out = sum.or(dead.then_some(0)).map(|sum| output(node, weighted, o, sum, to));
                }
            }
            Op::Depthwise(weighted) => {
                let free = unpadded(weighted, from, to);
                let outputs = to.shape[2];
                let depth = outputs / from.shape[2];
                for (o, out) in out.iter_mut().enumerate() {
                    let taps = weighted.weights.iter().skip(o).step_by(outputs);
                    let total: i64 = taps.clone().map(|weight| i64::from(*weight)).sum();
                    let sum = match values[o / depth] {
                        _ if taps.clone().all(|weight| *weight == 0) => Some(0),
                        Some(value) if free || value == from.zero => {
                            Some(total * (i64::from(value) - i64::from(from.zero)))
                        }
                        _ => None,
                    };
                    let dead = crate::fixed::multiplier(weighted.scales[o]).0 == 0;
                    *out = sum.or(dead.then_some(0)).map(|sum| output(node, weighted, o, sum, to));
                }
            }
            Op::Pool { .. } => out = values.iter().map(|value| value.map(|value| value.clamp(low, high))).collect(),
            Op::Table(table) => {
                out = values.iter().map(|value| value.map(|value| table[usize::from(value.cast_unsigned())])).collect();
            }
            Op::Add { constant: None, .. } if second.as_ref().is_some_and(|second| second.len() == values.len()) => {
                let line = |values: &[Option<i8>]| values.iter().map(|value| value.unwrap_or(0)).collect::<Vec<i8>>();
                let second = second.unwrap_or_default();
                let one = |tensor: &Tensor| Tensor { shape: [1, 1, tensor.shape[2]], ..tensor.clone() };
                let sums =
                    crate::reference::layer(node, &one(from), &one(to), &line(&values), Some(&line(&second)), &[]);
                for (k, out) in out.iter_mut().enumerate() {
                    *out = values[k].and(second[k]).map(|_| sums[k].clamp(low, high));
                }
            }
            _ => {}
        }
        if let Op::Convolution(weighted) | Op::Depthwise(weighted) = &mut node.op {
            weighted.constant.clone_from(&out);
        }
        known[node.output] = out;
    }
    known
}

/// Which channels of every tensor can go: known, and nobody needs them.
fn removable(graph: &Graph, known: &[Vec<Option<i8>>]) -> Vec<Vec<bool>> {
    let tensors = &graph.tensors;
    let mut gone: Vec<Vec<bool>> =
        known.iter().map(|values| values.iter().map(Option::is_some).collect::<Vec<_>>()).collect();
    for (k, tensor) in tensors.iter().enumerate() {
        let viewed = tensors.iter().enumerate().any(|(other, view)| other != k && view.root == tensor.root);
        if viewed || k == graph.output || k == graph.input {
            gone[k].fill(false);
        }
    }
    loop {
        let before = gone.clone();
        for node in &graph.nodes {
            let (input, out) = (node.inputs[0], node.output);
            match &node.op {
                Op::Convolution(weighted) => {
                    let from = &tensors[input];
                    let free = unpadded(weighted, from, &tensors[out]);
                    let channels = from.shape[2];
                    for (c, gone) in gone[input].iter_mut().enumerate() {
                        let unused = || weighted.weights.iter().skip(c).step_by(channels).all(|weight| *weight == 0);
                        *gone &= free || known[input][c] == Some(from.zero) || unused();
                    }
                }
                Op::Depthwise(_) | Op::Pool { .. } | Op::Table(_) | Op::Add { constant: None, .. } => {
                    let tied = [Some(input), node.inputs.get(1).copied(), Some(out)];
                    let tied: Vec<usize> = tied.into_iter().flatten().collect();
                    let alike = tied.iter().all(|tensor| tensors[*tensor].shape[2] == tensors[out].shape[2]);
                    for c in 0..tensors[out].shape[2] {
                        let all = alike && tied.iter().all(|tensor| gone[*tensor][c]);
                        tied.iter().for_each(|tensor| {
                            if let Some(gone) = gone[*tensor].get_mut(c) {
                                *gone = all;
                            }
                        });
                    }
                    if !alike {
                        tied.iter().for_each(|tensor| gone[*tensor].fill(false));
                    }
                }
                _ => node.inputs.iter().chain([&out]).for_each(|tensor| gone[*tensor].fill(false)),
            }
        }
        if before != gone {
            continue;
        }
        // Whole groups of four: the first of a part stays.
        let ragged = gone.iter_mut().find(|gone| {
            let kept = gone.iter().filter(|gone| !**gone).count();
            kept < gone.len() && (kept % 4 != 0 || kept == 0)
        });
        match ragged {
            Some(gone) => {
                if let Some(first) = gone.iter_mut().find(|gone| **gone) {
                    *first = false;
                }
            }
            None => return gone,
        }
    }
}

/// Takes the removed channels out of a layer's weights.
fn shrink(graph: &mut Graph, k: usize, known: &[Vec<Option<i8>>], removed: &[Vec<bool>]) {
    let Graph { tensors, nodes, .. } = graph;
    let node = &mut nodes[k];
    let (input, out) = (node.inputs[0], node.output);
    let zero = i64::from(tensors[input].zero);
    match &mut node.op {
        Op::Convolution(weighted) => {
            let taps = weighted.window.size[0] * weighted.window.size[1];
            let channels = removed[input].len();
            let outputs: Vec<usize> = (0..removed[out].len()).filter(|o| !removed[out][*o]).collect();
            let mut new = Weighted {
                weights: Vec::new(),
                bias: Vec::new(),
                scales: Vec::new(),
                constant: Vec::new(),
                ..weighted.clone()
            };
            for o in outputs {
                let row = &weighted.weights[o * taps * channels..(o + 1) * taps * channels];
                let constant = weighted.constant[o];
                let mut bias = weighted.bias[o];
                for (k, weight) in row.iter().enumerate() {
                    let c = k % channels;
                    match known[input][c] {
                        Some(value) if removed[input][c] => bias += i64::from(*weight) * (i64::from(value) - zero),
                        _ => new.weights.push(if constant.is_some() { 0 } else { *weight }),
                    }
                }
                new.bias.push(bias);
                new.scales.push(weighted.scales[o]);
                new.constant.push(constant);
            }
            *weighted = new;
        }
        Op::Depthwise(weighted) => {
            let count = removed[out].len();
            let keep = |o: &usize| !removed[out][*o % count];
            weighted.weights = (0..weighted.weights.len()).filter(keep).map(|k| weighted.weights[k]).collect();
            let outputs: Vec<usize> = (0..count).filter(keep).collect();
            weighted.bias = outputs.iter().map(|o| weighted.bias[*o]).collect();
            weighted.scales = outputs.iter().map(|o| weighted.scales[*o]).collect();
            weighted.constant = outputs.iter().map(|o| weighted.constant[*o]).collect();
        }
        _ => {}
    }
}
