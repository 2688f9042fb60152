//! The gates that training left, and one cycle with them held against PyTorch.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests compare")]

use std::path::Path;
use std::process::Command;

use tinysolve::Real;
use tinysolve::linear::cycle::{Cells, Cycle, CycleOptions, Domain, Gates, Shape};
use tinysolve::operator::Direction;
use tinysolve_tests::layouts::{OPEN_SIDES, problems};
use tinysolve_tests::pressure::{Settings, Way, component_aware, solve, trained};
use tinysolve_tests::threads;

const SIDE: usize = 32;
const CELLS: usize = SIDE * SIDE;

/// A region, a residual on its black cells, and what the cycle of `examples/train/dcd.py` makes of it in f64.
const GOLDEN: &[u8] = include_bytes!("../data/dcd/cycle_32.bin");

#[test]
fn the_library_holds_what_training_left() {
    assert_eq!(trained(), Gates::TRAINED);
    assert_eq!(Gates::TRAINED.check(), Ok(()));
}

/// |z - expected| / |expected|.
fn deviation<T: Real>() -> f64 {
    let cells: Vec<u8> = GOLDEN[..CELLS].to_vec();
    let (r, z) = GOLDEN[CELLS..].split_at(4 * CELLS);
    let r: Vec<T> = r.as_chunks::<4>().0.iter().map(|bytes| T::from_f32(f32::from_le_bytes(*bytes))).collect();
    let z: Vec<f64> = z.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
    let domain = Domain::new(SIDE, SIDE, &cells, OPEN_SIDES).unwrap();
    let mut codes = vec![0; Cells::codes_len(SIDE, SIDE)];
    let cells = Cells::new(&domain, &mut codes).unwrap();
    let options = CycleOptions { shape: Shape::W, pieces: 256 };
    let sizes = Cycle::<T>::sizes(SIDE, SIDE, options);
    let (mut numbers, mut indices) = (vec![T::ZERO; sizes.numbers], vec![0; sizes.indices]);
    let mut cycle = Cycle::new(cells, &Gates::TRAINED, options, &mut numbers, &mut indices).unwrap();
    assert!(cycle.pieces() > 0 && cycle.merged() == 0);
    let half = cells.half();
    let (mut red, mut black, mut found) = (vec![T::ZERO; half], vec![T::ZERO; half], vec![T::ZERO; half]);
    cells.pack(&r, &mut red, &mut black).unwrap();
    assert!(red.iter().all(|r| *r == T::ZERO));
    cycle.direction(&black, &mut found);
    let mut expected = vec![0.0; half];
    cells.pack(&z, &mut vec![0.0; half], &mut expected).unwrap();
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>().sqrt();
    let gap = norm(&mut found.iter().zip(&expected).map(|(a, b)| a.to_f64() - b));
    gap / norm(&mut expected.iter().copied())
}

#[test]
fn a_cycle_agrees_with_pytorch() {
    let (single, double) = (deviation::<f32>(), deviation::<f64>());
    println!("one cycle against PyTorch in f64: {single:e} in f32, {double:e} in f64");
    assert!(single <= 1e-6 && double <= 1e-7);
}

/// What bounds a second visit leaves the trained weights alone, and there is room for all pieces, on layouts like those of
/// the training.
#[test]
fn trained_gates_are_not_clamped() {
    for problem in problems(32, 20, 1).iter().chain(&problems(64, 20, 1)) {
        let n = problem.n;
        let domain = Domain::new(n, n, &problem.cells, OPEN_SIDES).unwrap();
        let mut codes = vec![0; Cells::codes_len(n, n)];
        let cells = Cells::new(&domain, &mut codes).unwrap();
        let sizes = Cycle::<f32>::sizes(n, n, component_aware(n));
        let (mut numbers, mut indices) = (vec![0.0; sizes.numbers], vec![0; sizes.indices]);
        let cycle = Cycle::new(cells, &trained(), component_aware(n), &mut numbers, &mut indices).unwrap();
        assert_eq!(cycle.merged(), 0);
        for level in 2..cycle.levels() - 1 {
            let wanted = trained().second[(level - 1).min(2)];
            assert!((cycle.second_visit(level) - wanted).abs() < 1e-6, "level {level}: {}", cycle.second_visit(level));
        }
    }
}

/// Trains for seconds: the loss falls. Left out, and said so, where there is no PyTorch; `TINYSOLVE_PYTHON` names one.
#[test]
fn training_lowers_the_loss() {
    let python = std::env::var("TINYSOLVE_PYTHON").unwrap_or_else(|_| "python3".into());
    let has_torch = Command::new(&python).args(["-c", "import torch, scipy"]).output();
    if !has_torch.is_ok_and(|output| output.status.success()) {
        println!("left out: {python} has no PyTorch");
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/train/dcd.py");
    let output = Command::new(&python).arg(script).args(["--steps", "10", "--check"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    println!("{said}");
}

/// 20 regions of 128 x 128 cells, or 1,000 where `TINYSOLVE_LONG` is set.
#[test]
fn no_region_takes_long() {
    let count = if std::env::var_os("TINYSOLVE_LONG").is_some() { 1_000 } else { 20 };
    let set = problems(128, count, 900_000);
    let way = Way::Cycle(trained(), component_aware(128));
    let outcomes = threads::map(count, |index| solve(&set[index], way, Settings::to(1e-6)));
    let worst = outcomes.iter().map(|outcome| outcome.iterations).max().unwrap();
    let failed = outcomes.iter().filter(|outcome| outcome.handed_over.is_some()).count();
    println!("{count} regions of 128 x 128 cells to 1e-6: {worst} iterations at worst, {failed} handed over");
    assert!(worst <= 20 && failed == 0);
}
