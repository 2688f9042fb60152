//! Opening a network.

use super::activation::Activation;
use super::matrix::Weights;
use super::network::Lpn;
use crate::container::{ElementType, Kind, Reader};
use crate::error::{self, Error, Field};

const SHAPE: u32 = 1;
const VALUES: u32 = 2;
const WEIGHTS: u32 = 3;
const SCALES: u32 = 4;

impl<'a> Lpn<'a> {
    /// A network over a container that is read in place.
    ///
    /// # Errors
    /// Those of [`Reader`] for another kind or version, a missing section, another type of elements or a container that lies
    /// unaligned; `OutOfRange` of `Field::Size` (index 0 to 3: inputs, hidden, layers, activation); `Length`, `NotFinite` or `OutOfRange` of
    /// `Field::Values` (index 0 beta or width, 1 alpha, then biases) or `Field::Weights`: a weight that has to be 0 or more and is
    /// not, with its place in its matrix.
    pub fn load(reader: &Reader<'a>) -> Result<Self, Error> {
        reader.require(Kind::ProximalNetwork, 1)?;
        let shape = reader.find(SHAPE)?.values::<u32>()?;
        let &[inputs, hidden, layers, activation] = shape else {
            return Err(Error::Length { field: Field::Size, need: 4, got: shape.len() });
        };
        let refuse = |index| Error::OutOfRange { field: Field::Size, index };
        let size = |index, number: u32| match usize::try_from(number) {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(refuse(index)),
        };
        let (inputs, hidden, layers) = (size(0, inputs)?, size(1, hidden)?, size(2, layers)?);
        let len = Self::weights_len(inputs, hidden, layers).ok_or(Error::TooLarge { field: Field::Size })?;

        let values = reader.find(VALUES)?.values::<f32>()?;
        let need = layers.saturating_mul(hidden).saturating_add(2);
        error::exact(Field::Values, need, values.len())?;
        error::finite(Field::Values, values)?;
        let [parameter, alpha, biases @ ..] = values else {
            return Err(Error::Length { field: Field::Values, need, got: values.len() });
        };
        if *parameter <= 0.0 {
            return Err(Error::OutOfRange { field: Field::Values, index: 0 });
        }
        if *alpha < 0.0 {
            return Err(Error::OutOfRange { field: Field::Values, index: 1 });
        }
        let activation = match activation {
            0 => Activation::Softplus { beta: *parameter },
            1 => Activation::HuberRelu { width: *parameter },
            _ => return Err(refuse(3)),
        };

        let section = reader.find(WEIGHTS)?;
        error::exact(Field::Weights, len, section.len())?;
        let weights = if section.element_type() == ElementType::I8 {
            let scales = reader.find(SCALES)?.values::<f32>()?;
            error::exact(Field::Weights, 2 * layers, scales.len())?;
            error::finite(Field::Weights, scales)?;
            if let Some(index) = scales.iter().position(|scale| *scale < 0.0) {
                return Err(Error::OutOfRange { field: Field::Weights, index });
            }
            Weights::Bytes { values: section.values()?, scales }
        } else {
            let values = section.values::<f32>()?;
            error::finite(Field::Weights, values)?;
            Weights::Single(values)
        };
        let network = Self { inputs, hidden, layers, activation, alpha: *alpha, biases, weights };
        network.check_signs()?;
        Ok(network)
    }

    /// What makes the potential convex.
    fn check_signs(&self) -> Result<(), Error> {
        let inner = (1..self.layers).filter_map(|layer| self.inner(layer));
        match inner.chain(self.last()).find_map(super::matrix::Matrix::negative) {
            Some(index) => Err(Error::OutOfRange { field: Field::Weights, index }),
            None => Ok(()),
        }
    }
}
