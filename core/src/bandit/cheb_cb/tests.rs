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
