//! Pressure problems: square regions with obstacles, open at y = 0, and right-hand sides from divergences.
//!
//! The generator, like that of examples/train/dcd.py: discs, boxes and half-open bars until a share of 5 to 35 % is solid,
//! pockets sealed; five layouts that training never saw; b = divergence of a smooth field with 0, 10, 30 or 100 % noise,
//! zero at walls, of norm 1.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use tinysolve::linear::cycle::{FLUID, SOLID, seal_pockets};

/// Open at y = 0, closed elsewhere.
pub const OPEN_SIDES: [bool; 4] = [false, false, true, false];

/// The layouts out of distribution.
pub const UNSEEN: [&str; 5] = ["comb", "ring", "maze", "porous", "spiral"];

/// A region of n x n cells and a right-hand side of norm 1 on it, x running fastest.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Cells a side.
    pub n: usize,
    /// Solid or fluid.
    pub cells: Vec<u8>,
    /// The right-hand side, of norm 1.
    pub b: Vec<f64>,
}

/// The random numbers of a problem.
pub struct Source(ChaCha8Rng);

impl Source {
    /// A stream of its own for each seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.0.random::<f64>()
    }

    fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }
}

fn seal(n: usize, cells: &mut [u8]) {
    seal_pockets(n, n, cells, OPEN_SIDES, &mut vec![0; n * n]).unwrap();
}

fn solid_share(cells: &[u8]) -> f64 {
    cells.iter().filter(|&&cell| cell == SOLID).count() as f64 / cells.len() as f64
}

/// A layout in distribution.
#[must_use]
pub fn layout(n: usize, source: &mut Source) -> Vec<u8> {
    loop {
        let mut cells = vec![FLUID; n * n];
        let target = source.within(0.05, 0.35);
        for _ in 0..200 {
            if solid_share(&cells) >= target {
                break;
            }
            obstacle(n, &mut cells, source);
        }
        seal(n, &mut cells);
        let share = solid_share(&cells);
        if share > 0.04 && share < 0.40 && cells[..n].contains(&FLUID) {
            return cells;
        }
    }
}

fn obstacle(n: usize, cells: &mut [u8], source: &mut Source) {
    let side = n as f64;
    let kind = source.below(3);
    let (cy, cx) = (source.within(0.0, side), source.within(0.0, side));
    let size = source.within(0.04, 0.16) * side;
    let (a, b) = (size * source.within(0.3, 1.6), size * source.within(0.3, 1.6));
    let thickness = (0.35 * size).max(1.0);
    let sign = |source: &mut Source| if source.below(2) == 0 { -1.0 } else { 1.0 };
    let (sy, sx) = (sign(source), sign(source));
    for (index, cell) in cells.iter_mut().enumerate() {
        let (dy, dx) = ((index / n) as f64 - cy, (index % n) as f64 - cx);
        let is_inside = match kind {
            0 => dy * dy + dx * dx < size * size,
            1 => dy.abs() < a && dx.abs() < b,
            _ => {
                let along = |step: f64, across: f64| step >= 0.0 && step < 2.0 * size && across.abs() <= thickness;
                along(sy * dy, dx) || along(sx * dx, dy)
            }
        };
        if is_inside {
            *cell = SOLID;
        }
    }
}

/// A layout out of distribution, by its name.
#[must_use]
pub fn unseen(kind: &str, n: usize, source: &mut Source) -> Vec<u8> {
    let mut cells = vec![FLUID; n * n];
    let mut fill = |rows: core::ops::Range<usize>, columns: core::ops::Range<usize>, value: u8| {
        for y in rows.start..rows.end.min(n) {
            for x in columns.start..columns.end.min(n) {
                cells[y * n + x] = value;
            }
        }
    };
    match kind {
        "comb" => {
            for (tooth, x) in (n / 16..n).step_by(n / 8).enumerate() {
                let rows = if tooth % 2 == 1 { 0..n - n / 8 } else { n / 8..n };
                fill(rows, x..x + (n / 64).max(1), SOLID);
            }
        }
        "ring" => {
            let centre = n as f64 / 2.0;
            for y in 0..n {
                for x in 0..n {
                    let radius = (y as f64 - centre + 0.5).hypot(x as f64 - centre + 0.5);
                    for share in [0.2, 0.4] {
                        let is_wall = (radius - share * n as f64).abs() < 0.9;
                        let is_side = (y as f64 > centre) == (share < 0.3);
                        let is_gap = (x as f64 - centre).abs() < n as f64 / 24.0 + 1.0 && is_side;
                        if is_wall && !is_gap {
                            fill(y..y + 1, x..x + 1, SOLID);
                        }
                    }
                }
            }
        }
        "maze" => maze([0, n, 0, n], n, source, &mut fill),
        "porous" => {
            for y in 0..n {
                for x in 0..n {
                    if source.within(0.0, 1.0) <= 0.2 {
                        fill(y..y + 1, x..x + 1, SOLID);
                    }
                }
            }
        }
        _ => {
            for k in 0..3 {
                let a = (n as f64 * (0.12 + 0.12 * f64::from(k))) as usize;
                let b = n - a;
                fill(a..a + 1, a..b, SOLID);
                fill(b - 1..b, a..b, SOLID);
                fill(a..b, a..a + 1, SOLID);
                fill(a..b, b - 1..b, SOLID);
                if k % 2 == 1 {
                    fill(a..a + 1, b - 1 - n / 16..b - 1, FLUID);
                } else {
                    fill(b - 1..b, a + 1..a + 1 + n / 16, FLUID);
                }
            }
        }
    }
    seal(n, &mut cells);
    cells
}

type Fill<'f> = dyn FnMut(core::ops::Range<usize>, core::ops::Range<usize>, u8) + 'f;

fn maze([y0, y1, x0, x1]: [usize; 4], n: usize, source: &mut Source, fill: &mut Fill<'_>) {
    if (y1 - y0).min(x1 - x0) < n / 5 + 1 {
        return;
    }
    if y1 - y0 > x1 - x0 {
        let wall = y0 + n / 10 + source.below(y1 - y0 - 2 * (n / 10));
        let gap = x0 + source.below(x1 - x0 - 3);
        fill(wall..wall + 1, x0..x1, SOLID);
        fill(wall..wall + 1, gap..gap + 3, FLUID);
        maze([y0, wall, x0, x1], n, source, fill);
        maze([wall + 1, y1, x0, x1], n, source, fill);
    } else {
        let wall = x0 + n / 10 + source.below(x1 - x0 - 2 * (n / 10));
        let gap = y0 + source.below(y1 - y0 - 3);
        fill(y0..y1, wall..wall + 1, SOLID);
        fill(gap..gap + 3, wall..wall + 1, FLUID);
        maze([y0, y1, x0, wall], n, source, fill);
        maze([y0, y1, wall + 1, x1], n, source, fill);
    }
}

/// A divergence of norm 1 on a layout.
#[must_use]
pub fn divergence(n: usize, cells: &[u8], source: &mut Source) -> Vec<f64> {
    let mut field = || {
        let mut values = vec![0.0; n * n];
        for _ in 0..4 {
            let (ky, kx) = (source.within(-3.0, 3.0), source.within(-3.0, 3.0));
            let (weight, phase) = (source.normal(), source.within(0.0, core::f64::consts::TAU));
            for (index, value) in values.iter_mut().enumerate() {
                let (y, x) = ((index / n) as f64 / n as f64, (index % n) as f64 / n as f64);
                *value += weight * (2.0 * core::f64::consts::PI * (ky * y + kx * x) + phase).cos();
            }
        }
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
        let noise = [0.0, 0.1, 0.3, 1.0][source.below(4)];
        values.iter().map(|v| v / deviation.max(1e-9) + noise * source.normal()).collect::<Vec<_>>()
    };
    let (u, v) = (field(), field());
    let fluid = |x: usize, y: usize| x < n && y < n && cells[y * n + x] == FLUID;
    let mut b = vec![0.0; n * n];
    for y in 0..n {
        for x in 0..n {
            let here = y * n + x;
            if !fluid(x, y) {
                continue;
            }
            if fluid(x + 1, y) {
                b[here] += u[here];
                b[here + 1] -= u[here];
            }
            // The face above: open at y = 0.
            if y == 0 {
                b[here] += v[here];
            } else if fluid(x, y - 1) {
                b[here] += v[here];
                b[here - n] -= v[here];
            }
        }
    }
    let norm = b.iter().map(|b| b * b).sum::<f64>().sqrt();
    b.iter().map(|b| b / norm).collect()
}

/// `count` problems in distribution, always the same for a size and seed.
#[must_use]
pub fn problems(n: usize, count: usize, seed: u64) -> Vec<Problem> {
    (0..count)
        .map(|index| {
            let mut source = Source::new(seed + ((n as u64) << 32) + ((index as u64) << 48));
            let cells = layout(n, &mut source);
            let b = divergence(n, &cells, &mut source);
            Problem { n, cells, b }
        })
        .collect()
}

/// The five problems out of distribution.
#[must_use]
pub fn unseen_problems(n: usize, seed: u64) -> Vec<Problem> {
    UNSEEN
        .iter()
        .enumerate()
        .map(|(index, kind)| {
            let mut source = Source::new(seed + ((n as u64) << 32) + ((index as u64) << 48));
            let cells = unseen(kind, n, &mut source);
            let b = divergence(n, &cells, &mut source);
            Problem { n, cells, b }
        })
        .collect()
}
