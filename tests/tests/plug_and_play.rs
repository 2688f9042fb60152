//! Plug-and-play ADMM: a learned network in the place of a proximal operator, on pictures it was not trained on.

#![allow(clippy::cast_precision_loss, clippy::unwrap_used, reason = "tests")]

use tinysolve::Real;
use tinysolve::container::Reader;
use tinysolve::net::lpn::Lpn;
use tinysolve::operator::Prox;
use tinysolve::prox::Weighted;
use tinysolve::prox::rules::{Scale, Translate};
use tinysolve::prox::separable::SquaredL2;
use tinysolve::prox::variation::PlaneTotalVariation;
use tinysolve::solve::Solver;
use tinysolve::splitting::{Admm, AdmmConfig, Stopping};
use tinysolve_tests::qp::Random;

#[repr(align(8))]
struct Aligned<const N: usize>([u8; N]);

static NETWORK: Aligned<{ include_bytes!("../data/lpn/digits.tslv").len() }> =
    Aligned(*include_bytes!("../data/lpn/digits.tslv"));
/// 64 pictures of 8 x 8, 0 to 16.
static PICTURES: &[u8] = include_bytes!("../data/lpn/digits.bin");

fn psnr(x: &[f32], clean: &[f32]) -> f64 {
    let squares: f64 = x.iter().zip(clean).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    -10.0 * (squares / x.len() as f64).log10()
}

/// Fills in what is missing of one picture after the other, with this prior.
fn fill_in<G: Prox<f32>>(seen: &[f32], mask: &[f32], prior: &G, penalty: f32, rounds: u32) -> Vec<f32> {
    let mut filled = Vec::new();
    for (seen, mask) in seen.chunks(64).zip(mask.chunks(64)) {
        let fidelity = Translate { function: Weighted { penalty: SquaredL2, weights: mask }, by: seen };
        let stopping = Stopping { max_iterations: rounds, ..AdmmConfig::default().stopping };
        let config = AdmmConfig { stopping, penalty, relaxation: 1.0, adapt_every: 0 };
        let need = fidelity.scratch_len(64).max(prior.scratch_len(64));
        let (mut z, mut u, mut workspace) = ([0.5; 64], [0.0; 64], vec![0.0; 128 + need]);
        let mut solver = Admm::new(&fidelity, prior, &mut z, &mut u, &mut workspace, &config).unwrap();
        let _ = solver.run();
        filled.extend_from_slice(solver.solution());
    }
    filled
}

#[test]
fn missing_pixels_are_filled_in_better_than_by_total_variation() {
    let network = Lpn::load(&Reader::new(&NETWORK.0).unwrap()).unwrap();
    let clean: Vec<f32> = PICTURES.iter().take(24 * 64).map(|pixel| f32::from(*pixel) / 16.0).collect();
    let mut random = Random::new(3);
    // Four pixels of ten are lost, and the rest is noisy.
    let mask: Vec<f32> = clean.iter().map(|_| f32::from(u8::from(random.between(0.0, 1.0) >= 0.4))).collect();
    let noise = |random: &mut Random| (0..6).map(|_| f32::from_f64(random.between(-0.1, 0.1))).sum::<f32>() / 1.5;
    let seen: Vec<f32> = clean.iter().zip(&mask).map(|(x, mask)| mask * (x + noise(&mut random))).collect();
    let learned = psnr(&fill_in(&seen, &mask, &network, 0.25, 30), &clean);
    // The best strength of total variation, chosen with the clean pictures at hand.
    let strengths = [0.005, 0.01, 0.02, 0.03, 0.05, 0.1].map(|factor| {
        let function = PlaneTotalVariation { rows: 8, columns: 8, rounds: 30, tolerance: 1e-4 };
        psnr(&fill_in(&seen, &mask, &Scale { function, factor }, 1.0, 100), &clean)
    });
    let best = strengths.into_iter().fold(f64::NEG_INFINITY, f64::max);
    println!("learned {learned:.2} dB, total variation {strengths:.2?} dB");
    assert!(best > strengths[0] && best > strengths[5], "the best strength is not among these: {strengths:?}");
    assert!(learned >= best + 3.0, "learned {learned:.2} dB, total variation {best:.2} dB");
}
