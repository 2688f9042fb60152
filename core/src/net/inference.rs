//! Running a model, layer by layer.

use core::cell::Cell;

use super::elementwise::{self, Combine, Operand};
use super::layer::{Layer, LayerKind};
use super::model::Model;
use super::{convolution, depthwise, movement, pool};
use crate::error::{self, Error, Field};
use crate::solve::Step;

/// What a profile is told: before a layer runs, and after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Event {
    /// Which layer.
    pub layer: usize,
    /// What it computes.
    pub kind: LayerKind,
    /// `false` before, `true` after.
    pub done: bool,
}

/// A network under way: a model, memory of the caller's, and how far it has come.
///
/// Several models may share an arena, one after the other; what they leave in it is not kept.
#[derive(Debug)]
pub struct Inference<'m, 'a> {
    model: Model<'m>,
    arena: &'a mut [i8],
    next: usize,
}

impl<'m, 'a> Inference<'m, 'a> {
    /// Binds a model to memory; nothing is written. The first layer is next: fill [`input_mut`](Self::input_mut).
    ///
    /// # Errors
    /// `Length` of `Field::Arena` if it is shorter than [`Model::arena_len`], longer is fine; `Misaligned` unless it starts
    /// at a multiple of 4.
    pub fn new(model: &Model<'m>, arena: &'a mut [i8]) -> Result<Self, Error> {
        Self::resume(model, arena, 0)
    }

    /// As [`new`](Self::new), going on at layer `next` with what is in the arena.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), and `OutOfRange` of `Field::Layers` if there is no such layer; the number of layers
    /// stands for the end.
    pub fn resume(model: &Model<'m>, arena: &'a mut [i8], next: usize) -> Result<Self, Error> {
        error::at_least(Field::Arena, model.arena_len(), arena.len())?;
        if arena.as_ptr().addr() & 3 != 0 {
            return Err(Error::Misaligned { field: Field::Arena });
        }
        if next > model.layer_count() {
            return Err(Error::OutOfRange { field: Field::Layers, index: next });
        }
        Ok(Self { model: *model, arena, next })
    }

    /// The input, to be filled before the first step; a layer may write over it.
    pub fn input_mut(&mut self) -> &mut [i8] {
        let shape = self.model.shape;
        part_mut(self.arena, shape.input as usize, shape.input_len as usize)
    }

    /// The output, once the last layer has run.
    #[must_use]
    pub fn output(&self) -> &[i8] {
        let shape = &self.model.shape;
        part(self.arena, shape.output as usize, shape.output_len as usize)
    }

    /// The output of a layer, as long as no later one has used its place: right after that layer, for instance.
    #[must_use]
    pub fn layer_output(&self, index: usize) -> &[i8] {
        let Some(layer) = self.model.layer(index) else { return &[] };
        part(self.arena, layer.output as usize, layer.output_len())
    }

    /// The layer that the next step runs; the number of layers once all have run.
    #[must_use]
    pub const fn next_layer(&self) -> usize {
        self.next
    }

    /// Starts again: fill the input first.
    pub const fn restart(&mut self) {
        self.next = 0;
    }

    /// Runs one layer. `Running` until the last one has run, then `Converged`, which is repeated. Cannot fail; its cost is
    /// that of the layer, which `tinysolve inspect` shows.
    pub fn step(&mut self) -> Step {
        if let Some(layer) = self.model.layer(self.next) {
            self.layer(&layer);
            self.next += 1;
        } else {
            // A layer that is none any more, in bytes that have changed: nothing follows it, and nothing hangs.
            self.next = self.model.layer_count();
        }
        if self.next < self.model.layer_count() { Step::Running } else { Step::Converged }
    }

    /// Runs all layers that are left and answers the output.
    pub fn run(&mut self) -> &[i8] {
        while self.step() == Step::Running {}
        self.output()
    }

    /// As [`run`](Self::run), telling `hook` of every layer before and after: it can read a clock, or feed a watchdog.
    pub fn run_profiled(&mut self, mut hook: impl FnMut(Event)) -> &[i8] {
        while let Some(layer) = self.model.layer(self.next) {
            let event = Event { layer: self.next, kind: layer.kind, done: false };
            hook(event);
            // The outcome is asked for by the loop.
            let _ = self.step();
            hook(Event { done: true, ..event });
        }
        self.output()
    }

    fn layer(&mut self, layer: &Layer) {
        let shape = &self.model.shape;
        let constants = &self.model.constants;
        let arena = Cell::from_mut(&mut *self.arena).as_slice_of_cells();
        let scratch = || arena.get(shape.activations as usize..).unwrap_or(&[]);
        // The checks saw that these do not overflow.
        let len = |[height, width, channels]: [u16; 3]| {
            usize::from(height).wrapping_mul(usize::from(width)).wrapping_mul(usize::from(channels))
        };
        let input = part(arena, layer.input as usize, len(layer.shape));
        let output = part(arena, layer.output as usize, len(layer.out_shape));
        let row = || constants.rows.get(layer.requantise as usize).unwrap_or(&[0; 4]);
        let operand = || {
            let (start, len) = (layer.second as usize, layer.columns as usize);
            if layer.has(Layer::CONSTANT) {
                Operand::Constant(part(constants.weights, start, len))
            } else {
                Operand::Tensor(part(arena, start, len))
            }
        };
        match layer.kind {
            LayerKind::Convolution => {
                // The first layers read whole words, up to three bytes behind what they use.
                let input = arena.get(layer.input as usize..).unwrap_or(&[]);
                convolution::run(layer, constants, input, output, scratch());
            }
            LayerKind::Depthwise => depthwise::run(layer, constants, input, output, scratch()),
            LayerKind::AveragePool | LayerKind::MaxPool => pool::run(layer, input, output),
            LayerKind::Add => {
                if let (Some(first), Some(second)) = (constants.table(layer.weights), constants.table(layer.counts)) {
                    elementwise::combine(layer, Combine::Sum([first, second]), row(), input, operand(), output);
                }
            }
            LayerKind::Multiply => {
                elementwise::combine(layer, Combine::Product, row(), input, operand(), output);
            }
            LayerKind::Table => {
                if let Some(table) = constants.bytes(layer.weights) {
                    elementwise::table(table, input, output);
                }
            }
            LayerKind::Softmax => {
                if let Some(table) = constants.table(layer.weights) {
                    elementwise::softmax(layer, table, input, output);
                }
            }
            LayerKind::Copy => movement::place_rows(layer, input, output),
            LayerKind::Pad => movement::pad(layer, input, output),
            LayerKind::Mean => pool::mean(layer, row(), input, output),
        }
        if layer.has(Layer::CLAMPED) {
            elementwise::clamp(layer, output);
        }
    }
}

fn part<T>(of: &[T], start: usize, len: usize) -> &[T] {
    of.get(start..).and_then(|rest| rest.get(..len)).unwrap_or(&[])
}

fn part_mut<T>(of: &mut [T], start: usize, len: usize) -> &mut [T] {
    of.get_mut(start..).and_then(|rest| rest.get_mut(..len)).unwrap_or(&mut [])
}
