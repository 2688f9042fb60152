//! Operators of the schema as layers of the graph.

mod movement;
mod weighted;

use anyhow::{Context, Result, bail, ensure};

use super::schema::Options;
use super::{FLOAT32, INT8, Reader};
use crate::fixed;
use crate::graph::{Node, Op, Window};

/// Names of the operators known here, by their number in the schema.
const NAMES: &[(i32, &str)] = &[
    (0, "ADD"),
    (1, "AVERAGE_POOL_2D"),
    (2, "CONCATENATION"),
    (3, "CONV_2D"),
    (4, "DEPTHWISE_CONV_2D"),
    (6, "DEQUANTIZE"),
    (9, "FULLY_CONNECTED"),
    (14, "LOGISTIC"),
    (17, "MAX_POOL_2D"),
    (18, "MUL"),
    (19, "RELU"),
    (20, "RELU_N1_TO_1"),
    (21, "RELU6"),
    (22, "RESHAPE"),
    (25, "SOFTMAX"),
    (34, "PAD"),
    (40, "MEAN"),
    (43, "SQUEEZE"),
    (60, "PADV2"),
    (70, "EXPAND_DIMS"),
    (114, "QUANTIZE"),
];

/// The schema's name of an operator, or its number.
pub(super) fn name(number: i32) -> String {
    NAMES
        .iter()
        .find(|(known, _)| *known == number)
        .map_or_else(|| format!("operator code {number}"), |(_, name)| (*name).into())
}

/// An operator while it is read.
struct Operator<'r, 'a, 'o> {
    reader: &'r mut Reader<'a>,
    index: usize,
    name: &'static str,
    inputs: &'o [i32],
    output: usize,
    options: Option<Options<'a>>,
}

pub(super) fn read<'a>(
    reader: &mut Reader<'a>,
    index: usize,
    number: i32,
    inputs: &[i32],
    outputs: &[i32],
    options: Option<Options<'a>>,
    [model_input, model_output]: [usize; 2],
) -> Result<()> {
    let Some((_, name)) = NAMES.iter().find(|(known, _)| *known == number) else { bail!("is not supported") };
    let [output] = *outputs else { bail!("has {} outputs", outputs.len()) };
    let output = usize::try_from(output).context("the output is absent")?;
    ensure!(output < reader.stored.len(), "there is no tensor {output}");
    let mut operator = Operator { reader, index, name, inputs, output, options };
    match *name {
        "CONV_2D" => operator.convolution(),
        "DEPTHWISE_CONV_2D" => operator.depthwise(),
        "FULLY_CONNECTED" => operator.fully_connected(),
        "AVERAGE_POOL_2D" => operator.pool(false),
        "MAX_POOL_2D" => operator.pool(true),
        "ADD" | "MUL" => operator.pair(*name == "ADD"),
        "CONCATENATION" => operator.concatenation(),
        "SOFTMAX" => operator.softmax(),
        "LOGISTIC" => operator.logistic(),
        "RELU" => operator.rectifier(1),
        "RELU_N1_TO_1" => operator.rectifier(2),
        "RELU6" => operator.rectifier(3),
        "RESHAPE" | "SQUEEZE" | "EXPAND_DIMS" => operator.reshape(),
        "PAD" | "PADV2" => operator.pad(),
        "MEAN" => operator.mean(),
        "QUANTIZE" => operator.quantise(model_input),
        "DEQUANTIZE" => operator.dequantise(model_output),
        _ => bail!("is not supported"),
    }
}

/// Output sides and rows before, as the schema's two ways of padding have it.
fn window_of(size: [usize; 2], stride: [usize; 2], valid: bool, shape: [usize; 3], out: [usize; 3]) -> Result<Window> {
    let mut before = [0; 2];
    for side in 0..2 {
        let (window, stride, len) = (size[side], stride[side], shape[side]);
        ensure!((1..=255).contains(&window) && (1..=255).contains(&stride), "window {size:?}, stride {stride}");
        let expected = if valid { (len + stride).saturating_sub(window) / stride } else { len.div_ceil(stride) };
        ensure!(
            expected == out[side] && expected > 0,
            "the output has {} rows or columns, {expected} are expected",
            out[side]
        );
        if !valid {
            before[side] = ((expected - 1) * stride + window).saturating_sub(len) / 2;
        }
    }
    Ok(Window { size, stride, before })
}

impl Operator<'_, '_, '_> {
    fn number(&self, position: usize) -> Option<usize> {
        let number = usize::try_from(*self.inputs.get(position)?).ok()?;
        (number < self.reader.stored.len()).then_some(number)
    }

    fn input(&mut self, position: usize) -> Result<usize> {
        let number = self.number(position).with_context(|| format!("input {position} is absent"))?;
        ensure!(!self.reader.stored[number].is_constant(), "input {position} is a constant");
        self.reader.tensor(number)
    }

    fn option(&self, field: u16, default: i32) -> i32 {
        self.options.and_then(|options| options.int(field)).unwrap_or(default)
    }

    fn side(&self, field: u16) -> usize {
        usize::try_from(self.option(field, 0)).unwrap_or(0)
    }

    fn option_byte(&self, field: u16) -> u8 {
        self.options.and_then(|options| options.byte(field)).unwrap_or(0)
    }

    fn push(&mut self, op: Op, inputs: Vec<usize>, output: usize, clamp: [i8; 2]) {
        let (index, name) = (self.index, self.name);
        self.reader.graph.nodes.push(Node { op, inputs, output, clamp, single: false, index, name });
    }

    fn clamp(&self, field: u16, output: usize) -> Result<[i8; 2]> {
        let tensor = &self.reader.graph.tensors[output];
        let number = self.option_byte(field);
        fixed::activation(number, tensor.scale, tensor.zero)
            .with_context(|| format!("fused activation {number} is not supported"))
    }

    fn pool(&mut self, maximum: bool) -> Result<()> {
        let (input, output) = (self.input(0)?, self.reader.tensor(self.output)?);
        let tensors = &self.reader.graph.tensors;
        let (from, to) = (&tensors[input], &tensors[output]);
        ensure!(from.shape[2] == to.shape[2], "channels differ");
        ensure!(from.scale == to.scale && from.zero == to.zero, "scales of input and output differ");
        let (size, stride) = ([self.side(4), self.side(3)], [self.side(2), self.side(1)]);
        let window = window_of(size, stride, self.option_byte(0) == 1, from.shape, to.shape)?;
        let clamp = self.clamp(5, output)?;
        self.push(Op::Pool { window, maximum }, vec![input], output, clamp);
        Ok(())
    }

    fn pair(&mut self, sum: bool) -> Result<()> {
        let output = self.reader.tensor(self.output)?;
        let is_constant = |operator: &Self, position| {
            operator.number(position).is_some_and(|number| operator.reader.stored[number].is_constant())
        };
        // The longer operand first; a constant last.
        let longer = |operator: &Self| {
            let len = |position| {
                operator.number(position).map_or(0, |number| {
                    operator.reader.stored[number].shape.iter().map(|side| i64::from(*side)).product()
                })
            };
            let (first, second): (i64, i64) = (len(0), len(1));
            second > first
        };
        let order = if is_constant(self, 0) || !is_constant(self, 1) && longer(self) { [1, 0] } else { [0, 1] };
        let input = self.input(order[0])?;
        let number = self.number(order[1]).context("the second input is absent")?;
        let stored = &self.reader.stored[number];
        let second = (stored.scale()?, stored.zero()?);
        let shape = stored.dimensions()?;
        let mut inputs = vec![input];
        let constant = if stored.is_constant() {
            Some(stored.i8s().context("a constant that is not of 8 bits")?)
        } else {
            inputs.push(self.reader.tensor(number)?);
            None
        };
        let tensors = &self.reader.graph.tensors;
        let (from, to) = (tensors[input].shape, tensors[output].shape);
        ensure!(from == to, "the output has another shape than the larger input");
        // What is repeated must be repeated along leading sides only.
        let trailing = (0..3).all(|side| shape[side] == from[side] || shape[..=side].iter().all(|len| *len == 1));
        ensure!(trailing, "broadcasting of {shape:?} to {from:?} is not supported");
        let clamp = self.clamp(0, output)?;
        self.push(
            if sum { Op::Add { constant, second } } else { Op::Multiply { constant, second } },
            inputs,
            output,
            clamp,
        );
        Ok(())
    }

    fn softmax(&mut self) -> Result<()> {
        let (input, output) = (self.input(0)?, self.reader.tensor(self.output)?);
        let beta = self.options.and_then(|options| options.float(0)).unwrap_or(0.0);
        ensure!(beta.is_finite() && beta > 0.0, "beta {beta}");
        let to = &self.reader.graph.tensors[output];
        ensure!(to.zero == -128 && to.scale == 1.0 / 256.0, "the output must have scale 1/256 and zero point -128");
        ensure!(self.reader.graph.tensors[input].shape[2] <= 256, "more than 256 channels are not supported");
        self.push(Op::Softmax { beta }, vec![input], output, [i8::MIN, i8::MAX]);
        Ok(())
    }

    fn table(&mut self, table: [i8; 256], input: usize, output: usize) -> Result<()> {
        let tensors = &self.reader.graph.tensors;
        ensure!(tensors[input].len() == tensors[output].len(), "shapes differ");
        let output = self.reader.view(output, tensors[input].shape)?;
        self.push(Op::Table(Box::new(table)), vec![input], output, [i8::MIN, i8::MAX]);
        Ok(())
    }

    fn logistic(&mut self) -> Result<()> {
        let (input, output) = (self.input(0)?, self.reader.tensor(self.output)?);
        let to = &self.reader.graph.tensors[output];
        ensure!(to.zero == -128 && to.scale == 1.0 / 256.0, "the output must have scale 1/256 and zero point -128");
        let from = &self.reader.graph.tensors[input];
        self.table(fixed::logistic_table(from.scale, from.zero), input, output)
    }

    fn rectifier(&mut self, activation: u8) -> Result<()> {
        let (input, output) = (self.input(0)?, self.reader.tensor(self.output)?);
        let tensors = &self.reader.graph.tensors;
        let (from, to) = (&tensors[input], &tensors[output]);
        let clamp = fixed::activation(activation, to.scale, to.zero).context("activation")?;
        let real = f64::from(from.scale / to.scale);
        self.table(fixed::rescale_table(from.zero, to.zero, clamp, real, false), input, output)
    }

    fn mean(&mut self) -> Result<()> {
        let (input, output) = (self.input(0)?, self.reader.tensor(self.output)?);
        let number = self.number(1).context("the axes are absent")?;
        let rank = self.reader.stored[self.number(0).context("the input is absent")?].shape.len();
        let mut axes: Vec<i64> = self.reader.stored[number].ints().context("the axes are no constant")?;
        axes.iter_mut().filter(|axis| **axis < 0).for_each(|axis| *axis += rank as i64);
        axes.sort_unstable();
        ensure!(
            rank == 4 && axes == [1, 2],
            "only means over height and width of four sides are supported, not {axes:?}"
        );
        let channels = self.reader.graph.tensors[input].shape[2];
        let output = self.reader.view(output, [1, 1, channels])?;
        self.push(Op::Mean, vec![input], output, [i8::MIN, i8::MAX]);
        Ok(())
    }

    /// From another scale; from single precision only at the very start, where the caller does it.
    fn quantise(&mut self, model_input: usize) -> Result<()> {
        let number = self.number(0).context("the input is absent")?;
        let output = self.reader.tensor(self.output)?;
        if self.reader.stored[number].kind == FLOAT32 {
            ensure!(number == model_input, "only the input of a model may be float32");
            self.reader.known[number] = Some(output);
            return Ok(());
        }
        let input = self.input(0)?;
        let tensors = &self.reader.graph.tensors;
        let (from, to) = (&tensors[input], &tensors[output]);
        let real = f64::from(from.scale) / f64::from(to.scale);
        let all = [i8::MIN, i8::MAX];
        self.table(fixed::rescale_table(from.zero, to.zero, all, real, false), input, output)
    }

    /// To single precision: only at the very end, where the caller does it.
    fn dequantise(&mut self, model_output: usize) -> Result<()> {
        ensure!(self.output == model_output, "only the output of a model may be float32");
        let input = self.input(0)?;
        self.reader.known[self.output] = Some(input);
        Ok(())
    }
}
