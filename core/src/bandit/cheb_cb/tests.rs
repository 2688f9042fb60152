use super::*;
use std::vec::Vec;

type Twenty = ChebCb<[f32; ChebCb::workspace_len(20)]>;

fn learner() -> Twenty {
    ChebCb::new([0.0; 660], ChebCbConfig { low: 0.0, high: 1.0, ..ChebCbConfig::default() }).unwrap()
}

#[test]
fn finds_the_arm_of_each_context() {
    let mut bandit = learner();
    let mut contexts = Xoshiro128::new(4);
    let (mut regret, mut fixed) = (0.0, 0.0);
    for round in 0..4000 {
        let context = contexts.unit();
        let best = 3.0 + 14.0 * context;
        let arm = bandit.select(context) as f32;
        bandit.update(20.0 + 2.0 * (arm - best).abs());
        if round >= 2000 {
            regret += (arm - best).abs();
            fixed += (10.0 - best).abs();
        }
    }
    assert!(regret < 0.6 * fixed, "{regret} against {fixed} of the best fixed arm");
}

#[test]
fn the_fit_is_least_squares() {
    // One arm, costs from a polynomial it can represent: the prediction must reproduce it.
    let mut bandit = ChebCb::new([0.0; 33], ChebCbConfig { low: -1.0, high: 1.0, ..ChebCbConfig::default() }).unwrap();
    let cost = |z: f32| 40.0 + 12.0 * z + 5.0 * (2.0 * z * z - 1.0) - 2.0 * (4.0 * z * z * z - 3.0 * z);
    let mut contexts = Xoshiro128::new(4);
    for _ in 0..2000 {
        let z = 2.0 * contexts.unit() - 1.0;
        assert_eq!(bandit.select(z), 0);
        bandit.update(cost(z));
    }
    for k in 0..=20 {
        let z = f32::from(k as u8) / 10.0 - 1.0;
        assert!((bandit.predict(0, z) - cost(z)).abs() < 0.2, "{z}: {} {}", bandit.predict(0, z), cost(z));
    }
}

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

#[test]
fn hostile_input_stays_finite() {
    let mut bandit = learner();
    for (context, cost) in
        [(f32::NAN, 5.0), (f32::INFINITY, 1e30), (-9.0, 0.0), (0.5, f32::NAN), (0.5, -3.0), (1e30, 1.0)]
    {
        for _ in 0..200 {
            assert!(bandit.select(context) < 20);
            bandit.update(cost);
        }
    }
    assert!(bandit.memory.iter().all(|value| value.is_finite()));
}

#[test]
fn stored_and_loaded_between_any_two_calls() {
    let (mut whole, mut moved) = (learner(), learner());
    let mut bytes = [0; ChebCb::container_len(20)];
    let mut contexts = Xoshiro128::new(2);
    let costs: Vec<f32> = (0..400).map(|k| 20.0 + (k % 17) as f32).collect();
    for (round, cost) in costs.into_iter().enumerate() {
        let context = contexts.unit();
        let arm = whole.select(context);
        assert_eq!(moved.select(context), arm, "round {round}");
        moved.store(&mut bytes).unwrap();
        moved = ChebCb::load([f32::NAN; 660], &bytes).unwrap();
        whole.update(cost + arm as f32);
        moved.update(cost + arm as f32);
    }
}

#[test]
fn ranges_and_memory_are_checked() {
    let config = ChebCbConfig::default();
    assert!(ChebCb::new([0.0; 34], config).is_err() && ChebCb::new([0.0; 0], config).is_err());
    let error = ChebCb::new([0.0; 33], ChebCbConfig { high: -2.0, ..config }).err();
    assert_eq!(error, Some(Error::OutOfRange { field: Field::Context, index: 1 }));
    let error = ChebCb::new([0.0; 33], ChebCbConfig { low: f32::NAN, ..config }).err();
    assert_eq!(error, Some(Error::NotFinite { field: Field::Context, index: 0 }));
}

#[test]
fn twenty_arms_fit_2_8_kib() {
    assert!(size_of::<Twenty>() <= 2867);
}
