//! The heat equation of Khodak et al., Learning to Relax (arXiv 2310.02246), experiment of figure 2, as their program
//! runs it: u_t = kappa(t) Laplace u + f on the unit square, Dirichlet zero, t from 0 to 5 in steps of 1e-3, by
//! Crank-Nicolson. (The paper's text gives other constants than its program.)
//!
//! Each step is solved for the change of u, from zero: A d = b - A u. In exact arithmetic that is A u' = b from the guess
//! u, iteration for iteration; in f32 it is what makes a residual of 1e-5 |b| reachable, because the rounding of u itself,
//! which A multiplies by up to 1 + 8 dt/2 kappa / h², stays out of the residual.

use core::f64::consts::PI;

use tinysolve::matrix::Stencil;
use tinysolve::operator::{LinearOperator, Sweep};
use tinysolve::real::Real;
use tinysolve::vector;

use crate::comparison::{Problem, System, Trajectory};
use crate::grid;
use crate::policy::Spectrum;

/// Length of a time step.
pub const TIME_STEP: f64 = 1e-3;
/// Steps of the whole experiment.
pub const STEPS: usize = 5000;

/// The experiment on (nx - 1)² inner points.
#[derive(Clone, Copy, Debug)]
pub struct Heat {
    nx: usize,
    steps: usize,
}

/// Conductivity: weak for half a period, then a hundred times stronger.
#[must_use]
pub fn conductivity(time: f64) -> f64 {
    let wave = (2.0 * PI * time).sin();
    (0.1 * wave).max(-10.0 * wave)
}

impl Heat {
    /// `nx` cells a side, at least 2.
    #[must_use]
    pub fn new(nx: usize, steps: usize) -> Self {
        assert!(nx >= 2, "no inner point");
        Self { nx, steps }
    }

    /// Inner points.
    #[must_use]
    pub fn points(&self) -> usize {
        self.side() * self.side()
    }

    fn side(&self) -> usize {
        self.nx - 1
    }

    /// dt / 2 kappa / h² at the middle of a step: the off-diagonal weight.
    fn weight(&self, step: usize) -> f64 {
        let middle = (step as f64 + 0.5) * TIME_STEP;
        0.5 * TIME_STEP * conductivity(middle) * (self.nx * self.nx) as f64
    }

    /// I - dt/2 kappa Laplace_h at the middle of a step, not scaled: its entries lie between 1 and 1 + 2 nx² / 100.
    #[must_use]
    pub fn operator<T: Real>(&self, step: usize) -> Stencil<'static, T> {
        let weight = self.weight(step);
        let side = T::from_f64(-weight);
        Stencil::new([self.side(), self.side(), 1], T::from_f64(1.0 + 4.0 * weight), [side, side, T::ZERO], None)
            .expect("a positive centre")
    }

    /// Adds `height` exp(1 - 1/(1 - q)), q = |x - centre|² / radius², to the points within the radius.
    fn add_bump<T: Real>(&self, centre: [f64; 2], radius: f64, height: f64, values: &mut [T]) {
        let (cells, side) = (self.nx as f64, self.side());
        let range = |centre: f64| {
            let first = ((centre - radius) * cells).floor().clamp(1.0, cells) as usize;
            let last = ((centre + radius) * cells).ceil().clamp(0.0, cells - 1.0) as usize;
            first..last + 1
        };
        for row in range(centre[1]) {
            for column in range(centre[0]) {
                let (x, y) = (column as f64 / cells - centre[0], row as f64 / cells - centre[1]);
                let q = (x * x + y * y) / (radius * radius);
                if q < 1.0 {
                    values[(row - 1) * side + column - 1] += T::from_f64(height * (1.0 - 1.0 / (1.0 - q)).exp());
                }
            }
        }
    }

    /// u at t = 0.
    #[must_use]
    pub fn initial<T: Real>(&self) -> Vec<T> {
        let mut u = vec![T::ZERO; self.points()];
        self.add_bump([0.5, 0.5], 0.25, 1.0, &mut u);
        u
    }

    /// The residual b - A u of the last state, where b = (I + dt/2 kappa Laplace_h) u + dt f at the middle of the step,
    /// into `r`; hands back |b|.
    pub fn residual<T: Real>(&self, step: usize, u: &[T], r: &mut [T]) -> T {
        // dt f first: b = 2 u - A u + dt f, and b - A u = 2 (u - A u) + dt f.
        let angle = 16.0 * PI * (step as f64 + 0.5) * TIME_STEP;
        let centre = [0.5 + angle.cos() / 4.0, 0.5 + angle.sin() / 4.0];
        let mut source = vec![T::ZERO; u.len()];
        self.add_bump(centre, 0.125, 32.0 * TIME_STEP, &mut source);
        let weight = T::from_f64(self.weight(step));
        let laplace = Stencil::new([self.side(), self.side(), 1], T::from_f64(-4.0), [T::ONE, T::ONE, T::ZERO], None);
        laplace.expect("a centre that is not zero").apply(u, r);
        let mut b = vec![T::ZERO; u.len()];
        for (((r, b), u), source) in r.iter_mut().zip(&mut b).zip(u).zip(&source) {
            let spread = weight * *r;
            *b = *u + spread + *source;
            *r = T::TWO * spread + *source;
        }
        vector::norm(&b)
    }
}

impl<T: Real> Problem<T> for Heat {
    fn steps(&self) -> usize {
        self.steps
    }

    /// The conductivity at the beginning of the step.
    fn context(&self, step: usize) -> f32 {
        conductivity(step as f64 * TIME_STEP) as f32
    }

    fn context_range(&self) -> [f32; 2] {
        [0.0, 10.0]
    }

    /// Known in closed form: the Jacobi iteration has the radius 4 w cos(pi / nx) / (1 + 4 w).
    fn spectrum(&self, step: usize) -> Spectrum {
        let weight = self.weight(step);
        let centre = 1.0 + 4.0 * weight;
        Spectrum { alpha: centre / (centre - 4.0 * weight * (PI / self.nx as f64).cos()), beta: 0.0 }
    }

    fn start(&self) -> Box<dyn Trajectory<T> + '_> {
        let u: Vec<T> = self.initial();
        let zero = vec![T::ZERO; u.len()];
        let operator = self.operator(0);
        Box::new(HeatTrajectory {
            heat: self,
            step: 0,
            operator,
            residual: zero.clone(),
            reference: T::ZERO,
            change: zero,
            u,
        })
    }
}

struct HeatTrajectory<'a, T> {
    heat: &'a Heat,
    step: usize,
    operator: Stencil<'static, T>,
    u: Vec<T>,
    residual: Vec<T>,
    reference: T,
    change: Vec<T>,
}

impl<T: Real> Trajectory<T> for HeatTrajectory<'_, T> {
    fn advance(&mut self, step: usize) {
        vector::axpy(T::ONE, &self.change, &mut self.u);
        self.change.fill(T::ZERO);
        self.step = step;
        self.operator = self.heat.operator(step);
        self.reference = self.heat.residual(step, &self.u, &mut self.residual);
    }

    fn system(&mut self) -> System<'_, T> {
        let operator: Box<dyn Sweep<T>> = Box::new(self.operator);
        System { operator, b: &self.residual, x: &mut self.change, reference: self.reference }
    }

    fn true_residual(&self) -> f64 {
        let weight = self.heat.weight(self.step);
        let (centre, side) = (T::from_f64(1.0 + 4.0 * weight), T::from_f64(-weight));
        grid::true_residual(self.heat.side(), centre, side, &self.residual, &self.change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conductivity_is_that_of_the_program() {
        assert_eq!(conductivity(0.0), 0.0);
        assert!((conductivity(0.25) - 0.1).abs() < 1e-12);
        assert!((conductivity(0.75) - 10.0).abs() < 1e-12);
        assert!((conductivity(4.75) - 10.0).abs() < 1e-12);
    }

    #[test]
    fn an_eigenfunction_decays_as_crank_nicolson_says() {
        // sin(pi x) sin(pi y) is an eigenvector of A with eigenvalue 1 + weight (4 - 4 cos(pi h)).
        let heat = Heat::new(20, 1);
        let side = 19;
        let u: Vec<f64> = (0..side * side)
            .map(|k| {
                let place = |k: usize| (PI * (k + 1) as f64 / 20.0).sin();
                place(k % side) * place(k / side)
            })
            .collect();
        let mut product = vec![0.0; u.len()];
        heat.operator::<f64>(700).apply(&u, &mut product);
        let expected = 1.0 + heat.weight(700) * (4.0 - 4.0 * (PI / 20.0).cos());
        assert!(product.iter().zip(&u).all(|(p, u)| (p - expected * u).abs() < 1e-12));
        // It is the smallest eigenvalue, and the diagonal is constant.
        let alpha = (1.0 + 4.0 * heat.weight(700)) / expected;
        assert!((Problem::<f64>::spectrum(&heat, 700).alpha - alpha).abs() < 1e-9);
    }

    #[test]
    fn the_change_solves_crank_nicolson() {
        // (I - W) (u + d) = (I + W) u + dt f, with W from the operator of the step.
        let heat = Heat::new(12, 1);
        let step = 730;
        let u: Vec<f64> = heat.initial();
        let mut r = vec![0.0; u.len()];
        let size = heat.residual(step, &u, &mut r);
        let mut au = vec![0.0; u.len()];
        heat.operator::<f64>(step).apply(&u, &mut au);
        let mut source = vec![0.0; u.len()];
        let _ = heat.residual(step, &vec![0.0; u.len()], &mut source);
        let b: Vec<f64> = u.iter().zip(&au).zip(&source).map(|((u, au), f)| 2.0 * u - au + f).collect();
        assert!((vector::norm(&b) - size).abs() < 1e-12 * size);
        assert!(r.iter().zip(&b).zip(&au).all(|((r, b), au)| (r - (b - au)).abs() < 1e-12));
    }

    #[test]
    fn bumps_stand_where_they_should() {
        let heat = Heat::new(8, 1);
        let u: Vec<f64> = heat.initial();
        assert_eq!(u[3 * 7 + 3], 1.0);
        assert_eq!(u.iter().filter(|&&u| u > 0.0).count(), 9);
        assert!((u[3 * 7 + 2] - (1.0 - 1.0 / 0.75_f64).exp()).abs() < 1e-15);
        // The source stands right of the middle at the first step.
        let mut b = vec![0.0_f64; 49];
        let size = heat.residual(0, &[0.0; 49], &mut b);
        assert_eq!(size, vector::norm(&b));
        let highest = b.iter().fold(0.0_f64, |highest, b| highest.max(*b));
        let place = b.iter().position(|&b| b == highest).unwrap();
        assert_eq!(place, 3 * 7 + 5);
        assert!(b[place] > 0.9 * 32e-3 && b[place] <= 32e-3);
    }
}
