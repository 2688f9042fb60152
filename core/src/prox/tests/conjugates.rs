//! Moreau's decomposition: v = prox of step f at v + step prox of f* / step at v / step, with a conjugate that was written
//! down by itself.

use crate::operator::Prox;
use crate::prox::rules::Conjugate;
use crate::prox::testing::Random;
use crate::prox::{norms, ordered, separable, sets, spectral};
use crate::real::Real;
use std::vec;
use std::vec::Vec;

/// Largest distance of the conjugate by decomposition from the conjugate itself, over random points.
fn apart<T: Real>(f: &dyn Prox<T>, conjugate: &dyn Prox<T>, n: usize) -> f64 {
    struct By<'a, T>(&'a dyn Prox<T>);
    impl<T: Real> Prox<T> for By<'_, T> {
        fn scratch_len(&self, n: usize) -> usize {
            self.0.scratch_len(n)
        }
        fn check(&self, n: usize, scratch: usize) -> Result<(), crate::Error> {
            self.0.check(n, scratch)
        }
        fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
            self.0.prox(x, step, scratch);
        }
        fn value(&self, x: &[T]) -> T {
            self.0.value(x)
        }
    }
    let mut random = Random::new(21);
    let by = Conjugate { function: By(f) };
    let mut worst = 0.0_f64;
    for _ in 0..300 {
        let v: Vec<T> = random.point(n).into_iter().map(T::from_f64).collect();
        let step = T::from_f64(random.power(-1.0, 1.0));
        let (mut p, mut q) = (v.clone(), v.clone());
        by.prox(&mut p, step, &mut vec![T::ZERO; by.scratch_len(n)]);
        conjugate.prox(&mut q, step, &mut vec![T::ZERO; conjugate.scratch_len(n)]);
        let size = v.iter().fold(1.0, |size: f64, v| size.max(v.to_f64().abs()));
        for (p, q) in p.iter().zip(&q) {
            worst = worst.max((p.to_f64() - q.to_f64()).abs() / size);
        }
    }
    worst
}

fn pairs<T: Real>(n: usize) -> Vec<(&'static str, f64)> {
    let one = T::ONE;
    let unit = separable::Interval { low: -one, high: one };
    let matrix = |function| spectral::SingularValues { rows: 2, columns: 3, function };
    let ball = spectral::SingularValues { rows: 2, columns: 3, function: unit };
    let count = 3;
    let total = T::from_f64(3.0);
    let capped = sets::CappedSimplex { weights: &[], total, low: T::ZERO, high: one };
    vec![
        ("L1 and the box", apart::<T>(&separable::L1, &unit, n)),
        ("L2 and its ball", apart::<T>(&norms::L2, &sets::L2Ball { radius: one }, n)),
        ("L-infinity and the L1 ball", apart::<T>(&norms::LInfinity, &sets::L1Ball { radius: one }, n)),
        ("max and the simplex", apart::<T>(&norms::Largest, &sets::Simplex { total: one }, n)),
        ("k largest and the capped simplex", apart::<T>(&ordered::SumOfLargest { count }, &capped, n)),
        ("nonnegative and nonpositive", apart::<T>(&separable::Nonnegative, &separable::Nonpositive, n)),
        ("squares", apart::<T>(&separable::SquaredL2, &separable::SquaredL2, n)),
        (
            "positive part and [0, 1]",
            apart::<T>(&separable::PositivePart, &separable::Interval { low: T::ZERO, high: one }, n),
        ),
        ("nuclear norm and spectral ball", apart::<T>(&matrix(separable::L1), &ball, 6)),
    ]
}

#[test]
fn conjugates_that_are_known() {
    for (pair, apart) in pairs::<f64>(6) {
        assert!(apart <= 64.0 * f64::EPSILON, "{pair}: {apart:e}");
    }
    for (pair, apart) in pairs::<f32>(6) {
        assert!(apart <= 64.0 * f64::from(f32::EPSILON), "{pair}: {apart:e}");
    }
}
