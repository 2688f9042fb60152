//! Shifted systems (A + c I) x = b of one sparse matrix, as a time-stepping or regularised problem would bring them.

use tinysolve::linear::{SsorCg, SsorCgConfig, Stopping};
use tinysolve::matrix::Csr;
use tinysolve::operator::{LinearOperator, Sweep};
use tinysolve::real::Real;
use tinysolve::solve::Solver;
use tinysolve::vector;

use crate::comparison::{Problem, System, Trajectory};
use crate::draw::Draw;
use crate::methods;
use crate::policy::Spectrum;
use crate::sparse::Sparse;

/// c = mean diagonal x (0.001 + 0.5 Beta(1/2, 3/2)), b a truncated Gaussian, x from 0.
#[derive(Clone, Debug)]
pub struct ShiftedSystems<T> {
    base: Sparse<T>,
    mean_diagonal: f64,
    shifts: Vec<f64>,
    seed: u64,
    /// At [`PROBES`] times the mean diagonal.
    spectra: Vec<Spectrum>,
}

/// Shifts, over the mean diagonal, at which the spectrum is measured; between them it is interpolated.
const PROBES: [f64; 7] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 0.501];
/// Steps of a power iteration: the condition number enters omega by its fourth root, so two digits are plenty.
const POWER_STEPS: u32 = 25;

impl<T: Real> ShiftedSystems<T> {
    /// `steps` systems of a symmetric positive definite matrix.
    ///
    /// # Errors
    /// A sentence, if the diagonal is not positive.
    pub fn new(matrix: &Sparse<f64>, steps: usize, seed: u64) -> Result<Self, String> {
        let diagonal = matrix.diagonal();
        if let Some(row) = diagonal.iter().position(|&d| d <= 0.0) {
            return Err(format!(
                "diagonal entry {} is {}, so the matrix is not positive definite",
                row + 1,
                diagonal[row]
            ));
        }
        let mean_diagonal = diagonal.iter().sum::<f64>() / diagonal.len() as f64;
        let mut draw = Draw::new(seed);
        let shifts: Vec<f64> = (0..steps).map(|_| mean_diagonal * (0.001 + 0.5 * draw.beta(0.5, 1.5))).collect();
        let mut shifted = matrix.clone();
        let probe = |factor| {
            shifted.set_shifted(matrix, factor * mean_diagonal);
            measure(&shifted)
        };
        let spectra = PROBES.map(probe).to_vec();
        Ok(Self { base: matrix.cast(), mean_diagonal, shifts, seed, spectra })
    }
}

/// alpha and beta by power iteration, with the library's own solver for A⁻¹.
fn measure(matrix: &Sparse<f64>) -> Spectrum {
    let (a, n) = (matrix.view(), matrix.dim());
    let diagonal = matrix.diagonal();
    let mut workspace = vec![0.0; SsorCg::<f64, Csr<'_, f64, u32>>::workspace_len(n, a.scaling_len(), false)];
    // The eigenvalue furthest from zero of A⁻¹ M.
    let mut power = |apply: &dyn Fn(&[f64], &mut [f64])| {
        let mut v: Vec<f64> = (0..n).map(|k| 1.0 + 0.3 * (1.7 * k as f64).sin()).collect();
        let mut product = vec![0.0; n];
        let mut largest = 0.0;
        for _ in 0..POWER_STEPS {
            apply(&v, &mut product);
            let config = SsorCgConfig { stopping: Stopping::default().with_relative(1e-6), ..SsorCgConfig::default() };
            let _ = SsorCg::new(&a, &product, &mut v, &mut workspace, config).expect("a sound system").run();
            largest = vector::norm(&v);
            // Nothing was left of it, or A is not definite: then the walk will say so.
            if largest == 0.0 || !largest.is_finite() {
                return 0.0;
            }
            v.iter_mut().for_each(|v| *v /= largest);
        }
        largest
    };
    let alpha = power(&|v, product| {
        for ((product, v), d) in product.iter_mut().zip(v).zip(&diagonal) {
            *product = d * v;
        }
    });
    // Eigenvalues of A⁻¹ (L D⁻¹ L' - D / 4) are at least -alpha / 4: moved up by that, the largest is the furthest from 0.
    let beta = power(&|v, product| {
        a.apply(v, product);
        for ((product, v), d) in product.iter_mut().zip(v).zip(&diagonal) {
            *product = 0.25 * (alpha * *product - d * v);
        }
        let scaled: Vec<f64> = (0..n).map(|row| a.upper(row, v) / diagonal[row]).collect();
        for (row, product) in product.iter_mut().enumerate() {
            *product += a.lower(row, &scaled);
        }
    }) - 0.25 * alpha;
    Spectrum { alpha: alpha.max(1.0), beta: beta.max(0.0) }
}

impl<T: Real> Problem<T> for ShiftedSystems<T> {
    fn steps(&self) -> usize {
        self.shifts.len()
    }

    fn context(&self, step: usize) -> f32 {
        self.shifts[step] as f32
    }

    fn context_range(&self) -> [f32; 2] {
        [0.001, 0.501].map(|factor| (factor * self.mean_diagonal) as f32)
    }

    /// Interpolated between the shifts at which it was measured.
    fn spectrum(&self, step: usize) -> Spectrum {
        let factor = self.shifts[step] / self.mean_diagonal;
        let above = PROBES.partition_point(|probe| *probe < factor).clamp(1, PROBES.len() - 1);
        let place = ((factor / PROBES[above - 1]).ln() / (PROBES[above] / PROBES[above - 1]).ln()).clamp(0.0, 1.0);
        let (low, high) = (self.spectra[above - 1], self.spectra[above]);
        Spectrum {
            alpha: low.alpha * (high.alpha / low.alpha).powf(place),
            beta: low.beta + place * (high.beta - low.beta),
        }
    }

    fn start(&self) -> Box<dyn Trajectory<T> + '_> {
        let n = self.base.dim();
        Box::new(ShiftedTrajectory {
            systems: self,
            matrix: self.base.clone(),
            draw: Draw::new(self.seed ^ 0x5eed),
            b: vec![T::ZERO; n],
            x: vec![T::ZERO; n],
        })
    }
}

struct ShiftedTrajectory<'a, T> {
    systems: &'a ShiftedSystems<T>,
    matrix: Sparse<T>,
    draw: Draw,
    b: Vec<T>,
    x: Vec<T>,
}

impl<T: Real> Trajectory<T> for ShiftedTrajectory<'_, T> {
    fn advance(&mut self, step: usize) {
        self.matrix.set_shifted(&self.systems.base, T::from_f64(self.systems.shifts[step]));
        for (b, drawn) in self.b.iter_mut().zip(self.draw.truncated_gaussian(self.x.len())) {
            *b = T::from_f64(drawn);
        }
        self.x.fill(T::ZERO);
    }

    fn system(&mut self) -> System<'_, T> {
        System { operator: Box::new(self.matrix.view()), b: &self.b, x: &mut self.x, reference: vector::norm(&self.b) }
    }

    fn true_residual(&self) -> f64 {
        let entries = self.matrix.entries().map(|(row, column, value)| (row, column, value.to_f64()));
        methods::true_residual(entries, &self.b, &self.x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measured_spectrum_is_that_of_a_dense_decomposition() {
        // An irregular tridiagonal matrix, diagonally dominant.
        let n = 12;
        let off = |row: usize| -1.0 - 0.1 * (row % 3) as f64;
        let matrix = Sparse::from_entries(
            n,
            (0..n).flat_map(|row| {
                let below = (row > 0).then(|| (row, row - 1, off(row - 1)));
                let above = (row + 1 < n).then(|| (row, row + 1, off(row)));
                [below, Some((row, row, 2.6 + 0.2 * (row % 4) as f64)), above].into_iter().flatten()
            }),
        );
        let mut a = nalgebra::DMatrix::zeros(n, n);
        matrix.entries().for_each(|(row, column, value)| a[(row, column)] = value);
        let d = nalgebra::DMatrix::from_diagonal(&a.diagonal());
        let l = a.lower_triangle() - &d;
        let m = &l * d.clone().try_inverse().unwrap() * l.transpose() - &d * 0.25;
        let inverse = a.clone().cholesky().unwrap();
        let largest = |m: &nalgebra::DMatrix<f64>| {
            let product = inverse.l().try_inverse().unwrap() * m * inverse.l().transpose().try_inverse().unwrap();
            product.symmetric_eigen().eigenvalues.max()
        };
        let Spectrum { alpha, beta } = measure(&matrix);
        assert!((alpha / largest(&d) - 1.0).abs() < 0.02, "{alpha} {}", largest(&d));
        assert!((beta - largest(&m).max(0.0)).abs() < 0.02 * alpha, "{beta} {}", largest(&m));
    }
}
