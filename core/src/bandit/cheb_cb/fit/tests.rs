use super::*;
use crate::rng::Xoshiro128;

#[test]
fn the_solve_agrees_with_elimination_in_double_precision() {
    let mut rng = Xoshiro128::new(6);
    for round in 0..1000 {
        let (mut normal, mut rhs) = ([0.0_f32; TRIANGLE], [0.0_f32; FEATURES]);
        for _ in 0..6 + rng.word() % 40 {
            let f = features(2.0 * rng.unit() - 1.0);
            let loss = 50.0 * rng.unit();
            for i in 0..FEATURES {
                (0..=i).for_each(|j| normal[i * (i + 1) / 2 + j] += f[i] * f[j]);
                rhs[i] += f[i] * loss;
            }
        }
        let ridge = 1e-2;
        let mut theta = [0.0; FEATURES];
        assert!(solve(&normal, &rhs, ridge, &mut theta));
        // The residual of the normal equations, formed in double precision.
        let scale = rhs.iter().fold(0.0_f64, |m, r| m.max(f64::from(r.abs())));
        for i in 0..FEATURES {
            let mut left = f64::from(ridge) * f64::from(theta[i]);
            for (k, theta) in theta.iter().enumerate() {
                let (low, high) = (i.min(k), i.max(k));
                left += f64::from(normal[high * (high + 1) / 2 + low]) * f64::from(*theta);
            }
            assert!((left - f64::from(rhs[i])).abs() < 2e-4 * scale, "round {round} row {i}");
        }
    }
}

#[test]
fn a_matrix_that_is_not_positive_definite_leaves_the_fit_within_bounds() {
    let mut normal = [0.0; TRIANGLE];
    normal[0] = 1.0;
    normal[2] = -3.0;
    let mut theta = [7.0; FEATURES];
    assert!(!solve(&normal, &[1.0; FEATURES], 1e-6, &mut theta));
    assert_eq!(theta, [7.0; FEATURES]);
    // Memory that a caller scrambled: finite, but no sum of squares.
    let mut arm = [0.0; ARM];
    arm[..TRIANGLE].copy_from_slice(&normal);
    fit(&mut arm, &features(0.3), 20.0, [50.0, 10.0]);
    let bounds = [50.0, 20.0, 10.0, 20.0 / 3.0, 5.0, 4.0];
    assert!(coefficients(&arm).iter().zip(bounds).all(|(t, b)| t.abs() <= b * 1.000_001));
}

#[test]
fn bounds_hold_and_descent_goes_down() {
    let mut rng = Xoshiro128::new(8);
    for _ in 0..300 {
        let mut arm = [0.0; ARM];
        for _ in 0..30 {
            // Contexts close together: the fit is nearly singular and wild without bounds.
            let f = features(0.9 + 0.05 * rng.unit());
            fit(&mut arm, &f, 20.0 + 30.0 * rng.unit(), [50.0, 10.0]);
        }
        let theta = coefficients(&arm);
        let bounds = [50.0, 20.0, 10.0, 20.0 / 3.0, 5.0, 4.0];
        assert!(theta.iter().zip(bounds).all(|(t, b)| t.abs() <= b * 1.000_001), "{theta:?}");
        let near = dot(theta, &features(0.925));
        assert!((20.0..50.0).contains(&near), "{near}");
    }
}
