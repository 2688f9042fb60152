//! Operators that only move bytes.

use anyhow::{Context, Result, ensure};

use super::{INT8, Operator};
use crate::graph::Op;

impl Operator<'_, '_, '_> {
    pub(super) fn concatenation(&mut self) -> Result<()> {
        let output = self.reader.tensor(self.output)?;
        ensure!(self.option_byte(1) == 0, "a fused activation is not supported");
        let rank = self.reader.stored[self.output].shape.len();
        let axis = self.option(0, 0);
        let axis = usize::try_from(if axis < 0 { axis + rank as i32 } else { axis })?;
        ensure!(axis < rank, "axis {axis}");
        let inner: usize = self.reader.stored[self.output].shape[axis..].iter().map(|side| *side as usize).product();
        let whole = self.reader.graph.tensors[output].len();
        ensure!(inner > 0 && inner <= 65_535, "an axis of {inner} bytes");
        let to = self.reader.view(output, [1, whole / inner, inner])?;
        let mut channel = 0;
        for position in 0..self.inputs.len() {
            let input = self.input(position)?;
            let tensors = &self.reader.graph.tensors;
            ensure!(
                tensors[input].scale == tensors[output].scale && tensors[input].zero == tensors[output].zero,
                "input {position} has another scale than the output"
            );
            let rows = whole / inner;
            let len = tensors[input].len() / rows.max(1);
            ensure!(len * rows == tensors[input].len() && channel + len <= inner, "input {position} does not fit");
            let from = self.reader.view(input, [1, rows, len])?;
            self.push(Op::Copy { channel }, vec![from], to, [i8::MIN, i8::MAX]);
            channel += len;
        }
        ensure!(channel == inner, "the inputs fill {channel} of {inner} bytes");
        Ok(())
    }

    pub(super) fn reshape(&mut self) -> Result<()> {
        let number = self.number(0).context("the input is absent")?;
        ensure!(self.reader.stored[number].kind == INT8, "only tensors of 8 bits are reshaped");
        let input = self.input(0)?;
        let stored = &self.reader.stored[self.output];
        ensure!(stored.kind == INT8, "the output is not of 8 bits");
        let view = self.reader.view(input, stored.dimensions()?)?;
        self.reader.known[self.output] = Some(view);
        Ok(())
    }

    pub(super) fn pad(&mut self) -> Result<()> {
        let (input, output) = (self.input(0)?, self.reader.tensor(self.output)?);
        let number = self.number(1).context("the paddings are absent")?;
        let pads = self.reader.stored[number].ints().context("the paddings are no constant")?;
        let tensors = &self.reader.graph.tensors;
        let value = match self.number(2) {
            Some(number) => *self.reader.stored[number]
                .i8s()
                .and_then(|values| values.first().copied())
                .as_ref()
                .context("the value is no constant")?,
            None => tensors[output].zero,
        };
        let (pairs, _) = pads.as_chunks::<2>();
        let rank = self.reader.stored[self.number(0).context("the input is absent")?].shape.len();
        ensure!(pairs.len() == rank && rank <= 4, "{} pairs of paddings for {rank} sides", pairs.len());
        let mut before = [0; 3];
        for (k, [first, last]) in pairs.iter().enumerate() {
            // Of four sides the first counts samples.
            let Some(side) = (k + 3).checked_sub(rank) else {
                ensure!(*first == 0 && *last == 0, "samples cannot be padded");
                continue;
            };
            before[side] = usize::try_from(*first)?;
            ensure!(before[side] <= 255, "a padding of {first}");
            let after = usize::try_from(*last)?;
            ensure!(
                tensors[input].shape[side] + before[side] + after == tensors[output].shape[side],
                "shapes do not fit"
            );
        }
        self.push(Op::Pad { before, value }, vec![input], output, [i8::MIN, i8::MAX]);
        Ok(())
    }
}
