//! A network is a gradient, of a convex function, and does what it was trained for.

use super::*;
use crate::container::{ElementType, Kind, Reader, SectionSpec, Writer, container_len};
use crate::error::{Error, Field};
use crate::operator::Prox;
use crate::prox::variation::PlaneTotalVariation;
use crate::rng::Xoshiro128;
use crate::solve::{Solver, Step};
use std::vec;
use std::vec::Vec;

/// Bytes at a multiple of 16.
#[repr(align(16))]
struct Aligned<const N: usize>([u8; N]);

static LAPLACE: Aligned<{ include_bytes!("../../../../tests/data/lpn/laplace.tslv").len() }> =
    Aligned(*include_bytes!("../../../../tests/data/lpn/laplace.tslv"));
static DIGITS: Aligned<{ include_bytes!("../../../../tests/data/lpn/digits.tslv").len() }> =
    Aligned(*include_bytes!("../../../../tests/data/lpn/digits.tslv"));
/// 64 pictures of 8 x 8 that were not trained on, 0 to 16.
static PICTURES: &[u8] = include_bytes!("../../../../tests/data/lpn/digits.bin");

fn laplace() -> Lpn<'static> {
    Lpn::load(&Reader::new(&LAPLACE.0).unwrap()).unwrap()
}

fn digits() -> Lpn<'static> {
    Lpn::load(&Reader::new(&DIGITS.0).unwrap()).unwrap()
}

/// Nearly normal, from twelve uniform numbers.
fn normal(rng: &mut Xoshiro128) -> f64 {
    (0..12).map(|_| f64::from(rng.unit())).sum::<f64>() - 6.0
}

fn gradient(network: &Lpn<'_>, x: &[f64]) -> (f64, Vec<f64>) {
    let mut g = vec![0.0; x.len()];
    let potential = network.gradient(x, &mut g, &mut vec![0.0; network.hidden_len()]);
    (potential, g)
}

#[test]
fn the_output_is_the_gradient_of_the_potential() {
    let mut rng = Xoshiro128::new(1);
    for network in [laplace(), digits()] {
        let n = network.inputs();
        let mut worst = 0.0_f64;
        for _ in 0..20 {
            let x: Vec<f64> = (0..n).map(|_| normal(&mut rng)).collect();
            let direction: Vec<f64> = (0..n).map(|_| normal(&mut rng)).collect();
            let (_, g) = gradient(&network, &x);
            let at = |t: f64| {
                let moved: Vec<f64> = x.iter().zip(&direction).map(|(x, d)| x + t * d).collect();
                gradient(&network, &moved).0
            };
            let step = 1e-5;
            let difference = (at(step) - at(-step)) / (2.0 * step);
            let exact: f64 = g.iter().zip(&direction).map(|(g, d)| g * d).sum();
            worst = worst.max((difference - exact).abs() / (1.0 + exact.abs()));
        }
        assert!(worst <= 1e-7, "{worst:e}");
    }
}

#[test]
fn single_precision_is_near_double() {
    let mut rng = Xoshiro128::new(2);
    for network in [laplace(), digits()] {
        let n = network.inputs();
        for _ in 0..50 {
            let x: Vec<f32> = (0..n).map(|_| normal(&mut rng) as f32).collect();
            let (_, exact) = gradient(&network, &x.iter().map(|x| f64::from(*x)).collect::<Vec<_>>());
            let mut got = x.clone();
            network.prox(&mut got, 1.0, &mut vec![f32::NAN; Prox::<f32>::scratch_len(&network, n)]);
            let apart = got.iter().zip(&exact).fold(0.0, |most: f64, (a, b)| most.max((f64::from(*a) - b).abs()));
            assert!(apart <= 1e-5, "{apart:e}");
        }
    }
}

/// <f(a) - f(b), a - b> >= alpha |a - b|²: a prox.
#[test]
fn networks_are_monotone() {
    let mut rng = Xoshiro128::new(3);
    for network in [laplace(), digits()] {
        let n = network.inputs();
        for k in 0..300 {
            let reach = [2.0, 0.1, 1e-3][k % 3];
            let a: Vec<f64> = (0..n).map(|_| normal(&mut rng)).collect();
            let b: Vec<f64> = a.iter().map(|a| a + reach * normal(&mut rng)).collect();
            let (f_a, f_b) = (gradient(&network, &a).1, gradient(&network, &b).1);
            let product: f64 = (0..n).map(|k| (f_a[k] - f_b[k]) * (a[k] - b[k])).sum();
            let squares: f64 = (0..n).map(|k| (a[k] - b[k]).powi(2)).sum();
            assert!(product >= f64::from(network.alpha()) * squares * (1.0 - 1e-6), "{product:e} {squares:e}");
        }
    }
}

/// The Jacobian is symmetric: the same quantised weights both ways.
#[test]
fn jacobians_are_symmetric() {
    let mut rng = Xoshiro128::new(4);
    let network = digits();
    let n = network.inputs();
    for _ in 0..3 {
        let x: Vec<f64> = (0..n).map(|_| normal(&mut rng)).collect();
        let step = 1e-6;
        let column = |k: usize| {
            let moved = |t: f64| {
                let mut x = x.clone();
                x[k] += t;
                gradient(&network, &x).1
            };
            let (up, down) = (moved(step), moved(-step));
            up.iter().zip(&down).map(|(a, b)| (a - b) / (2.0 * step)).collect::<Vec<f64>>()
        };
        let jacobian: Vec<Vec<f64>> = (0..n).map(column).collect();
        let worst = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        let worst = worst.fold(0.0, |most: f64, (i, j)| most.max((jacobian[i][j] - jacobian[j][i]).abs()));
        assert!(worst <= 1e-5, "{worst:e}");
    }
}

/// Trained on Laplace's distribution under unit noise, the network is the soft threshold by 1.
#[test]
fn the_soft_threshold_is_recovered() {
    let network = laplace();
    let (mut sum, mut worst) = (0.0_f64, 0.0_f64);
    for k in -400..=400 {
        let y = f64::from(k) * 0.01;
        let mut x = [y as f32];
        network.prox(&mut x, 1.0, &mut vec![0.0; Prox::<f32>::scratch_len(&network, 1)]);
        let error = (f64::from(x[0]) - y.signum() * (y.abs() - 1.0).max(0.0)).abs();
        sum += error;
        worst = worst.max(error);
    }
    let mean = sum / 801.0;
    assert!(mean <= LAPLACE_MEAN && worst <= LAPLACE_WORST, "mean {mean}, worst {worst}");
}

/// Errors on [-4, 4] that the committed network is held to.
const LAPLACE_MEAN: f64 = 0.085;
const LAPLACE_WORST: f64 = 0.3;

/// Peak signal-to-noise ratio in dB, peak 1.
fn psnr(x: &[f32], clean: &[f32]) -> f64 {
    let error: f64 = x.iter().zip(clean).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    -10.0 * (error / clean.len() as f64).log10()
}

#[test]
fn digits_are_denoised_better_than_by_total_variation() {
    let network = digits();
    let mut rng = Xoshiro128::new(5);
    let clean: Vec<f32> = PICTURES.iter().map(|pixel| f32::from(*pixel) / 16.0).collect();
    let noisy: Vec<f32> = clean.iter().map(|x| x + 0.2 * normal(&mut rng) as f32).collect();
    let mut learned = noisy.clone();
    network.prox(&mut learned, 1.0, &mut vec![0.0; Prox::<f32>::scratch_len(&network, clean.len())]);
    // The best strength of total variation, chosen with the clean pictures at hand.
    let best = (1..=12).map(|k| {
        let plane = PlaneTotalVariation { rows: 8, columns: 8, rounds: 50, tolerance: 1e-5 };
        let mut x = noisy.clone();
        for picture in x.chunks_exact_mut(64) {
            plane.prox(picture, 0.02 * k as f32, &mut [0.0; 136]);
        }
        psnr(&x, &clean)
    });
    let best = best.fold(f64::NEG_INFINITY, f64::max);
    let learned = psnr(&learned, &clean);
    assert!(
        learned >= best + 2.0,
        "learned {learned:.2} dB, total variation {best:.2} dB, noisy {:.2}",
        psnr(&noisy, &clean)
    );
}

/// R of the Laplace network is |x| up to a constant and what the network is off; y is where f gives x.
#[test]
fn the_prior_is_found_by_inversion() {
    let network = laplace();
    let mut values = Vec::new();
    for k in 1..=6 {
        let x = [f64::from(k) * 0.5];
        let mut y = x;
        let mut workspace = vec![0.0; Prior::<f64>::workspace_len(&network)];
        let config = PriorConfig { relative: 1e-8, max_iterations: 500 };
        let mut prior = Prior::new(&network, &x, &mut y, &mut workspace, config).unwrap();
        let report = prior.run();
        assert_eq!(report.step, Step::Converged, "{report:?}");
        values.push(prior.value());
        assert!((gradient(&network, &y).1[0] - x[0]).abs() <= 1e-7);
    }
    for pair in values.windows(2) {
        // The slope of |x| is 1, over half a unit.
        assert!((pair[1] - pair[0] - 0.5).abs() < 0.2, "{values:?}");
    }
}

/// The prior rises when a digit is disturbed.
#[test]
fn the_prior_is_larger_at_a_disturbed_digit() {
    let network = digits();
    let mut rng = Xoshiro128::new(6);
    let value = |x: &[f32]| {
        let mut y = x.to_vec();
        let mut workspace = vec![0.0; Prior::<f32>::workspace_len(&network)];
        let config = PriorConfig { relative: 1e-3, max_iterations: 100 };
        let mut prior = Prior::new(&network, x, &mut y, &mut workspace, config).unwrap();
        let _ = prior.run();
        prior.value()
    };
    let mut larger = 0;
    for picture in PICTURES.chunks_exact(64).take(16) {
        let clean: Vec<f32> = picture.iter().map(|pixel| f32::from(*pixel) / 16.0).collect();
        let disturbed: Vec<f32> = clean.iter().map(|x| x + 0.3 * normal(&mut rng) as f32).collect();
        larger += u32::from(value(&disturbed) > value(&clean));
    }
    assert!(larger >= 15, "{larger} of 16");
}

/// A small network in a container, with one thing wrong.
fn container(change: impl Fn(&mut [u32; 4], &mut [f32; 8], &mut [f32; 16])) -> Vec<u8> {
    // n = 2, h = 2... L = 2: W_0 4, H 4, W 4, w 2.
    let mut shape = [2, 2, 2, 1];
    let mut values = [0.1, 0.01, 0.0, 0.1, 0.2, 0.3, 0.0, 0.0];
    let mut weights = [0.5_f32; 16];
    change(&mut shape, &mut values, &mut weights);
    let specs = [
        SectionSpec { tag: 1, element: ElementType::U32, len: 4 },
        SectionSpec::of::<f32>(2, 6),
        SectionSpec::of::<f32>(3, 14),
    ];
    let mut memory = vec![0_u8; container_len(&[16, 24, 56])];
    let mut writer = Writer::new(&mut memory, Kind::ProximalNetwork, 1, &specs).unwrap();
    writer.put(shape).unwrap();
    writer.put(values.into_iter().take(6)).unwrap();
    writer.put(weights.into_iter().take(14)).unwrap();
    writer.finish().unwrap();
    memory
}

#[test]
fn refusals_name_what_is_wrong() {
    type Change<'a> = &'a dyn Fn(&mut [u32; 4], &mut [f32; 8], &mut [f32; 16]);
    let load = |change: Change<'_>| {
        let bytes = container(change);
        // Any alignment of the allocator will do for f32.
        Reader::new(&bytes).and_then(|reader| Lpn::load(&reader).map(|_| ()))
    };
    assert_eq!(load(&|_, _, _| ()), Ok(()));
    for index in 0..3 {
        let refused = load(&|shape, _, _| shape[index] = 0);
        assert_eq!(refused, Err(Error::OutOfRange { field: Field::Size, index }));
    }
    assert_eq!(load(&|shape, _, _| shape[3] = 2), Err(Error::OutOfRange { field: Field::Size, index: 3 }));
    assert_eq!(load(&|shape, _, _| shape[1] = 3), Err(Error::Length { field: Field::Values, need: 8, got: 6 }));
    assert_eq!(load(&|shape, _, _| shape[0] = 3), Err(Error::Length { field: Field::Weights, need: 18, got: 14 }));
    assert!(load(&|shape, _, _| *shape = [u32::MAX; 4]).is_err());
    let field = Field::Values;
    assert_eq!(load(&|_, values, _| values[0] = 0.0), Err(Error::OutOfRange { field, index: 0 }));
    assert_eq!(load(&|_, values, _| values[1] = -1.0), Err(Error::OutOfRange { field, index: 1 }));
    assert_eq!(load(&|_, values, _| values[3] = f32::NAN), Err(Error::NotFinite { field, index: 3 }));
    let field = Field::Weights;
    // A negative weight is fine in W, not in H or w.
    assert_eq!(load(&|_, _, weights| weights[1] = -1.0), Ok(()));
    assert_eq!(load(&|_, _, weights| weights[5] = -1.0), Err(Error::OutOfRange { field, index: 1 }));
    assert_eq!(load(&|_, _, weights| weights[13] = -1.0), Err(Error::OutOfRange { field, index: 1 }));
    assert_eq!(load(&|_, _, weights| weights[9] = f32::INFINITY), Err(Error::NotFinite { field, index: 9 }));
    let bytes = container(|_, _, _| ());
    let reader = Reader::new(&bytes).unwrap();
    let network = Lpn::load(&reader).unwrap();
    let short = Error::Length { field: Field::Workspace, need: 6, got: 5 };
    assert_eq!(Prox::<f32>::check(&network, 4, 5), Err(short));
    assert_eq!(Prox::<f32>::check(&network, 3, 6), Err(Error::OutOfRange { field: Field::Size, index: 0 }));
    assert_eq!(Prox::<f32>::check(&network, 4, 6), Ok(()));
}
