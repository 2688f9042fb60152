use super::*;
use std::vec::Vec;

const ARMS: usize = 20;

fn learner(seed: u64, reduced_variance: bool) -> TsallisInf<[f32; TsallisInf::workspace_len(ARMS)]> {
    TsallisInf::owned(TsallisInfConfig { seed, reduced_variance, ..TsallisInfConfig::default() }).unwrap()
}

/// Bisection in double precision on the bracket.
fn normaliser_f64(eta: f64, losses: &[f64]) -> f64 {
    let sum = |x: f64| losses.iter().map(|l| (2.0 / (eta * (l - x))).powi(2)).sum::<f64>();
    let (mut low, mut high) = (-2.0 * (losses.len() as f64).sqrt() / eta, -2.0 / eta);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if sum(middle) > 1.0 { high = middle } else { low = middle }
    }
    0.5 * (low + high)
}

#[test]
fn normaliser_agrees_with_bisection() {
    let mut rng = Xoshiro128::new(3);
    for round in 0..1000 {
        let arms = 1 + (rng.word() % 40) as usize;
        let spread = 10.0_f32.powi((rng.word() % 9) as i32 - 4);
        let mut losses: Vec<f32> = (0..arms).map(|_| rng.unit() * spread).collect();
        let least = losses.iter().fold(f32::MAX, |a, &b| a.min(b));
        losses.iter_mut().for_each(|loss| *loss -= least);
        let eta = 4.0 / (1.0 + rng.unit() * 1e5).sqrt();
        let exact = normaliser_f64(f64::from(eta), &losses.iter().map(|&l| f64::from(l)).collect::<Vec<_>>());
        let (x, sum) = normaliser(eta, || losses.iter().copied());
        assert!((sum - 1.0).abs() < 3e-5, "round {round}: {sum}");
        let got = f64::from(x);
        assert!((got - exact).abs() < 2e-5 * exact.abs(), "round {round}: {got} {exact}");
    }
}

#[test]
fn finds_the_cheapest_arm() {
    for reduced_variance in [false, true] {
        let mut bandit = learner(5, reduced_variance);
        let mut noise = Xoshiro128::new(9);
        let mut best = 0;
        for round in 0..4000 {
            let arm = bandit.select(0.0);
            best += u32::from(round >= 2000 && arm == 7);
            bandit.update(20.0 + 4.0 * (arm as f32 - 7.0).abs() + 10.0 * noise.unit());
        }
        assert!(best > 1000, "{best} of the last 2000 draws");
    }
}

#[test]
fn draws_follow_the_probabilities() {
    // Without any update the arms are alike: each is drawn with probability 1 / 20.
    let mut counts = [0_u32; ARMS];
    let mut bandit = learner(11, false);
    for _ in 0..40_000 {
        counts[bandit.select(0.0)] += 1;
    }
    assert!(counts.iter().all(|&count| count.abs_diff(2000) < 270), "{counts:?}");
}

#[test]
fn bad_costs_and_second_updates_teach_nothing() {
    let mut bandit = learner(1, true);
    bandit.update(5.0);
    assert_eq!(bandit.rounds(), 0);
    let _ = bandit.select(0.0);
    for cost in [f32::NAN, f32::INFINITY, -1.0] {
        bandit.update(cost);
    }
    assert_eq!(bandit.rounds(), 0);
    bandit.update(5.0);
    bandit.update(7.0);
    assert_eq!((bandit.rounds(), bandit.mean_cost()), (1, 5.0));
}

#[test]
fn constant_costs_and_huge_costs_stay_finite() {
    for cost in [0.0, 1.0, f32::MAX] {
        let mut bandit = learner(2, true);
        for _ in 0..2000 {
            assert!(bandit.select(f32::NAN) < ARMS);
            bandit.update(cost);
        }
        assert!(bandit.memory.iter().all(|value| value.is_finite()), "{cost:e}");
    }
}

#[test]
fn stored_and_loaded_between_any_two_calls() {
    let cost = |arm: usize| 30.0 + (arm as f32 - 4.0).powi(2);
    let mut whole = learner(8, true);
    let mut moved = learner(8, true);
    let mut bytes = [0; TsallisInf::container_len(ARMS)];
    for round in 0..300 {
        let arm = whole.select(0.0);
        assert_eq!(moved.select(0.0), arm, "round {round}");
        moved.store(&mut bytes).unwrap();
        moved = TsallisInf::load([f32::NAN; 40], &bytes).unwrap();
        whole.update(cost(arm));
        moved.update(cost(arm));
    }
    assert_eq!(whole.memory, moved.memory);
}

#[test]
fn memory_of_no_arm_or_half_an_arm_is_refused() {
    let config = TsallisInfConfig::default();
    assert!(TsallisInf::<[f32; 0]>::owned(config).is_err() && TsallisInf::<[f32; 7]>::owned(config).is_err());
    let capped = TsallisInfConfig { cost_cap: 0.5, ..config };
    let error = Error::OutOfRange { field: Field::Cost, index: 0 };
    assert_eq!(TsallisInf::<[f32; 8]>::owned(capped).err(), Some(error));
}

#[test]
fn twenty_arms_fit_256_bytes() {
    assert!(size_of::<TsallisInf<[f32; TsallisInf::workspace_len(20)]>>() <= 256);
}
