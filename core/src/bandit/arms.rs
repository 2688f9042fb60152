//! The grid of parameters behind the arms of a bandit.

use crate::error::{Error, Field};

/// Values of the arms: a linear grid, which takes no memory, or a slice of the caller's.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Arms<'a> {
    /// `first + k step` for k below `count`.
    Linear {
        /// Value of arm 0.
        first: f32,
        /// Distance of two arms.
        step: f32,
        /// Number of arms.
        count: usize,
    },
    /// Values in ascending order.
    Listed(&'a [f32]),
}

impl<'a> Arms<'a> {
    /// The 20 values 1.00, 1.05, ... 1.95 of the published experiments.
    pub const OMEGA: Arms<'static> = Arms::Linear { first: 1.0, step: 0.05, count: 20 };

    /// Checks that there is an arm and that all lie in (0, 2), strictly ascending.
    ///
    /// # Errors
    /// `Length`, `NotFinite`, `OutOfRange` or `Unordered`, naming the arm.
    pub fn check_omega(self) -> Result<Self, Error> {
        let field = Field::Arms;
        if self.count() == 0 {
            return Err(Error::Length { field, need: 1, got: 0 });
        }
        let mut previous = 0.0;
        for index in 0..self.count() {
            let value = self.value(index);
            if !value.is_finite() {
                return Err(Error::NotFinite { field, index });
            }
            if value <= 0.0 || value >= 2.0 {
                return Err(Error::OutOfRange { field, index });
            }
            if value <= previous {
                return Err(Error::Unordered { field, index });
            }
            previous = value;
        }
        Ok(self)
    }

    /// Number of arms.
    #[must_use]
    pub const fn count(&self) -> usize {
        match self {
            Self::Linear { count, .. } => *count,
            Self::Listed(values) => values.len(),
        }
    }

    /// Value of an arm; the last one beyond the grid, 1 without any arm.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "arms are few")]
    pub fn value(&self, arm: usize) -> f32 {
        match self {
            Self::Linear { first, step, count } => first + step * arm.min(count.saturating_sub(1)) as f32,
            Self::Listed(values) => values.get(arm).or(values.last()).copied().unwrap_or(1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_grid() {
        let arms = Arms::OMEGA.check_omega().unwrap();
        assert_eq!((arms.count(), arms.value(0)), (20, 1.0));
        assert!((arms.value(19) - 1.95).abs() < 1e-6 && arms.value(99) == arms.value(19));
    }

    #[test]
    fn defects_name_the_arm() {
        let check = |values: &[f32]| Arms::Listed(values).check_omega().err();
        assert_eq!(check(&[]), Some(Error::Length { field: Field::Arms, need: 1, got: 0 }));
        assert_eq!(check(&[1.0, f32::NAN]), Some(Error::NotFinite { field: Field::Arms, index: 1 }));
        assert_eq!(check(&[1.0, 2.0]), Some(Error::OutOfRange { field: Field::Arms, index: 1 }));
        assert_eq!(check(&[1.5, 1.2]), Some(Error::Unordered { field: Field::Arms, index: 1 }));
    }
}
