//! Forward and backward in one buffer.

use super::activation::Activation;
use super::matrix::{Matrix, Weights};
use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::real::Real;
use crate::vector;

/// A learned proximal network over n inputs; x is one window of them, or several.
///
/// 2 L (h n + h²) multiplications and as many additions a window, and L h activations with their slopes. Scratch L h + n: only what comes
/// out of the activations is kept, and overwritten on the way back. The step is not looked at: the network was trained for one
/// strength. The value is NaN: it takes an inverse problem, [`Prior`](super::Prior).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Lpn<'a> {
    pub(super) inputs: usize,
    pub(super) hidden: usize,
    pub(super) layers: usize,
    pub(super) activation: Activation,
    pub(super) alpha: f32,
    pub(super) biases: &'a [f32],
    pub(super) weights: Weights<'a>,
}

impl<'a> Lpn<'a> {
    /// n, the inputs of a window.
    #[must_use]
    pub const fn inputs(&self) -> usize {
        self.inputs
    }

    /// alpha: f(a) - f(b) is never shorter than alpha (a - b).
    #[must_use]
    pub const fn alpha(&self) -> f32 {
        self.alpha
    }

    /// Elements that [`gradient`](Self::gradient) works in: L h.
    #[must_use]
    pub const fn hidden_len(&self) -> usize {
        self.layers.saturating_mul(self.hidden)
    }

    /// Elements of all matrices; `None` if they cannot be counted.
    pub(super) fn weights_len(inputs: usize, hidden: usize, layers: usize) -> Option<usize> {
        let first = hidden.checked_mul(inputs)?;
        let further = hidden.checked_mul(hidden.checked_add(inputs)?)?;
        layers.checked_sub(1)?.checked_mul(further)?.checked_add(first)?.checked_add(hidden)
    }

    /// W_l.
    pub(super) fn direct(&self, layer: usize) -> Option<Matrix<'a>> {
        let (h, n) = (self.hidden, self.inputs);
        let start = if layer == 0 { 0 } else { h * n + (layer - 1) * h * (h + n) + h * h };
        self.weights.matrix(2 * layer, start, h, n)
    }

    /// H_l, from layer 1 on.
    pub(super) fn inner(&self, layer: usize) -> Option<Matrix<'a>> {
        let (h, n) = (self.hidden, self.inputs);
        let before = layer.checked_sub(1)?;
        self.weights.matrix(2 * layer - 1, h * n + before * h * (h + n), h, h)
    }

    /// w, as one row.
    pub(super) fn last(&self) -> Option<Matrix<'a>> {
        let (h, n) = (self.hidden, self.inputs);
        let start = h * n + self.layers.checked_sub(1)? * h * (h + n);
        self.weights.matrix(2 * self.layers - 1, start, 1, h)
    }

    /// z_1 to z_L.
    fn forward<T: Real>(&self, x: &[T], z: &mut [T]) -> Option<()> {
        let h = self.hidden;
        for layer in 0..self.layers {
            let (before, rest) = z.split_at_mut_checked(layer * h)?;
            let own = rest.get_mut(..h)?;
            for (own, bias) in own.iter_mut().zip(self.biases.get(layer * h..)?) {
                *own = T::from_f32(*bias);
            }
            if layer > 0 {
                self.inner(layer)?.add_product(before.get((layer - 1) * h..)?, own);
            }
            self.direct(layer)?.add_product(x, own);
            for own in own {
                *own = self.activation.value(*own);
            }
        }
        Some(())
    }

    /// From z to the gradient, z being overwritten from its end on.
    fn backward<T: Real>(&self, z: &mut [T], gradient: &mut [T]) -> Option<()> {
        let h = self.hidden;
        for layer in (0..self.layers).rev() {
            let (own, after) = z.get_mut(layer * h..)?.split_at_mut_checked(h)?;
            let above = after.get(..h).unwrap_or(&[]);
            let matrix = if layer + 1 < self.layers { self.inner(layer + 1)? } else { self.last()? };
            for (k, own) in own.iter_mut().enumerate() {
                let pull = if above.is_empty() { matrix.column(k, &[T::ONE]) } else { matrix.column(k, above) };
                *own = self.activation.slope(*own) * pull;
            }
            self.direct(layer)?.add_transposed(own, gradient);
        }
        Some(())
    }

    /// The gradient of the potential at x, n elements, and the potential: `hidden` has L h elements. NaN and an unspecified gradient
    /// with lengths that do not fit.
    pub fn gradient<T: Real>(&self, x: &[T], gradient: &mut [T], hidden: &mut [T]) -> T {
        let alpha = T::from_f32(self.alpha);
        for (to, x) in gradient.iter_mut().zip(x) {
            *to = alpha * *x;
        }
        let mut last = [T::ZERO];
        let done = (|| {
            self.forward(x, hidden)?;
            let from = self.layers.checked_sub(1)?.checked_mul(self.hidden)?;
            self.last()?.add_product(hidden.get(from..)?, &mut last);
            self.backward(hidden, gradient)
        })();
        let [sum] = last;
        if done.is_some() { sum + alpha * vector::dot(x, x) / T::TWO } else { T::NAN }
    }
}

impl<T: Real> Prox<T> for Lpn<'_> {
    fn scratch_len(&self, _n: usize) -> usize {
        self.hidden_len().saturating_add(self.inputs)
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        if n.checked_rem(self.inputs) != Some(0) {
            return Err(Error::OutOfRange { field: Field::Size, index: 0 });
        }
        error::at_least(Field::Workspace, self.hidden_len().saturating_add(self.inputs), scratch)
    }

    fn prox(&self, x: &mut [T], _step: T, scratch: &mut [T]) {
        let Some((gradient, hidden)) = scratch.split_at_mut_checked(self.inputs) else { return };
        let Some(hidden) = hidden.get_mut(..self.hidden_len()) else { return };
        for window in x.chunks_exact_mut(self.inputs.max(1)) {
            let _ = self.gradient(window, gradient, hidden);
            vector::copy(gradient, window);
        }
    }

    /// NaN: see [`Prior`](super::Prior).
    fn value(&self, _x: &[T]) -> T {
        T::NAN
    }
}
