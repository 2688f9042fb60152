//! The limited-memory BFGS estimate of an inverse Jacobian, by the two-loop recursion (J. Nocedal, Updating quasi-Newton
//! matrices with limited storage, Math. Comp. 35 (1980), 773-782).

use crate::real::Real;
use crate::vector;

/// Pairs of changes, in a ring of `memory` slots.
#[derive(Debug)]
pub(super) struct Lbfgs<'a, T> {
    /// Changes of the point, slot after slot.
    pub(super) points: &'a mut [T],
    /// Changes of the residual.
    pub(super) residuals: &'a mut [T],
    /// 1 / (s'y) of each slot.
    pub(super) curvatures: &'a mut [T],
    /// Free between calls.
    pub(super) weights: &'a mut [T],
}

impl<T: Real> Lbfgs<'_, T> {
    /// Elements for so many pairs of n elements each.
    pub(super) const fn len(memory: usize, n: usize) -> usize {
        memory.saturating_mul(n.saturating_mul(2).saturating_add(2))
    }

    /// The slots from the newest to the oldest, of `count` pairs stored so far.
    fn slots(&self, count: u32) -> impl DoubleEndedIterator<Item = usize> + use<T> {
        let memory = self.curvatures.len();
        let count = count as usize;
        (0..count.min(memory)).map(move |age| count.wrapping_sub(1 + age).checked_rem(memory).unwrap_or(0))
    }

    fn slot(of: &[T], slot: usize, n: usize) -> &[T] {
        of.get(slot * n..).and_then(|rest| rest.get(..n)).unwrap_or(&[])
    }

    /// d = -H d.
    pub(super) fn direct(&mut self, count: u32, d: &mut [T]) {
        let n = d.len();
        let mut scale = None;
        for slot in self.slots(count) {
            let (s, y) = (Self::slot(self.points, slot, n), Self::slot(self.residuals, slot, n));
            let curvature = self.curvatures.get(slot).copied().unwrap_or(T::ZERO);
            if curvature == T::ZERO {
                continue;
            }
            let weight = curvature * vector::dot(s, d);
            vector::axpy(-weight, y, d);
            if let Some(place) = self.weights.get_mut(slot) {
                *place = weight;
            }
            if scale.is_none() {
                scale = Some(T::ONE / (curvature * vector::dot(y, y)));
            }
        }
        vector::scale(scale.unwrap_or(T::ONE), d);
        for slot in self.slots(count).rev() {
            let (s, y) = (Self::slot(self.points, slot, n), Self::slot(self.residuals, slot, n));
            let curvature = self.curvatures.get(slot).copied().unwrap_or(T::ZERO);
            if curvature == T::ZERO {
                continue;
            }
            let weight = self.weights.get(slot).copied().unwrap_or(T::ZERO);
            vector::axpy(weight - curvature * vector::dot(y, d), s, d);
        }
        vector::scale(-T::ONE, d);
    }

    /// Takes up a pair, element by element, unless its curvature is not positive; whether it did.
    pub(super) fn store(&mut self, count: u32, n: usize, pairs: impl Iterator<Item = (T, T)>) -> bool {
        let Some(slot) = (count as usize).checked_rem(self.curvatures.len()) else { return false };
        let (Some(points), Some(residuals)) = (self.points.get_mut(slot * n..), self.residuals.get_mut(slot * n..))
        else {
            return false;
        };
        let (mut product, mut squares, mut steps) = (T::ZERO, T::ZERO, T::ZERO);
        for ((s_to, y_to), (s, y)) in points.iter_mut().zip(residuals.iter_mut()).zip(pairs) {
            (*s_to, *y_to) = (s, y);
            product += s * y;
            squares += y * y;
            steps += s * s;
        }
        let curvature = T::ONE / product;
        let good = product > T::EPSILON * (squares * steps).sqrt() && curvature.is_finite();
        if let Some(place) = self.curvatures.get_mut(slot) {
            // The slot of the oldest pair, which is written over: without a curvature it counts for nothing.
            *place = if good { curvature } else { T::ZERO };
        }
        good
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For y = A s with as many pairs as unknowns, A diagonal and the pairs along the axes, H is A⁻¹.
    #[test]
    fn a_diagonal_is_inverted() {
        let (mut points, mut residuals, mut curvatures, mut weights) = ([0.0; 9], [0.0; 9], [0.0; 3], [0.0; 3]);
        let mut lbfgs = Lbfgs {
            points: &mut points,
            residuals: &mut residuals,
            curvatures: &mut curvatures,
            weights: &mut weights,
        };
        let diagonal = [2.0_f64, 5.0, 0.5];
        // The ring is full after three, and the fourth takes the place of the first.
        for count in 0..6_u32 {
            let axis = count as usize % 3;
            let pairs = diagonal.iter().enumerate().map(|(k, a)| if k == axis { (1.0, *a) } else { (0.0, 0.0) });
            assert!(lbfgs.store(count, 3, pairs));
        }
        let mut d = [2.0, -10.0, 3.0];
        lbfgs.direct(6, &mut d);
        for (d, wanted) in d.iter().zip([-1.0, 2.0, -6.0]) {
            assert!((d - wanted).abs() < 1e-12, "{d} {wanted}");
        }
        // A refused pair takes its slot, that of the first axis, out of the estimate; the others are as they were.
        for refused in [(1.0, -1.0), (1.0, 0.0)] {
            assert!(!lbfgs.store(6, 3, [refused; 3].into_iter()));
            let mut d = [0.0, -10.0, 3.0];
            lbfgs.direct(6, &mut d);
            for (d, wanted) in d.iter().zip([0.0, 2.0, -6.0]) {
                assert!((d - wanted).abs() < 1e-12, "{d} {wanted}");
            }
        }
        let mut empty: Lbfgs<'_, f32> =
            Lbfgs { points: &mut [], residuals: &mut [], curvatures: &mut [], weights: &mut [] };
        assert!(!empty.store(0, 3, [(1.0, 1.0); 3].into_iter()));
        let mut d = [1.0];
        empty.direct(0, &mut d);
        assert_eq!(d, [-1.0]);
    }
}
