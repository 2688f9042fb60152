//! Shifted systems (A + c I) x = b of one sparse matrix, as a time-stepping or regularised problem would bring them.

use tinysolve::real::Real;
use tinysolve::vector;

use crate::comparison::{Problem, System, Trajectory};
use crate::draw::Draw;
use crate::sparse::Sparse;

/// c = mean diagonal x (0.001 + 0.5 Beta(1/2, 3/2)), b a truncated Gaussian, x from 0.
#[derive(Clone, Debug)]
pub struct ShiftedSystems<T> {
    base: Sparse<T>,
    mean_diagonal: f64,
    shifts: Vec<f64>,
    seed: u64,
    spectrum: Spectrum,
}

/// What the analytic choice of omega needs: quadratic forms of the vector that is the worst for Jacobi at a middle shift.
#[derive(Clone, Copy, Debug)]
struct Spectrum {
    /// v'Av, v'Dv, v'v.
    energy: f64,
    diagonal: f64,
    square: f64,
}

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
        let spectrum = Spectrum::of(matrix, &diagonal, 0.01 * mean_diagonal);
        Ok(Self { base: matrix.cast(), mean_diagonal, shifts, seed, spectrum })
    }
}

impl Spectrum {
    /// The eigenvector of D⁻¹ A of the smallest eigenvalue, both shifted, by power iteration on 2 I - D⁻¹ A.
    fn of(matrix: &Sparse<f64>, diagonal: &[f64], shift: f64) -> Self {
        let n = matrix.dim();
        let mut v: Vec<f64> = (0..n).map(|k| 1.0 + 0.3 * (1.7 * k as f64).sin()).collect();
        let mut product = vec![0.0; n];
        for _ in 0..500 {
            product.fill(0.0);
            for (row, column, value) in matrix.entries() {
                product[row] += value * v[column];
            }
            for ((v, product), d) in v.iter_mut().zip(&product).zip(diagonal) {
                *v = 2.0 * *v - (product + shift * *v) / (d + shift);
            }
            let norm = v.iter().map(|v| v * v).sum::<f64>().sqrt();
            v.iter_mut().for_each(|v| *v /= norm);
        }
        let energy = matrix.entries().map(|(row, column, value)| v[row] * value * v[column]).sum();
        let diagonal = v.iter().zip(diagonal).map(|(v, d)| v * v * d).sum();
        Self { energy, diagonal, square: v.iter().map(|v| v * v).sum() }
    }
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

    /// 1 - a Rayleigh quotient of D⁻¹ A, so never more than the truth.
    fn jacobi_radius(&self, step: usize) -> f64 {
        let (Spectrum { energy, diagonal, square }, shift) = (self.spectrum, self.shifts[step]);
        1.0 - (energy + shift * square) / (diagonal + shift * square)
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
}
