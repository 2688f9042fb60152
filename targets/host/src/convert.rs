//! The whole way from file to container.

use anyhow::{Context, Result, bail, ensure};
use tinysolve::net::{Inference, Model};

use crate::graph::{Graph, Op};
use crate::{fold, pack, plan, read, reference};

/// What may be asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Leaves every channel where it is.
    pub keep_channels: bool,
    /// Stores all weights dense.
    pub dense: bool,
    /// Operators, by their name in the schema, that round once.
    pub single: Vec<String>,
}

/// A container and where it comes from.
#[derive(Clone, Debug)]
pub struct Converted {
    /// The bytes.
    pub container: Vec<u8>,
    /// The network as the file has it.
    pub original: Graph,
    /// The network as the container has it.
    pub graph: Graph,
    /// Channels left out.
    pub removed: usize,
}

/// Converts the bytes of a `.tflite` file.
///
/// # Errors
/// Says which operator or tensor does not fit.
pub fn convert(bytes: &[u8], options: &Options) -> Result<Converted> {
    let mut original = read::read(bytes)?;
    for name in &options.single {
        let mut found = false;
        for node in original.nodes.iter_mut().filter(|node| node.name.eq_ignore_ascii_case(name)) {
            node.single = true;
            found = true;
        }
        ensure!(found, "no operator is called {name}");
    }
    let mut graph = original.clone();
    let removed = if options.keep_channels { 0 } else { fold::fold(&mut graph) };
    let plan = plan::plan(&graph);
    let container = pack::pack(&graph, &plan, options.dense)?;
    let converted = Converted { container, original, graph, removed };
    // Every container written is one that the library takes.
    Aligned::new(&converted.container).model()?;
    Ok(converted)
}

impl Converted {
    /// Holds the container to the slow interpreter on `samples` random inputs.
    ///
    /// # Errors
    /// Names the first layer whose output differs.
    pub fn self_test(&self, samples: usize) -> Result<()> {
        let aligned = Aligned::new(&self.container);
        let model = aligned.model()?;
        let mut arena = arena(&model);
        let mut random = tinysolve::rng::Xoshiro128::new(1);
        for sample in 0..samples {
            let input: Vec<i8> =
                (0..model.shape().input_len).map(|_| random.word().to_le_bytes()[0].cast_signed()).collect();
            let expected = reference::run(&self.original, &input);
            let mut inference = Inference::new(&model, view(&mut arena)).map_err(say)?;
            inference.input_mut().copy_from_slice(&input);
            for (k, (node, expected)) in self.graph.nodes.iter().zip(&expected).enumerate() {
                let _ = inference.step();
                let tensor = &self.graph.tensors[node.output];
                let channels = self.original.tensors[node.output].shape[2];
                let expected: Vec<i8> = match &tensor.kept {
                    Some(kept) => expected.chunks(channels).flat_map(|pixel| kept.iter().map(|c| pixel[*c])).collect(),
                    None => expected.clone(),
                };
                // A part of a concatenation answers for its own channels: others may not have been written yet.
                let own = match node.op {
                    Op::Copy { channel } => channel..channel + self.graph.tensors[node.inputs[0]].shape[2],
                    _ => 0..tensor.shape[2],
                };
                let rows = |values: &[i8]| -> Vec<i8> {
                    values.chunks(tensor.shape[2]).flat_map(|row| row[own.clone()].to_vec()).collect()
                };
                if rows(inference.layer_output(k)) != rows(&expected) {
                    bail!("self-test: operator {} ({}) differs on random input {sample}", node.index, node.name);
                }
            }
        }
        Ok(())
    }
}

/// Bytes at a multiple of 16.
#[derive(Clone, Debug)]
pub struct Aligned {
    blocks: Vec<[u64; 2]>,
    len: usize,
}

impl Aligned {
    /// Copies.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        let blocks = bytes
            .chunks(16)
            .map(|chunk| {
                let mut block = [0_u8; 16];
                block[..chunk.len()].copy_from_slice(chunk);
                let word = |half: &[u8]| half.try_into().map_or(0, u64::from_le_bytes);
                [word(&block[..8]), word(&block[8..])]
            })
            .collect();
        Self { blocks, len: bytes.len() }
    }

    /// The bytes.
    #[must_use]
    #[allow(unsafe_code, reason = "words as bytes")]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: every byte of a word is a byte, and the length is no more than was copied. Hosts are little-endian here,
        // as the container is.
        unsafe { core::slice::from_raw_parts(self.blocks.as_ptr().cast(), self.len) }
    }

    /// The model in them.
    ///
    /// # Errors
    /// As `Model::new`.
    pub fn model(&self) -> Result<Model<'_>> {
        Model::new(self.bytes()).map_err(say).context("not a model")
    }
}

/// Memory for a model, aligned.
#[must_use]
pub fn arena(model: &Model<'_>) -> Vec<[i8; 16]> {
    vec![[0x55; 16]; model.arena_len().div_ceil(16)]
}

/// The memory as bytes.
#[must_use]
pub fn view(arena: &mut [[i8; 16]]) -> &mut [i8] {
    arena.as_flattened_mut()
}

/// An error of the library as one of this program.
#[must_use]
pub fn say(error: tinysolve::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}
