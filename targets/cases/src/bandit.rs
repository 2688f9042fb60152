//! Learners: what a choice costs, and the same choices everywhere.

#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "sizes of cases are small")]

use crate::{Hash, Meter, Pattern, Row};
use core::hint::black_box;
use tinysolve::bandit::{ChebCb, ChebCbConfig, Learner, TsallisInf, TsallisInfConfig};

/// The arms of the published experiments.
const ARMS: usize = 20;
/// Rounds played before a round is counted.
const ROUNDS: u32 = 600;

/// A cost with its least at an arm that moves with the context.
fn cost(arm: usize, context: f32, pattern: &mut Pattern) -> f32 {
    let distance = arm as f32 - 4.0 - 12.0 * context;
    40.0 + 0.5 * distance * distance + 10.0 * pattern.unit()
}

fn play(meter: &mut dyn Meter, name: &str, row: &Row, learner: &mut dyn Learner) {
    let mut pattern = Pattern::new(5);
    let mut hash = Hash::default();
    for _ in 0..ROUNDS {
        let context = pattern.unit();
        let arm = learner.select(context);
        hash.word(arm as u32);
        learner.update(cost(arm, context, &mut pattern));
    }
    meter.count(row, &mut || {
        let arm = learner.select(black_box(0.3));
        learner.update(black_box(40.0 + arm as f32));
    });
    meter.result(name, hash.word(learner.select(0.5) as u32).finish());
}

/// Tsallis-INF with both estimators.
pub(crate) fn tsallis_inf(meter: &mut dyn Meter) {
    for (reduced_variance, case, name) in [
        (true, "20 arms, reduced variance, round 601", "bandit/tsallis_inf/reduced_variance"),
        (false, "20 arms, plain, round 601", "bandit/tsallis_inf"),
    ] {
        let config = TsallisInfConfig { reduced_variance, ..TsallisInfConfig::default() };
        let Ok(mut learner) = TsallisInf::new([0.0; TsallisInf::workspace_len(ARMS)], config) else { return };
        let row = Row::new("bandit", "tsallis_inf select + update", case).goal("m4f", "2500");
        play(meter, name, &row, &mut learner);
    }
}

/// `ChebCB` with 20 arms.
pub(crate) fn cheb_cb(meter: &mut dyn Meter) {
    let config = ChebCbConfig { low: 0.0, high: 1.0, ..ChebCbConfig::default() };
    let Ok(mut learner) = ChebCb::new([0.0; ChebCb::workspace_len(ARMS)], config) else { return };
    let row = Row::new("bandit", "cheb_cb select + update", "20 arms, round 601").goal("m4f", "12000");
    play(meter, "bandit/cheb_cb", &row, &mut learner);
}
