//! Reading a `.tflite` file: one subgraph of 8-bit layers, refused by operator and tensor where it is anything else.

mod operators;
mod schema;

use anyhow::{Context, Result, bail, ensure};
use flatbuffers::Vector;

use crate::graph::{Graph, Tensor};

/// Element types of the schema.
const FLOAT32: u8 = 0;
const INT32: u8 = 2;
const INT64: u8 = 4;
const INT8: u8 = 9;

/// A tensor as the file has it.
struct Stored<'a> {
    name: String,
    shape: Vec<i32>,
    kind: u8,
    scales: Vec<f32>,
    zeros: Vec<i64>,
    data: Option<&'a [u8]>,
}

impl Stored<'_> {
    fn is_constant(&self) -> bool {
        self.data.is_some()
    }

    fn i8s(&self) -> Option<Vec<i8>> {
        (self.kind == INT8).then(|| self.data.map(|data| data.iter().map(|byte| byte.cast_signed()).collect()))?
    }

    fn ints(&self) -> Option<Vec<i64>> {
        let data = self.data?;
        match self.kind {
            INT32 => Some(data.as_chunks::<4>().0.iter().map(|word| i64::from(i32::from_le_bytes(*word))).collect()),
            INT64 => Some(data.as_chunks::<8>().0.iter().map(|word| i64::from_le_bytes(*word)).collect()),
            _ => None,
        }
    }

    fn zero(&self) -> Result<i8> {
        let zero = self.zeros.first().copied().unwrap_or(0);
        i8::try_from(zero).with_context(|| format!("tensor `{}`: zero point {zero}", self.name))
    }

    fn scale(&self) -> Result<f32> {
        let scale = self.scales.first().copied().with_context(|| format!("tensor `{}` has no scale", self.name))?;
        ensure!(scale.is_finite() && scale > 0.0, "tensor `{}`: scale {scale}", self.name);
        Ok(scale)
    }

    /// Height, width and channels of one sample.
    fn dimensions(&self) -> Result<[usize; 3]> {
        let sides: Vec<usize> = self.shape.iter().map(|side| usize::try_from(*side).unwrap_or(0)).collect();
        ensure!(sides.iter().all(|side| (1..=65_535).contains(side)), "tensor `{}`: shape {:?}", self.name, self.shape);
        let shape = match *sides.as_slice() {
            [] => [1, 1, 1],
            [channels] => [1, 1, channels],
            [rows, channels] => [1, rows, channels],
            [1, width, channels] => [1, width, channels],
            [height, width, channels] => [height, width, channels],
            [1, height, width, channels] => [height, width, channels],
            _ => bail!("tensor `{}`: shape {:?}; only one sample at a time", self.name, self.shape),
        };
        ensure!(shape.iter().product::<usize>() < 1 << 24, "tensor `{}` is too large", self.name);
        Ok(shape)
    }
}

/// The file while it is being read.
struct Reader<'a> {
    stored: Vec<Stored<'a>>,
    /// Tensors of the graph by number in the file.
    known: Vec<Option<usize>>,
    graph: Graph,
}

impl Reader<'_> {
    /// The graph's tensor for one of the file, which must be 8 bits.
    fn tensor(&mut self, number: usize) -> Result<usize> {
        let stored = self.stored.get(number).with_context(|| format!("there is no tensor {number}"))?;
        if let Some(known) = self.known[number] {
            return Ok(known);
        }
        let name = &stored.name;
        ensure!(
            stored.kind == INT8,
            "tensor {number} `{name}` is {}: only models of 8-bit integers are converted",
            kind_name(stored.kind)
        );
        let root = self.graph.tensors.len();
        let tensor = Tensor {
            name: name.clone(),
            shape: stored.dimensions()?,
            scale: stored.scale()?,
            zero: stored.zero()?,
            root,
            kept: None,
        };
        self.graph.tensors.push(tensor);
        self.known[number] = Some(root);
        Ok(root)
    }

    /// Another look at the memory of a tensor; itself if the shape is the same.
    fn view(&mut self, of: usize, shape: [usize; 3]) -> Result<usize> {
        let tensor = &self.graph.tensors[of];
        if tensor.shape == shape {
            return Ok(of);
        }
        ensure!(
            tensor.len() == shape.iter().product::<usize>(),
            "tensor `{}` cannot be seen as {shape:?}",
            tensor.name
        );
        let view = Tensor { shape, ..tensor.clone() };
        self.graph.tensors.push(view);
        Ok(self.graph.tensors.len() - 1)
    }
}

fn kind_name(kind: u8) -> &'static str {
    match kind {
        FLOAT32 => "float32",
        1 => "float16",
        INT32 => "int32",
        3 => "uint8",
        INT64 => "int64",
        7 => "int16",
        INT8 => "int8",
        _ => "of an unknown type",
    }
}

/// Reads a file.
///
/// # Errors
/// Says which operator or tensor does not fit, by name and number.
pub fn read(bytes: &[u8]) -> Result<Graph> {
    ensure!(bytes.len() < 1 << 31, "the file is too large");
    ensure!(bytes.get(4..8) == Some(b"TFL3"), "not a .tflite file");
    let model = schema::root(bytes).context("the file is damaged")?;
    let subgraphs = model.subgraphs().context("the file has no subgraph")?;
    ensure!(subgraphs.len() == 1, "the file has {} subgraphs; only files of one are converted", subgraphs.len());
    let codes = model.codes().context("the file names no operators")?;
    let buffers = model.buffers().context("the file has no buffers")?;
    let subgraph = subgraphs.get(0);
    let mut stored = Vec::new();
    for tensor in subgraph.tensors().context("the file has no tensors")? {
        let number = tensor.buffer().unwrap_or(0) as usize;
        ensure!(number < buffers.len(), "there is no buffer {number}");
        let buffer = buffers.get(number);
        ensure!(buffer.offset().unwrap_or(0) <= 1, "a buffer lies outside the flatbuffer");
        let quantisation = tensor.quantisation();
        stored.push(Stored {
            name: tensor.name().map_or_else(String::new, |name| String::from_utf8_lossy(name.bytes()).into_owned()),
            shape: tensor.shape().map(|shape| shape.iter().collect()).unwrap_or_default(),
            kind: tensor.kind().unwrap_or(0),
            scales: quantisation.and_then(|table| table.scales()).map(|all| all.iter().collect()).unwrap_or_default(),
            zeros: quantisation.and_then(|table| table.zeros()).map(|all| all.iter().collect()).unwrap_or_default(),
            data: buffer.data().map(|data| data.bytes()).filter(|data| !data.is_empty()),
        });
    }
    for (number, tensor) in stored.iter().enumerate() {
        if let Some(data) = tensor.data {
            let size = match tensor.kind {
                FLOAT32 | INT32 => 4,
                INT64 => 8,
                INT8 => 1,
                _ => continue,
            };
            let len =
                tensor.shape.iter().try_fold(size, |len: usize, side| len.checked_mul(usize::try_from(*side).ok()?));
            ensure!(
                len == Some(data.len()),
                "tensor {number} `{}`: {} bytes for shape {:?}",
                tensor.name,
                data.len(),
                tensor.shape
            );
        }
    }
    let known = vec![None; stored.len()];
    let graph = Graph { tensors: Vec::new(), nodes: Vec::new(), input: 0, output: 0 };
    let mut reader = Reader { stored, known, graph };
    let single = |numbers: &[i32], what| match numbers {
        [one] => usize::try_from(*one).with_context(|| format!("the {what} is absent")),
        _ => bail!("the model has {} {what}s; only models of one are converted", numbers.len()),
    };
    let numbers = |numbers: Option<Vector<i32>>| numbers.map(|all| all.iter().collect::<Vec<_>>()).unwrap_or_default();
    let input = single(&numbers(subgraph.inputs()), "input")?;
    let output = single(&numbers(subgraph.outputs()), "output")?;
    for (index, operator) in subgraph.operators().context("the model has no operators")?.iter().enumerate() {
        let code = operator.code().unwrap_or(0) as usize;
        ensure!(code < codes.len(), "operator {index}: there is no operator code {code}");
        let code = codes.get(code);
        let number = code.number().unwrap_or(0).max(code.old().map_or(0, i32::from));
        let name = operators::name(number);
        let (inputs, outputs) = (numbers(operator.inputs()), numbers(operator.outputs()));
        operators::read(&mut reader, index, number, &inputs, &outputs, operator.options(), [input, output])
            .with_context(|| format!("operator {index} ({name})"))?;
    }
    ensure!(!reader.graph.nodes.is_empty(), "the model computes nothing");
    reader.graph.input = reader.tensor(input)?;
    reader.graph.output = reader.tensor(output)?;
    let written: Vec<usize> = reader.graph.nodes.iter().map(|node| reader.graph.tensors[node.output].root).collect();
    let mut ready = vec![reader.graph.tensors[reader.graph.input].root];
    for (node, root) in reader.graph.nodes.iter().zip(&written) {
        for input in &node.inputs {
            let input = &reader.graph.tensors[*input];
            ensure!(
                ready.contains(&input.root),
                "operator {} ({}) reads tensor `{}` before it is written",
                node.index,
                node.name,
                input.name
            );
        }
        ready.push(*root);
    }
    ensure!(written.contains(&reader.graph.tensors[reader.graph.output].root), "the output is not computed");
    Ok(reader.graph)
}
