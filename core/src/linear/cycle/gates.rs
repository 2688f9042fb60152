//! The gates of a cycle: the few numbers that training finds, or that stand there by hand.

use crate::container::{Kind, Reader, SectionSpec, Writer, container_len};
use crate::error::{Error, Field};
use crate::real::Real;

/// Numbers in all.
pub const GATES: usize = 3 * 5 + 3 * 5 + 3 + 3 + 3;
/// Rows that share a scale in the form of 8 bits.
const ROWS: [usize; 9] = [5, 5, 5, 5, 5, 5, 3, 3, 3];
const TAG_GATES: u32 = 1;
const TAG_SCALES: u32 = 2;
const VERSION: u16 = 1;

/// The gates of a [`Cycle`](super::Cycle), for the levels 0, 1 and from 2 on.
///
/// Any finite numbers make a symmetric positive definite cycle: those out of range are clamped when the hierarchy is
/// built, to the ranges given here. The trained and the hand-set values lie inside.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct Gates {
    /// Relaxation of black nodes at a sum of weights 0, 1, 2, 3, 4, linear in between; 0.15 to 1.8. The last entry of a
    /// level is taken as 1.
    pub black: [[f32; 5]; 3],
    /// The same for red nodes; level 0 is not used, there red is solved exactly.
    pub red: [[f32; 5]; 3],
    /// Square root of the scale of the coarse correction; -1.1 to 1.1.
    pub correction: [f32; 3],
    /// Weight w of a face of level 1, 2, from 3 on becomes w (1 + strength (1 - w)); -0.9 to 0.9.
    pub strength: [f32; 3],
    /// Weight of the second visit below level 0 (not used), 1, from 2 on; 0 to 2.25, and to what keeps it positive definite.
    pub second: [f32; 3],
}

impl Gates {
    /// No damping, no scaling: the classical cycle.
    pub const HAND_SET: Self =
        Self { black: [[1.0; 5]; 3], red: [[1.0; 5]; 3], correction: [1.0; 3], strength: [0.0; 3], second: [1.0; 3] };

    /// Trained by `examples/train/dcd.py` on obstacles, porous regions and thin walls of 32 x 32 and 64 x 64 cells, rows
    /// rounded to 8 bits. On regions like those, also larger ones, a solve takes one or two iterations less.
    pub const TRAINED: Self = super::trained::TRAINED;

    /// Err naming the first number that is NaN or infinite.
    ///
    /// # Errors
    /// `NotFinite` (values), the index in the order of the fields.
    pub fn check(&self) -> Result<(), Error> {
        match self.flat().iter().position(|gate| !gate.is_finite()) {
            Some(index) => Err(Error::NotFinite { field: Field::Values, index }),
            None => Ok(()),
        }
    }

    /// All numbers in the order of the fields.
    #[must_use]
    pub fn flat(&self) -> [f32; GATES] {
        let mut flat = [0.0; GATES];
        let tables = self.black.iter().chain(&self.red).flatten();
        let rest = self.correction.iter().chain(&self.strength).chain(&self.second);
        for (to, from) in flat.iter_mut().zip(tables.chain(rest)) {
            *to = *from;
        }
        flat
    }

    /// The gates from their numbers in the order of the fields.
    #[must_use]
    pub fn from_flat(flat: &[f32; GATES]) -> Self {
        let mut gates = Self::HAND_SET;
        let Self { black, red, correction, strength, second } = &mut gates;
        let tables = black.iter_mut().chain(red).flatten();
        for (to, from) in tables.chain(correction).chain(strength).chain(second).zip(flat) {
            *to = *from;
        }
        gates
    }

    /// Reads a container of [`Kind::CycleGates`]: 39 numbers of f32 (section 1), or of i8 (section 1) with nine scales of
    /// f32 (section 2), one a row.
    ///
    /// # Errors
    /// Those of the container; `Length` (values) for another count; `NotFinite` (values).
    pub fn read(container: &Reader<'_>) -> Result<Self, Error> {
        container.require(Kind::CycleGates, VERSION)?;
        let section = container.find(TAG_GATES)?;
        let mut flat = [0.0_f32; GATES];
        if section.element_type() == crate::container::ElementType::I8 {
            let (mut rows, mut scales) = ([0_i8; GATES], [0.0_f32; ROWS.len()]);
            section.copy_to(&mut rows)?;
            container.find(TAG_SCALES)?.copy_to(&mut scales)?;
            let scales = ROWS.iter().zip(scales).flat_map(|(&len, scale)| core::iter::repeat_n(scale, len));
            for ((to, from), scale) in flat.iter_mut().zip(rows).zip(scales) {
                *to = f32::from(from) * scale;
            }
        } else {
            section.copy_to(&mut flat)?;
        }
        let gates = Self::from_flat(&flat);
        gates.check()?;
        Ok(gates)
    }

    /// Bytes of the container that [`write`](Self::write) makes.
    pub const CONTAINER_LEN: usize = container_len(&[GATES * 4]);

    /// Writes a container of f32 numbers into the first [`CONTAINER_LEN`](Self::CONTAINER_LEN) bytes.
    ///
    /// # Errors
    /// `Length` (bytes).
    pub fn write<'b>(&self, bytes: &'b mut [u8]) -> Result<&'b mut [u8], Error> {
        let mut writer = Writer::new(bytes, Kind::CycleGates, VERSION, &[SectionSpec::of::<f32>(TAG_GATES, GATES)])?;
        writer.put(self.flat())?;
        writer.finish()
    }

    /// The gate of a node, clamped.
    pub(super) fn gate<T: Real>(table: &[f32; 5], is_pinned: bool, degree: T) -> T {
        let [t0, t1, t2, t3, t4] = *table;
        let last = if is_pinned { 1.0 } else { t4 };
        let place = degree.max(T::ZERO).min(T::from_f32(4.0));
        let mut value = T::from_f32(last);
        let mut base = T::ZERO;
        for (low, high) in [(t0, t1), (t1, t2), (t2, t3), (t3, last)] {
            if place < base + T::ONE {
                let (low, high) = (T::from_f32(low), T::from_f32(high));
                value = low + (place - base) * (high - low);
                break;
            }
            base += T::ONE;
        }
        clamp(value, 0.15, 1.8)
    }
}

/// The nearest number in the range; the lower end for NaN.
pub(super) fn clamp<T: Real>(value: T, low: f32, high: f32) -> T {
    let (low, high) = (T::from_f32(low), T::from_f32(high));
    if value > low { value.min(high) } else { low }
}
