//! Where every tensor lies: lifetimes, what can share its place, and the largest first.

use crate::graph::{Graph, Op};

/// Places of tensors.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Offset of every tensor.
    pub offsets: Vec<usize>,
    /// Bytes of all.
    pub activations: usize,
}

/// A piece of memory that one or more tensors use one after the other.
#[derive(Clone, Copy)]
struct Piece {
    size: usize,
    first: usize,
    last: usize,
}

/// Plans the arena.
#[must_use]
pub fn plan(graph: &Graph) -> Plan {
    let root = |tensor: usize| graph.tensors[tensor].root;
    let count = graph.tensors.len();
    // Layer k works at time k + 1; the input is there at time 0, the output at the end.
    let mut pieces: Vec<Option<Piece>> = vec![None; count];
    let mut touch = |tensor: usize, time: usize| {
        let size = graph.tensors[tensor].len();
        let piece = pieces[root(tensor)].get_or_insert(Piece { size, first: time, last: time });
        piece.size = piece.size.max(size);
        piece.last = piece.last.max(time);
    };
    touch(graph.input, 0);
    for (k, node) in graph.nodes.iter().enumerate() {
        node.inputs.iter().for_each(|input| touch(*input, k + 1));
        touch(node.output, k + 1);
    }
    touch(graph.output, graph.nodes.len() + 1);
    let mut owner: Vec<usize> = (0..count).map(root).collect();
    for (k, node) in graph.nodes.iter().enumerate() {
        let out = root(node.output);
        let [from, to] = [node.inputs[0], node.output].map(|tensor| graph.tensors[tensor].shape);
        let in_place: Vec<usize> = match &node.op {
            Op::Depthwise(weighted) if weighted.window.stride == [1, 1] && from == to => vec![node.inputs[0]],
            Op::Table(_) | Op::Softmax { .. } => vec![node.inputs[0]],
            Op::Add { .. } | Op::Multiply { .. } => node.inputs.clone(),
            _ => vec![],
        };
        let last = |tensor: usize| pieces[owner[root(tensor)]].map_or(0, |piece| piece.last);
        let found = in_place.into_iter().find(|input| {
            let size = graph.tensors[*input].len();
            last(*input) == k + 1 && owner[root(*input)] != out && size == graph.tensors[node.output].len()
        });
        if let Some(input) = found {
            let from = owner[root(input)];
            if let (Some(a), Some(b)) = (pieces[from], pieces[out]) {
                pieces[from] = Some(Piece { size: a.size.max(b.size), first: a.first, last: b.last });
                pieces[out] = None;
                owner[out] = from;
            }
        }
    }
    let mut order: Vec<usize> = (0..count).filter(|k| pieces[*k].is_some()).collect();
    order.sort_by_key(|k| core::cmp::Reverse(pieces[*k].map_or(0, |piece| piece.size)));
    let mut placed: Vec<(usize, usize, Piece)> = Vec::new();
    for k in order {
        let Some(piece) = pieces[k] else { continue };
        let mut taken: Vec<(usize, usize)> = placed
            .iter()
            .filter(|(_, _, other)| other.first <= piece.last && piece.first <= other.last)
            .map(|(_, offset, other)| (*offset, offset + other.size))
            .collect();
        taken.sort_unstable();
        let mut offset = 0_usize;
        for (start, end) in taken {
            if offset + piece.size > start {
                offset = offset.max(end.next_multiple_of(16));
            }
        }
        placed.push((k, offset, piece));
    }
    let mut at = vec![0; count];
    placed.iter().for_each(|(k, offset, _)| at[*k] = *offset);
    let find = |mut k: usize| {
        while owner[k] != k {
            k = owner[k];
        }
        k
    };
    let offsets = (0..count).map(|tensor| at[find(root(tensor))]).collect();
    let end = placed.iter().map(|(_, offset, piece)| offset + piece.size).max().unwrap_or(0);
    Plan { offsets, activations: end.next_multiple_of(16) }
}
