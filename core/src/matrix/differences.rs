//! Differences of neighbours.

use crate::operator::LinearMap;
use crate::real::Real;

/// x to x\[i + 1\] - x\[i\], one element fewer. Its norm is below 2.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Differences {
    /// Elements of x.
    pub points: usize,
}

impl<T: Real> LinearMap<T> for Differences {
    fn rows(&self) -> usize {
        self.points.saturating_sub(1)
    }

    fn columns(&self) -> usize {
        self.points
    }

    fn map(&self, x: &[T], y: &mut [T]) {
        for (y, pair) in y.iter_mut().zip(x.windows(2)) {
            if let [left, right] = pair {
                *y = *right - *left;
            }
        }
    }

    fn add_transposed(&self, y: &[T], x: &mut [T]) {
        let mut carried = T::ZERO;
        let last = T::ZERO;
        for (x, y) in x.iter_mut().zip(y.iter().chain(Some(&last))) {
            *x += carried - *y;
            carried = *y;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::MatRef;

    #[test]
    fn the_transpose_is_that_of_the_matrix() {
        let map = Differences { points: 3 };
        let matrix = MatRef::row_major(&[-1.0_f32, 1.0, 0.0, 0.0, -1.0, 1.0], 2, 3).unwrap();
        let (x, y) = ([1.0, 4.0, 2.0], [3.0, -5.0]);
        let (mut own, mut theirs) = ([0.0; 2], [0.0; 2]);
        map.map(&x, &mut own);
        matrix.map(&x, &mut theirs);
        assert_eq!(own, theirs);
        let (mut own, mut theirs) = ([1.0; 3], [1.0; 3]);
        map.add_transposed(&y, &mut own);
        matrix.add_transposed(&y, &mut theirs);
        assert_eq!(own, theirs);
        assert_eq!(LinearMap::<f32>::rows(&Differences { points: 0 }), 0);
    }
}
