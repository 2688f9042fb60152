//! Quadratic programs for tests and benches: random linear MPC problems, the same as in `tests/peers/qp.py`, and the
//! host's part of the preparation.

use tinysolve::factor::{
    Pattern, Symbolic, analyse, minimum_degree, minimum_degree_scratch, scratch_len, symbolic_len,
};
use tinysolve::splitting::qp::{self, Qp, QpConfig, QpData, QpPattern};
use tinysolve::{Error, Real};

/// `SplitMix64`.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 bits.
    pub const fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A multiple of 1/1024, so that f32 holds it.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.word() >> 11) as f64 / (1_u64 << 53) as f64;
        ((low + (high - low) * unit) * 1024.0).floor() / 1024.0
    }
}

/// A quadratic program: lower triangle of P by rows, A by rows.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// Row starts of P.
    pub p_starts: Vec<u16>,
    /// Columns of P.
    pub p_columns: Vec<u16>,
    /// Values of P.
    pub p: Vec<f64>,
    /// The linear term.
    pub q: Vec<f64>,
    /// Row starts of A.
    pub a_starts: Vec<u16>,
    /// Columns of A.
    pub a_columns: Vec<u16>,
    /// Values of A.
    pub a: Vec<f64>,
    /// Lower bounds.
    pub lower: Vec<f64>,
    /// Upper bounds.
    pub upper: Vec<f64>,
}

impl Problem {
    /// From dense rows; zeros are left out.
    #[must_use]
    pub fn dense(p: &[Vec<f64>], q: &[f64], a: &[Vec<f64>], lower: &[f64], upper: &[f64]) -> Self {
        let mut problem = Self {
            p_starts: vec![0],
            a_starts: vec![0],
            q: q.to_vec(),
            lower: lower.to_vec(),
            upper: upper.to_vec(),
            ..Self::default()
        };
        for (row, values) in p.iter().enumerate() {
            let entries: Vec<_> = (0..=row).map(|j| (j, values[j])).filter(|(_, v)| *v != 0.0).collect();
            problem.p_row(&entries);
        }
        for values in a {
            let entries: Vec<_> = values.iter().copied().enumerate().filter(|(_, v)| *v != 0.0).collect();
            problem.a_row(&entries);
        }
        problem
    }

    /// Adds a row of P.
    pub fn p_row(&mut self, entries: &[(usize, f64)]) {
        self.p_columns.extend(entries.iter().map(|(j, _)| *j as u16));
        self.p.extend(entries.iter().map(|(_, v)| *v));
        self.p_starts.push(self.p.len() as u16);
    }

    /// Adds a row of A, without bounds.
    pub fn a_row(&mut self, entries: &[(usize, f64)]) {
        self.a_columns.extend(entries.iter().map(|(j, _)| *j as u16));
        self.a.extend(entries.iter().map(|(_, v)| *v));
        self.a_starts.push(self.a.len() as u16);
    }

    /// Variables by stage: inputs of stage k, states of stage k + 1. Rows by stage: dynamics, then a bound a variable.
    #[must_use]
    pub fn random_mpc(states: usize, inputs: usize, stages: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut draw =
            |count: usize, low: f64, high: f64| -> Vec<f64> { (0..count).map(|_| random.between(low, high)).collect() };
        let mut a: Vec<Vec<f64>> = (0..states).map(|_| draw(states, -0.1, 0.1)).collect();
        for (i, row) in a.iter_mut().enumerate() {
            row[i] += 0.875;
        }
        let b: Vec<Vec<f64>> = (0..states).map(|_| draw(inputs, -1.0, 1.0)).collect();
        let mut cost = draw(inputs, 0.1, 1.0);
        cost.extend(draw(states, 1.0, 10.0));
        let start = draw(states, -2.0, 2.0);
        let reach = draw(inputs, 0.2, 0.8);
        let product = |x: &[f64]| -> Vec<f64> {
            a.iter().map(|row| row.iter().zip(x).fold(0.0, |sum, (a, x)| sum + a * x)).collect()
        };
        let mut limit: Vec<f64> = start.iter().map(|x| x.abs()).collect();
        let mut free = start.clone();
        for _ in 0..stages {
            free = product(&free);
            limit.iter_mut().zip(&free).for_each(|(limit, x)| *limit = limit.max(x.abs()));
        }
        limit.iter_mut().for_each(|limit| *limit = (*limit * 1024.0 * 1.0625).ceil() / 1024.0);
        let width = states + inputs;
        let q = draw(width * stages, -1.0, 1.0);
        let mut problem = Self { p_starts: vec![0], a_starts: vec![0], q, ..Self::default() };
        let carried = product(&start);
        for stage in 0..stages {
            let column = stage * width;
            for (i, cost) in cost.iter().enumerate() {
                problem.p_row(&[(column + i, *cost)]);
            }
            for i in 0..states {
                let before = (0..states).filter(|_| stage > 0).map(|j| (column - states + j, a[i][j]));
                let mut entries: Vec<_> = before.collect();
                entries.extend((0..inputs).map(|j| (column + j, b[i][j])));
                entries.push((column + inputs + i, -1.0));
                entries.retain(|(_, value)| *value != 0.0);
                problem.a_row(&entries);
                let right = if stage == 0 { -carried[i] } else { 0.0 };
                problem.lower.push(right);
                problem.upper.push(right);
            }
            for (i, bound) in reach.iter().chain(&limit).enumerate() {
                problem.a_row(&[(column + i, 1.0)]);
                problem.lower.push(-bound);
                problem.upper.push(*bound);
            }
        }
        problem
    }

    /// The sum that `qp.py` writes beside a problem.
    #[must_use]
    pub fn check(&self) -> f64 {
        let sum = |values: &[f64]| values.iter().sum::<f64>();
        sum(&self.p) + sum(&self.q) + sum(&self.a) + 0.5 * sum(&self.lower) + sum(&self.upper)
    }

    /// Variables.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.q.len()
    }

    /// Constraints.
    #[must_use]
    pub fn constraints(&self) -> usize {
        self.lower.len()
    }

    /// A x.
    #[must_use]
    pub fn a_times(&self, x: &[f64]) -> Vec<f64> {
        rows(&self.a_starts, &self.a_columns, &self.a).map(|row| row.map(|(j, v)| v * x[j]).sum()).collect()
    }

    /// A'y.
    #[must_use]
    pub fn a_transposed_times(&self, y: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.variables()];
        for (row, y) in rows(&self.a_starts, &self.a_columns, &self.a).zip(y) {
            row.for_each(|(j, v)| product[j] += v * y);
        }
        product
    }

    /// P x.
    #[must_use]
    pub fn p_times(&self, x: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.variables()];
        for (i, row) in rows(&self.p_starts, &self.p_columns, &self.p).enumerate() {
            for (j, v) in row {
                product[i] += v * x[j];
                if i != j {
                    product[j] += v * x[i];
                }
            }
        }
        product
    }

    /// 1/2 x'P x + q'x.
    #[must_use]
    pub fn objective(&self, x: &[f64]) -> f64 {
        self.p_times(x).iter().zip(x).zip(&self.q).map(|((px, x), q)| (0.5 * px + q) * x).sum()
    }

    /// How far x and y are from the conditions of Karush, Kuhn and Tucker: the largest violation of a bound, the largest
    /// element of P x + q + A'y, the largest product of a multiplier and the distance to its bound.
    #[must_use]
    pub fn kkt(&self, x: &[f64], y: &[f64]) -> [f64; 3] {
        let largest = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0_f64, f64::max);
        let ax = self.a_times(x);
        let bounds = || ax.iter().zip(self.lower.iter().zip(&self.upper));
        let gradient = self.p_times(x).into_iter().zip(self.a_transposed_times(y)).zip(&self.q);
        [
            largest(&mut bounds().map(|(ax, (lower, upper))| (lower - ax).max(ax - upper))),
            largest(&mut gradient.map(|((px, aty), q)| (px + aty + q).abs())),
            largest(&mut bounds().zip(y).map(
                |((ax, (lower, upper)), y)| {
                    if *y > 0.0 { y * (upper - ax).abs() } else { -y * (ax - lower).abs() }
                },
            )),
        ]
    }
}

fn rows<'a>(
    starts: &'a [u16],
    columns: &'a [u16],
    values: &'a [f64],
) -> impl Iterator<Item = impl Iterator<Item = (usize, f64)> + 'a> + 'a {
    starts.windows(2).map(move |window| {
        let range = usize::from(window[0])..usize::from(window[1]);
        columns[range.clone()].iter().map(|j| usize::from(*j)).zip(values[range].iter().copied())
    })
}

/// All that a solver of one problem borrows, and the numbers in its precision.
#[derive(Clone, Debug)]
pub struct Prepared<T> {
    problem: Problem,
    symbolic: Vec<u16>,
    p: Vec<T>,
    q: Vec<T>,
    a: Vec<T>,
    lower: Vec<T>,
    upper: Vec<T>,
    workspace: Vec<T>,
}

/// A number past the end of the workspace, which must still be there afterwards.
const GUARD: f32 = 1234.5;

impl<T: Real> Prepared<T> {
    /// Orders by minimum degree and analyses.
    ///
    /// # Errors
    /// What the library refuses.
    pub fn new(problem: &Problem) -> Result<Self, Error> {
        let Problem { p_starts, p_columns, a_starts, a_columns, .. } = problem;
        let pattern = QpPattern::new(p_starts, p_columns, a_starts, a_columns)?;
        let (dim, entries) = (pattern.system_dim(), pattern.system_entries());
        let (mut starts, mut columns) = (vec![0; dim + 1], vec![0; entries]);
        pattern.write_system(&mut starts, &mut columns)?;
        let system = Pattern::new(&starts, &columns)?;
        let mut order = vec![0; dim];
        minimum_degree(system, &mut vec![0; minimum_degree_scratch(dim)], &mut order)?;
        let mut scratch = vec![0; scratch_len(dim, entries)];
        let mut symbolic = vec![0; symbolic_len(system, &order, &mut scratch)?];
        let fill = analyse(system, &order, &mut scratch, &mut symbolic)?.fill();
        let (n, m) = (problem.variables(), problem.constraints());
        let len = qp::workspace_len(n, m, pattern.bound_rows(), problem.p.len(), problem.a.len(), fill);
        let mut workspace = vec![T::ZERO; len];
        workspace.push(T::from_f32(GUARD));
        let convert = |values: &[f64]| values.iter().map(|v| T::from_f64(*v)).collect();
        Ok(Self {
            symbolic,
            p: convert(&problem.p),
            q: convert(&problem.q),
            a: convert(&problem.a),
            lower: convert(&problem.lower),
            upper: convert(&problem.upper),
            workspace,
            problem: problem.clone(),
        })
    }

    /// The solver of the problem, in the workspace kept here.
    ///
    /// # Errors
    /// What the library refuses.
    pub fn solver(&mut self, config: QpConfig<T>) -> Result<Qp<'_, T, u16>, Error> {
        let Problem { p_starts, p_columns, a_starts, a_columns, .. } = &self.problem;
        let pattern = QpPattern::new(p_starts, p_columns, a_starts, a_columns)?;
        let data = QpData { p: &self.p, q: &self.q, a: &self.a, lower: &self.lower, upper: &self.upper };
        let len = self.workspace.len() - 1;
        Qp::new(pattern, Symbolic::new(&self.symbolic)?, data, &mut self.workspace[..len], config)
    }

    /// Whether nothing has been written past the end of the workspace.
    #[must_use]
    pub fn guard_stands(&self) -> bool {
        self.workspace.last().is_some_and(|last| *last == T::from_f32(GUARD))
    }
}
