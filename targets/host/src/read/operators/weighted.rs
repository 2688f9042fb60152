//! Operators with weights.

use anyhow::{Context, Result, bail, ensure};

use super::{Operator, window_of};
use crate::fixed;
use crate::graph::{Op, Weighted, Window};

/// Bits that a sum can be shifted to the left.
const MAX_EXPONENT: i32 = 30;

impl Operator<'_, '_, '_> {
    /// Weights, biases and the real multipliers of `outputs` outputs.
    fn constants(&self, outputs: usize, input: usize, output: usize) -> Result<(Vec<i8>, Vec<i64>, Vec<f64>)> {
        let number = self.number(1).context("the weights are absent")?;
        let stored = &self.reader.stored[number];
        let weights =
            stored.i8s().with_context(|| format!("tensor {number} `{}` is no constant of 8 bits", stored.name))?;
        ensure!(
            stored.zeros.iter().all(|zero| *zero == 0),
            "tensor {number} `{}`: weights with a zero point",
            stored.name
        );
        let bias = match self.number(2) {
            Some(number) => {
                let stored = &self.reader.stored[number];
                let bias = stored
                    .ints()
                    .with_context(|| format!("tensor {number} `{}` is no constant of integers", stored.name))?;
                ensure!(bias.len() == outputs, "{} biases for {outputs} outputs", bias.len());
                ensure!(bias.iter().all(|bias| i32::try_from(*bias).is_ok()), "a bias beyond 32 bits");
                bias
            }
            None => vec![0; outputs],
        };
        let scales = &stored.scales;
        ensure!(
            scales.len() == outputs || scales.len() == 1,
            "tensor {number} `{}`: {} scales for {outputs} outputs",
            stored.name,
            scales.len()
        );
        ensure!(
            scales.iter().all(|scale| scale.is_finite() && *scale >= 0.0),
            "tensor {number} `{}`: scale",
            stored.name
        );
        let tensors = &self.reader.graph.tensors;
        let (from, to) = (tensors[input].scale, tensors[output].scale);
        let whole = self.name == "FULLY_CONNECTED" && scales.len() == 1;
        let scales: Vec<f64> = (0..outputs)
            .map(|k| {
                let scale = scales[k.min(scales.len() - 1)];
                // The reference multiplies in single precision where there is one scale for all.
                if whole {
                    f64::from(from * scale) / f64::from(to)
                } else {
                    f64::from(from) * f64::from(scale) / f64::from(to)
                }
            })
            .collect();
        for (output, real) in scales.iter().enumerate() {
            let (_, exponent) = fixed::multiplier(*real);
            ensure!(exponent <= MAX_EXPONENT, "output {output}: sums are multiplied by {real:e}, which no shift does");
        }
        Ok((weights, bias, scales))
    }

    fn four(&self, position: usize) -> Result<[usize; 4]> {
        let number = self.number(position).context("the weights are absent")?;
        let shape = &self.reader.stored[number].shape;
        let sides: Vec<usize> = shape.iter().map(|side| usize::try_from(*side).unwrap_or(0)).collect();
        <[usize; 4]>::try_from(sides).ok().with_context(|| format!("weights of shape {shape:?}"))
    }

    pub(super) fn convolution(&mut self) -> Result<()> {
        let (input, output) = (self.input(0)?, self.reader.tensor(self.output)?);
        let [outputs, height, width, channels] = self.four(1)?;
        let [shape, out] = [input, output].map(|tensor| self.reader.graph.tensors[tensor].shape);
        ensure!(self.option(4, 1) == 1 && self.option(5, 1) == 1, "dilation is not supported");
        ensure!(channels == shape[2] && outputs == out[2], "weights for {channels} to {outputs} channels");
        let window = window_of([height, width], [self.side(2), self.side(1)], self.option_byte(0) == 1, shape, out)?;
        let clamp = self.clamp(3, output)?;
        let (weights, bias, scales) = self.constants(outputs, input, output)?;
        let constant = vec![None; outputs];
        self.push(Op::Convolution(Weighted { weights, bias, scales, window, constant }), vec![input], output, clamp);
        Ok(())
    }

    pub(super) fn depthwise(&mut self) -> Result<()> {
        let (input, output) = (self.input(0)?, self.reader.tensor(self.output)?);
        let [one, height, width, outputs] = self.four(1)?;
        let [shape, out] = [input, output].map(|tensor| self.reader.graph.tensors[tensor].shape);
        ensure!(self.option(5, 1) == 1 && self.option(6, 1) == 1, "dilation is not supported");
        ensure!(one == 1 && outputs == out[2] && outputs % shape[2] == 0, "{} to {outputs} channels", shape[2]);
        let window = window_of([height, width], [self.side(2), self.side(1)], self.option_byte(0) == 1, shape, out)?;
        let clamp = self.clamp(4, output)?;
        let (weights, bias, scales) = self.constants(outputs, input, output)?;
        let constant = vec![None; outputs];
        let op = if shape[2] == 1 {
            // All channels look at the same one: that is a convolution.
            let taps = height * width;
            let turned = (0..outputs).flat_map(|output| (0..taps).map(move |tap| (output, tap)));
            let weights = turned.map(|(output, tap)| weights[tap * outputs + output]).collect();
            Op::Convolution(Weighted { weights, bias, scales, window, constant })
        } else {
            Op::Depthwise(Weighted { weights, bias, scales, window, constant })
        };
        self.push(op, vec![input], output, clamp);
        Ok(())
    }

    pub(super) fn fully_connected(&mut self) -> Result<()> {
        let (input, output) = (self.input(0)?, self.reader.tensor(self.output)?);
        let number = self.number(1).context("the weights are absent")?;
        let [outputs, inputs] = *self.reader.stored[number].shape.as_slice() else { bail!("weights are no matrix") };
        let (outputs, inputs) = (usize::try_from(outputs)?, usize::try_from(inputs)?);
        ensure!((1..=65_535).contains(&inputs) && outputs > 0, "a matrix of {outputs} x {inputs}");
        ensure!(self.option_byte(1) == 0, "shuffled weights are not supported");
        let tensors = &self.reader.graph.tensors;
        let rows = tensors[input].len() / inputs;
        ensure!(rows * inputs == tensors[input].len() && rows * outputs == tensors[output].len(), "shapes do not fit");
        let from = self.reader.view(input, [1, rows, inputs])?;
        let to = self.reader.view(output, [1, rows, outputs])?;
        let clamp = self.clamp(0, output)?;
        let (weights, bias, scales) = self.constants(outputs, input, output)?;
        let window = Window { size: [1, 1], stride: [1, 1], before: [0, 0] };
        let constant = vec![None; outputs];
        self.push(Op::Convolution(Weighted { weights, bias, scales, window, constant }), vec![from], to, clamp);
        Ok(())
    }
}
