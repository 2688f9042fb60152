//! Four seconds of an electrocardiogram with noise and outliers, and three ways to get rid of them: total variation, total
//! variation with Huber's fidelity, and a learned proximal network.

use tinysolve::Error;
use tinysolve::container::Reader;
use tinysolve::net::lpn::Lpn;
use tinysolve::operator::Prox;
use tinysolve::prox::rules::{Scale, Translate};
use tinysolve::prox::separable::Huber;
use tinysolve::prox::variation::TotalVariation;
use tinysolve::rng::Xoshiro128;
use tinysolve::solve::{Report, Solver};
use tinysolve::splitting::{Admm, AdmmConfig};

/// Samples, 360 a second.
pub const SAMPLES: usize = 1440;
/// Samples the network sees at a time.
pub const WINDOW: usize = 32;
/// Elements of scratch of the network.
const SCRATCH: usize = WINDOW + 2 * 48;
/// Standard deviation of the noise in mV.
pub const NOISE: f32 = 0.1;
/// Weight of total variation, chosen with the clean signal at hand.
pub const WEIGHT: f32 = 0.9;
/// The same beside Huber's function, whose width is that of the noise.
pub const ROBUST_WEIGHT: f32 = 1.2;

/// Bytes at a multiple of 16.
#[repr(align(16))]
struct Aligned<const N: usize>([u8; N]);

/// Counts of 1/200 mV, two bytes each.
static RECORD: &[u8] = include_bytes!("../../../tests/data/ecg/ecg.bin");
static NETWORK: Aligned<{ include_bytes!("../../../tests/data/ecg/ecg.tslv").len() }> =
    Aligned(*include_bytes!("../../../tests/data/ecg/ecg.tslv"));

/// The signal as it was recorded, in mV.
#[must_use]
pub fn recorded() -> [f32; SAMPLES] {
    let mut signal = [0.0; SAMPLES];
    for (signal, bytes) in signal.iter_mut().zip(RECORD.as_chunks::<2>().0) {
        *signal = f32::from(i16::from_le_bytes(*bytes)) / 200.0;
    }
    signal
}

/// The signal with nearly Gaussian noise, and an outlier of 1 to 2 mV in one sample of 25.
#[must_use]
pub fn disturbed(signal: &[f32; SAMPLES]) -> [f32; SAMPLES] {
    let mut random = Xoshiro128::new(360);
    signal.map(|x| {
        let mut noise = -6.0;
        for _ in 0..12 {
            noise += random.unit();
        }
        let outlier = if random.unit() < 0.04 { 1.0 + random.unit() } else { 0.0 };
        let sign = if random.unit() < 0.5 { -1.0 } else { 1.0 };
        x + NOISE * noise + sign * outlier
    })
}

/// |x - signal|² / 2 + weight TV(x) at its least, directly.
pub fn by_total_variation(signal: &mut [f32; SAMPLES], weight: f32) {
    TotalVariation.prox(signal, weight, &mut []);
}

/// Huber(x - signal) + weight TV(x) at its least, by ADMM: an outlier pulls no more than noise does.
///
/// # Errors
/// None, for the sizes are right.
pub fn by_robust_total_variation(
    signal: &[f32; SAMPLES],
    weight: f32,
    x: &mut [f32; SAMPLES],
    memory: &mut [f32; 3 * SAMPLES],
) -> Result<Report<f32>, Error> {
    let fidelity = Translate { function: Huber { width: NOISE }, by: signal };
    let variation = Scale { function: TotalVariation, factor: weight };
    let config = AdmmConfig { penalty: 4.0, ..AdmmConfig::default() };
    let (multipliers, workspace) = memory.split_at_mut_checked(SAMPLES).unwrap_or_default();
    multipliers.fill(0.0);
    *x = *signal;
    Ok(Admm::new(&fidelity, &variation, x, multipliers, workspace, &config)?.run())
}

/// The learned network, window by window.
///
/// # Errors
/// None, for the container is right.
pub fn by_network(signal: &mut [f32; SAMPLES]) -> Result<(), Error> {
    let network = Lpn::load(&Reader::new(&NETWORK.0)?)?;
    Prox::<f32>::check(&network, SAMPLES, SCRATCH)?;
    network.prox(signal, 1.0, &mut [0.0; SCRATCH]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tinysolve::solve::Step;

    fn error(x: &[f32], y: &[f32]) -> f32 {
        let squares: f32 = x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum();
        (squares / 1440.0).sqrt()
    }

    #[test]
    fn outliers_are_no_match_for_huber() -> Result<(), Error> {
        let clean = recorded();
        let noisy = disturbed(&clean);
        let (mut plain, mut robust, mut learned) = (noisy, noisy, noisy);
        by_total_variation(&mut plain, WEIGHT);
        let report = by_robust_total_variation(&noisy, ROBUST_WEIGHT, &mut robust, &mut [0.0; 3 * SAMPLES])?;
        by_network(&mut learned)?;
        assert_eq!(report.step, Step::Converged);
        let errors = [&noisy, &plain, &robust, &learned].map(|x| error(x, &clean));
        let [noisy, plain, robust, learned] = errors;
        assert!(plain < 0.5 * noisy && learned < 0.5 * noisy && robust < 0.6 * plain, "{errors:?}");
        Ok(())
    }
}
