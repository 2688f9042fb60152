//! Fifty temperature sensors on a plate, some of them broken: the input of `recovery/sensors` and of the example `recover`.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "sensors and times are few"
)]

use crate::Pattern;
use tinysolve::recovery::MaskedConfig;

/// Sensors: ten columns of five.
pub const SENSORS: usize = 50;
/// Readings of each, one an hour.
pub const TIMES: usize = 60;
/// Rank of the field: its mean, the day, and the weather.
pub const RANK: usize = 3;
/// Largest rank that is tried.
pub const RANK_MAX: usize = 4;

/// What is wrong with a sensor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Nothing.
    None,
    /// It repeats one reading from this time on.
    Stuck(usize),
    /// Every third reading or so is off by degrees.
    Spiking,
}

/// What is wrong with this sensor.
#[must_use]
pub const fn fault(sensor: usize) -> Fault {
    match sensor {
        7 => Fault::Stuck(42),
        23 => Fault::Stuck(38),
        31 => Fault::Stuck(45),
        12 | 40 => Fault::Spiking,
        _ => Fault::None,
    }
}

/// A wave between -1 and 1 without transcendental functions, close to a sine.
fn wave(time: f32, period: f32) -> f32 {
    let turn = time / period;
    let phase = 2.0 * (turn - turn as u32 as f32) - 1.0;
    -4.0 * phase * (1.0 - if phase < 0.0 { -phase } else { phase })
}

/// The temperature in degrees Celsius.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "times are positive and few")]
pub fn truth(sensor: usize, time: usize) -> f32 {
    let (east, north) = ((sensor % 10) as f32 / 9.0, (sensor / 10) as f32 / 4.0);
    let (day, weather) = (wave(time as f32, 24.0), wave(time as f32, 37.0));
    (20.0 + 2.0 * north) + (3.0 + 2.0 * east) * day + (1.0 + 3.0 * east * north) * weather
}

/// What the sensors say, sensor after sensor: noise of 0.016 degrees, broken sensors, and one reading in fifty off by degrees.
pub fn readings(out: &mut [f32]) {
    let mut pattern = Pattern::new(50);
    for (sensor, line) in out.chunks_exact_mut(TIMES).enumerate() {
        let mut last = 0.0;
        for (time, reading) in line.iter_mut().enumerate() {
            let noise = pattern.between(-0.02, 0.02) + pattern.between(-0.02, 0.02);
            let (chance, spike) = (pattern.unit(), pattern.between(-12.0, 12.0));
            let wrong = match fault(sensor) {
                Fault::Stuck(from) if time > from => {
                    *reading = last;
                    continue;
                }
                Fault::Spiking => chance < 0.33,
                _ => chance < 0.02,
            };
            *reading = truth(sensor, time) + noise + if wrong { spike } else { 0.0 };
            last = *reading;
        }
    }
}

/// The rank is not told; a reading fits within 0.15 degrees of a median of 21, and half of each sensor's have to.
#[must_use]
pub fn config() -> MaskedConfig<f32> {
    MaskedConfig {
        rank: 1,
        rank_max: RANK_MAX as u32,
        attempts: 2,
        tolerance: 0.007,
        share: 0.5,
        ..MaskedConfig::new(1)
    }
}
