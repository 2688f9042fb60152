//! The primal-dual method of Chambolle and Pock.

use super::PrimalDualConfig;
use super::checkpoint::Checkpoint;
use super::condat_vu::{CondatVu, NoSmooth, PrimalDual};
use crate::error::Error;
use crate::operator::{LinearMap, Prox};
use crate::real::Real;

/// Minimises f(x) + g(K x): [`CondatVu`] without a smooth part, which is the method of A. Chambolle and T. Pock (A first-order
/// primal-dual algorithm for convex problems with applications to imaging, J. Math. Imaging Vis. 40 (2011), 120-145,
/// algorithm 1 with theta = 1). Steps with tau sigma |K|² < 1: [`PrimalDualConfig::for_norm`].
pub type ChambollePock<'a, T, F, G, K, S = Checkpoint<T>> = CondatVu<'a, T, F, G, K, NoSmooth, S>;

impl<'a, T, F, G, K> ChambollePock<'a, T, F, G, K>
where
    T: Real,
    F: Prox<T> + ?Sized,
    G: Prox<T> + ?Sized,
    K: LinearMap<T> + ?Sized,
{
    /// [`CondatVu::new`] for f and g alone.
    ///
    /// # Errors
    /// As there.
    pub fn without_smooth(
        function: &'a F,
        of_image: &'a G,
        map: &'a K,
        x: &'a mut [T],
        y: &'a mut [T],
        workspace: &'a mut [T],
        config: &PrimalDualConfig<T>,
    ) -> Result<Self, Error> {
        Self::new(PrimalDual { function, of_image, map, smooth: &NoSmooth }, x, y, workspace, config)
    }
}
