//! The library, called from Rust, gives the bits that `tests/c/bits.h` wants from C: on the host and on every chip.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::std_instead_of_core,
    reason = "a test on the host"
)]

use std::fs;

use tinysolve::Error;
use tinysolve::bandit::{ChebCb, ChebCbConfig, Learner, TsallisInf, TsallisInfConfig};
use tinysolve::linear::{Cg, PcgConfig, Sor, SorConfig, SsorCg, SsorCgConfig};
use tinysolve::matrix::{Csr, Stencil};
use tinysolve::operator::{LinearMap, Smooth, Sweep};
use tinysolve::prox::rules::Scale;
use tinysolve::prox::separable::{L1, Zero};
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::{CondatVu, PrimalDual, PrimalDualConfig};

const NX: usize = 9;
const NY: usize = 7;
const N: usize = NX * NY;

/// The plate of `tests/c/grid.h`.
fn plate() -> (Vec<u16>, Vec<u16>, Vec<f32>) {
    let (mut starts, mut columns, mut values) = (vec![0], vec![], vec![]);
    for k in 0..N {
        let neighbours = [
            (k >= NX, k.wrapping_sub(NX)),
            (!k.is_multiple_of(NX), k.wrapping_sub(1)),
            (true, k),
            ((k + 1) % NX != 0, k + 1),
            (k + NX < N, k + NX),
        ];
        for (_, other) in neighbours.into_iter().filter(|(inside, _)| *inside) {
            columns.push(other as u16);
            values.push(if other == k { 4.25 } else { -1.0 });
        }
        starts.push(columns.len() as u16);
    }
    (starts, columns, values)
}

fn rhs() -> Vec<f32> {
    (0..N).map(|k| ((k * 37 % 101) as f32 - 50.0) / 64.0).collect()
}

/// FNV-1a, as in `tests/c/check.h`.
fn hash(words: impl IntoIterator<Item = u32>) -> u64 {
    words
        .into_iter()
        .flat_map(u32::to_le_bytes)
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The number behind this name in the C header.
fn wanted(name: &str) -> u64 {
    let header = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/c/bits.h");
    let text = fs::read_to_string(header).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("#define BITS_{name} UINT64_C(0x"))).unwrap();
    u64::from_str_radix(line.trim_end_matches(')'), 16).unwrap()
}

fn sor(operator: &impl Sweep<f32>) -> u64 {
    let (b, mut x, mut workspace) = (rhs(), [0.0; N], [0.0; N]);
    let config = SorConfig { omega: 1.25, ..SorConfig::default() };
    let report = Sor::new(operator, &b, &mut x, &mut workspace, config).unwrap().run();
    assert_eq!(report.step, Step::Converged);
    hash(x.map(f32::to_bits))
}

#[test]
fn solvers() {
    let (starts, columns, values) = plate();
    let csr = Csr::new(&starts, &columns, &values).unwrap();
    let stencil = Stencil::new([NX, NY, 1], 4.25, [-1.0, -1.0, 0.0], None).unwrap();
    assert_eq!(sor(&csr), wanted("SOR_CSR"));
    assert_eq!(sor(&stencil), wanted("SOR_STENCIL"));

    let (b, mut x, mut workspace) = (rhs(), [0.0; N], [0.0; 5 * N]);
    let report = Cg::new(&csr, &b, &mut x, &mut workspace, PcgConfig::default()).unwrap().run();
    assert_eq!((report.step, hash(x.map(f32::to_bits))), (Step::Converged, wanted("CG")));

    let mut x = [0.0; N];
    let config = SsorCgConfig { omega: 1.25, ..SsorCgConfig::default() };
    let report = SsorCg::new(&csr, &b, &mut x, &mut workspace, config).unwrap().run();
    assert_eq!((report.step, hash(x.map(f32::to_bits))), (Step::Converged, wanted("SSOR_CG")));
}

/// Half the squared distance to b.
struct DistanceTo([f32; N]);

impl Smooth<f32> for DistanceTo {
    fn check_smooth(&self, _n: usize) -> Result<(), Error> {
        Ok(())
    }

    fn smooth_value(&self, _x: &[f32]) -> f32 {
        0.0
    }

    fn add_gradient(&self, x: &[f32], gradient: &mut [f32]) -> f32 {
        gradient.iter_mut().zip(x).zip(&self.0).for_each(|((gradient, x), b)| *gradient += x - b);
        0.0
    }
}

/// Differences of neighbours.
struct Apart;

impl LinearMap<f32> for Apart {
    fn rows(&self) -> usize {
        N - 1
    }

    fn columns(&self) -> usize {
        N
    }

    fn map(&self, x: &[f32], y: &mut [f32]) {
        y.iter_mut().zip(x.windows(2)).for_each(|(y, pair)| *y = pair[1] - pair[0]);
    }

    fn add_transposed(&self, y: &[f32], x: &mut [f32]) {
        for (k, y) in y.iter().enumerate() {
            x[k] -= y;
            x[k + 1] += y;
        }
    }
}

#[test]
fn functions_of_the_caller() {
    let smooth = DistanceTo(rhs().try_into().unwrap());
    let of_image = Scale { function: L1, factor: 0.125 };
    let problem = PrimalDual { function: &Zero, of_image: &of_image, map: &Apart, smooth: &smooth };
    let (mut x, mut y, mut workspace) = ([0.0; N], [0.0; N - 1], [0.0; 5 * N]);
    let config = PrimalDualConfig::for_norm(2.0, 1.0, 1.0);
    let report = CondatVu::new(problem, &mut x, &mut y, &mut workspace, &config).unwrap().run();
    assert_eq!((report.step, hash(x.map(f32::to_bits))), (Step::Converged, wanted("CONDAT_VU")));
}

/// The arms drawn in 500 rounds.
fn arms(mut learner: impl Learner) -> u64 {
    hash((0..500_u16).map(|round| {
        let arm = learner.select(f32::from(round % 64) / 32.0 - 1.0) as u32;
        learner.update(10.0 + 2.0 * (arm ^ 13) as f32);
        arm
    }))
}

#[test]
fn learners() {
    let config = TsallisInfConfig { seed: 42, ..TsallisInfConfig::default() };
    assert_eq!(arms(TsallisInf::new([0.0; TsallisInf::workspace_len(20)], config).unwrap()), wanted("TSALLIS_INF"));
    let config = ChebCbConfig { seed: 42, ..ChebCbConfig::default() };
    assert_eq!(arms(ChebCb::new([0.0; ChebCb::workspace_len(20)], config).unwrap()), wanted("CHEB_CB"));
}
