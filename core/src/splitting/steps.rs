//! The steps of a primal-dual method, chosen from an estimate of the norm of its map.

use super::Stopping;
use crate::error::{Error, Field};
use crate::operator::LinearMap;
use crate::real::Real;
use crate::rng::Xoshiro128;
use crate::vector;

/// Values of a primal-dual method.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct PrimalDualConfig<T> {
    /// When to stop.
    pub stopping: Stopping<T>,
    /// tau, the step in x, positive.
    pub primal_step: T,
    /// sigma, the step in y, positive. Converges for 1 / tau - sigma |K|² >= L / 2, L being the Lipschitz constant of the
    /// gradient of h, 0 without it.
    pub dual_step: T,
}

impl<T: Real> PrimalDualConfig<T> {
    /// Steps that converge for a map of this norm and a gradient with this Lipschitz constant (0 without one); `ratio` is
    /// sigma over tau where there is no gradient: large if x is large against y. A look at the residuals in every
    /// iteration, where it costs nothing.
    ///
    /// The norm is best taken from [`norm_of`]; of a map of norm 0 the steps are those of norm 1.
    #[must_use]
    pub fn for_norm(norm: T, lipschitz: T, ratio: T) -> Self {
        let norm = if norm > T::ZERO { norm } else { T::ONE };
        let root = ratio.sqrt();
        // A hundredth off, since an estimate is one from below.
        let dual_step = T::from_f32(0.99) * root / norm;
        let primal_step = T::ONE / (root * norm + lipschitz / T::TWO);
        let stopping = Stopping { check_every: 1, ..Stopping::default() };
        Self { stopping, primal_step, dual_step }
    }
}

/// An estimate of |K| from below, by `iterations` of the power method on K'K; 30 are within a per cent as a rule. `x` has
/// n elements, `y` has m; 0 for the map to 0.
///
/// # Errors
/// `Length` of `Field::Workspace` unless the slices are at least that long.
pub fn norm_of<T: Real, K: LinearMap<T> + ?Sized>(
    map: &K,
    iterations: u32,
    x: &mut [T],
    y: &mut [T],
) -> Result<T, Error> {
    let (n, m) = (map.columns(), map.rows());
    let (got_x, got_y) = (x.len(), y.len());
    let x = x.get_mut(..n).ok_or(Error::Length { field: Field::Workspace, need: n, got: got_x })?;
    let y = y.get_mut(..m).ok_or(Error::Length { field: Field::Workspace, need: m, got: got_y })?;
    // Drawn, so that it is not orthogonal to what is sought but by a rare accident.
    let mut random = Xoshiro128::new(1);
    for x in x.iter_mut() {
        *x = T::from_f32(random.unit() - 0.5);
    }
    let mut norm = T::ZERO;
    for _ in 0..iterations {
        let length = vector::norm(x);
        if length == T::ZERO {
            break;
        }
        vector::scale(T::ONE / length, x);
        map.map(x, y);
        norm = vector::norm(y);
        x.fill(T::ZERO);
        map.add_transposed(y, x);
    }
    Ok(norm)
}
