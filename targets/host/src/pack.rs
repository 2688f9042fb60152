//! From a graph with places to the bytes of a container.

mod weights;

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use tinysolve::container::{Kind, SectionSpec, Writer, container_len};
use tinysolve::net::{Layer, LayerKind, MODEL_VERSION, Rounding, Row, Shape, Tag};

use crate::fixed;
use crate::graph::{Graph, Node, Op, Window};
use crate::plan::Plan;

/// The constants of all layers.
#[derive(Default)]
struct Sections {
    layers: Vec<Layer>,
    rows: Vec<i32>,
    weights: Vec<i8>,
    words: Vec<i32>,
    counts: Vec<u16>,
    skips: Vec<u8>,
    tables: HashMap<Vec<i32>, usize>,
}

/// Packs.
///
/// # Errors
/// What is too large for the format.
pub fn pack(graph: &Graph, plan: &Plan, dense: bool) -> Result<Vec<u8>> {
    let mut sections = Sections::default();
    for node in &graph.nodes {
        sections.node(graph, plan, node, dense).with_context(|| format!("operator {} ({})", node.index, node.name))?;
    }
    let (input, output) = (&graph.tensors[graph.input], &graph.tensors[graph.output]);
    let shape = Shape {
        activations: u32::try_from(plan.activations)?,
        scratch: u32::try_from(sections.layers.iter().map(Layer::scratch_len).max().unwrap_or(0))?,
        input: u32::try_from(plan.offsets[graph.input])?,
        input_len: u32::try_from(input.len())?,
        output: u32::try_from(plan.offsets[graph.output])?,
        output_len: u32::try_from(output.len())?,
        input_scale: input.scale,
        input_zero: input.zero,
        output_scale: output.scale,
        output_zero: output.zero,
    };
    sections.write(&shape)
}

impl Sections {
    fn write(self, shape: &Shape) -> Result<Vec<u8>> {
        let layers: Vec<u32> = self.layers.iter().flat_map(Layer::words).collect();
        let shape = shape.words();
        let specs = [
            SectionSpec::of::<u32>(Tag::Shape as u32, shape.len()),
            SectionSpec::of::<u32>(Tag::Layers as u32, layers.len()),
            SectionSpec::of::<i32>(Tag::Requantise as u32, self.rows.len()),
            SectionSpec::of::<i8>(Tag::Weights as u32, self.weights.len()),
            SectionSpec::of::<i32>(Tag::Words as u32, self.words.len()),
            SectionSpec::of::<u16>(Tag::Counts as u32, self.counts.len()),
            SectionSpec::of::<u8>(Tag::Skips as u32, self.skips.len()),
        ];
        let mut bytes = vec![0; container_len(&specs.map(SectionSpec::bytes))];
        let fail = |error| anyhow::anyhow!("the container cannot be written: {error:?}");
        let mut writer = Writer::new(&mut bytes, Kind::NetworkModel, MODEL_VERSION, &specs).map_err(fail)?;
        writer.put(shape).map_err(fail)?;
        writer.put(layers).map_err(fail)?;
        writer.put(self.rows).map_err(fail)?;
        writer.put(self.weights).map_err(fail)?;
        writer.put(self.words).map_err(fail)?;
        writer.put(self.counts).map_err(fail)?;
        writer.put(self.skips).map_err(fail)?;
        writer.finish().map_err(fail)?;
        Ok(bytes)
    }

    fn node(&mut self, graph: &Graph, plan: &Plan, node: &Node, dense: bool) -> Result<()> {
        let (from, to) = (&graph.tensors[node.inputs[0]], &graph.tensors[node.output]);
        let side = |value: usize| u16::try_from(value).context("a side of more than 65535");
        let sides = |[a, b, c]: [usize; 3]| Ok::<_, anyhow::Error>([side(a)?, side(b)?, side(c)?]);
        let mut layer = Layer::empty(LayerKind::Convolution);
        layer.input = u32::try_from(plan.offsets[node.inputs[0]])?;
        layer.output = u32::try_from(plan.offsets[node.output])?;
        layer.shape = sides(from.shape)?;
        layer.out_shape = sides(to.shape)?;
        layer.zero = [from.zero, to.zero, 0];
        if node.clamp != [i8::MIN, i8::MAX] {
            layer.clamp = node.clamp;
            layer.flags |= Layer::CLAMPED;
        }
        if node.single {
            layer.flags |= Layer::SINGLE;
        }
        let second = node.inputs.get(1).map(|tensor| (plan.offsets[*tensor], graph.tensors[*tensor].len()));
        match &node.op {
            Op::Convolution(weighted) => self.convolution(&mut layer, node, weighted, from, to, dense)?,
            Op::Depthwise(weighted) => self.depthwise(&mut layer, node, weighted, from, to)?,
            Op::Pool { window, maximum } => {
                layer.kind = if *maximum { LayerKind::MaxPool } else { LayerKind::AveragePool };
                place(&mut layer, window)?;
            }
            Op::Add { constant, second: (scale, zero) } => {
                layer.kind = LayerKind::Add;
                let twice = 2.0 * f64::from(from.scale).max(f64::from(*scale));
                let first = fixed::add_table(from.scale, from.zero, twice, node.single);
                let other = fixed::add_table(*scale, *zero, twice, node.single);
                layer.weights = self.table(&first)?;
                layer.counts = self.table(&other)?;
                self.operand(&mut layer, constant.as_deref(), second)?;
                // A term is less than 2^28.
                let real = twice / (f64::from(1 << 20) * f64::from(to.scale));
                self.row(&mut layer, node, 0, real, to.zero, 1 << 29)?;
            }
            Op::Multiply { constant, second: (scale, zero) } => {
                layer.kind = LayerKind::Multiply;
                layer.zero[2] = *zero;
                self.operand(&mut layer, constant.as_deref(), second)?;
                let real = f64::from(from.scale) * f64::from(*scale) / f64::from(to.scale);
                self.row(&mut layer, node, 0, real, to.zero, 1 << 16)?;
            }
            Op::Table(table) => {
                layer.kind = LayerKind::Table;
                layer.weights = u32::try_from(self.weights.len())?;
                self.weights.extend(table.iter());
            }
            Op::Softmax { beta } => {
                layer.kind = LayerKind::Softmax;
                layer.weights = self.table(&fixed::softmax_table(from.scale, *beta))?;
            }
            Op::Copy { channel } => {
                layer.kind = LayerKind::Copy;
                layer.second = u32::try_from(*channel)?;
            }
            Op::Pad { before: [top, left, channel], value } => {
                layer.kind = LayerKind::Pad;
                layer.before = [u8::try_from(*top)?, u8::try_from(*left)?];
                layer.second = u32::try_from(*channel)?;
                layer.zero[1] = *value;
            }
            Op::Mean => {
                layer.kind = LayerKind::Mean;
                let count = from.shape[0] * from.shape[1];
                let (q, e) = fixed::mean_multiplier(from.scale, to.scale, count);
                let bias = -(i32::from(from.zero) * i32::try_from(count)?);
                layer.requantise = u32::try_from(self.rows.len() / 4)?;
                self.rows.extend([bias, q, i32::from(to.zero), e]);
            }
        }
        while !self.weights.len().is_multiple_of(16) {
            self.weights.push(0);
        }
        self.layers.push(layer);
        Ok(())
    }

    /// A table of words, once.
    fn table(&mut self, table: &[i32; 256]) -> Result<u32> {
        let at = *self.tables.entry(table.to_vec()).or_insert_with(|| {
            self.words.extend(table);
            self.words.len() - table.len()
        });
        Ok(u32::try_from(at)?)
    }

    fn operand(&mut self, layer: &mut Layer, constant: Option<&[i8]>, tensor: Option<(usize, usize)>) -> Result<()> {
        if let Some(constant) = constant {
            layer.flags |= Layer::CONSTANT;
            layer.second = u32::try_from(self.weights.len())?;
            layer.columns = u32::try_from(constant.len())?;
            self.weights.extend(constant);
        } else if let Some((offset, len)) = tensor {
            layer.second = u32::try_from(offset)?;
            layer.columns = u32::try_from(len)?;
        }
        Ok(())
    }

    /// One row of requantisation for a whole layer, fast if |sum| stays below `bound`.
    fn row(&mut self, layer: &mut Layer, node: &Node, bias: i32, real: f64, zero: i8, bound: i64) -> Result<()> {
        let (q, e) = fixed::multiplier(real);
        let fast = Row::new(bias, q, e, zero, Rounding::of(node.single, false)).filter(|_| bound < 1 << 30 && q != 0);
        let safe = || Row::new(bias, q, e, zero, Rounding::of(node.single, true));
        if fast.is_none() {
            layer.flags |= Layer::SAFE;
        }
        layer.requantise = u32::try_from(self.rows.len() / 4)?;
        let row = fast.or_else(safe).context("requantisation")?;
        ensure!(row.fits(Rounding::of(node.single, fast.is_none())), "a scale of {real:e}");
        self.rows.extend(row.words());
        Ok(())
    }
}

fn place(layer: &mut Layer, window: &Window) -> Result<()> {
    let bytes = |pair: [usize; 2]| Ok::<_, anyhow::Error>([u8::try_from(pair[0])?, u8::try_from(pair[1])?]);
    layer.window = bytes(window.size).context("a window of more than 255")?;
    layer.stride = bytes(window.stride).context("a stride of more than 255")?;
    layer.before = bytes(window.before).context("padding of more than 255")?;
    Ok(())
}
