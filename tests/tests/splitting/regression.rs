//! Random regressions, whose solutions coordinate descent finds.

use tinysolve::Real;
use tinysolve::splitting::Stopping;
use tinysolve_tests::qp::Random;

/// min |A x - b|² / 2 + weight |x|₁ or low <= x <= high.
pub(crate) struct Regression {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) a: Vec<f64>,
    pub(crate) b: Vec<f64>,
    pub(crate) weight: f64,
    pub(crate) start: Vec<f64>,
}

impl Regression {
    pub(crate) fn draw(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let columns = 2 + (random.word() % 7) as usize;
        // Wide in one case of three; else overdetermined, so that the solution is one.
        let rows = if seed.is_multiple_of(3) { columns - 1 } else { columns + 2 + (random.word() % 5) as usize };
        let mut draw = |count: usize| -> Vec<f64> { (0..count).map(|_| random.between(-1.0, 1.0)).collect() };
        let (a, b, start) = (draw(rows * columns), draw(rows), draw(columns));
        Self { rows, columns, a, b, weight: 0.125, start }
    }

    pub(crate) fn objective(&self, x: &[f64]) -> f64 {
        let residuals = self.a.chunks(self.columns).zip(&self.b).map(|(row, b)| dot(row, x) - b);
        residuals.map(|r| r * r / 2.0).sum::<f64>() + self.weight * x.iter().map(|x| x.abs()).sum::<f64>()
    }

    /// By coordinate descent with this scalar operator on each coordinate: exact in the limit, as g is separable.
    pub(crate) fn by_coordinates(&self, prox: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        let mut x = vec![0.0; self.columns];
        let mut residual: Vec<f64> = self.b.iter().map(|b| -b).collect();
        for _ in 0..200_000 {
            let mut moved = 0.0_f64;
            for (j, x) in x.iter_mut().enumerate() {
                let column = || self.a.iter().skip(j).step_by(self.columns);
                let curvature: f64 = column().map(|a| a * a).sum();
                let slope: f64 = column().zip(&residual).map(|(a, r)| a * r).sum();
                let new = prox(*x - slope / curvature, 1.0 / curvature);
                residual.iter_mut().zip(column()).for_each(|(r, a)| *r += a * (new - *x));
                moved = moved.max((new - *x).abs());
                *x = new;
            }
            if moved < 1e-14 {
                break;
            }
        }
        x
    }
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(crate) fn convert<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|value| T::from_f64(*value)).collect()
}

pub(crate) fn back<T: Real>(values: &[T]) -> Vec<f64> {
    values.iter().map(|value| value.to_f64()).collect()
}

pub(crate) fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

pub(crate) fn largest_gradient<T: Real>(tolerance: T) -> Stopping<T> {
    Stopping { check_every: 1, max_iterations: 100_000, stagnation_window: 0, ..Stopping::default() }
        .with_tolerance(tolerance)
}

pub(crate) fn cases() -> u64 {
    if std::env::var_os("TINYSOLVE_LONG").is_some_and(|value| value == "1") { 100_000 } else { 1000 }
}
