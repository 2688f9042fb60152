//! A small quadratic program with every kind of row, and what it becomes without a solution.

use crate::{Hash, Meter};
use tinysolve::Error;
use tinysolve::factor::{Pattern, Symbolic, analyse, scratch_len};
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::qp::{Qp, QpConfig, QpData, QpPattern, workspace_len};

const N: usize = 3;
const M: usize = 6;
/// Rows 2 and 5 are bounds.
const DIM: usize = N + M - 2;
const SYSTEM: usize = 5 + 6 + DIM;
const FILL: usize = DIM * (DIM - 1) / 2;

/// Coupled variables; two inequalities, a bound, an equality, a row without an entry, and a bound that is none.
pub(crate) fn qp(meter: &mut dyn Meter) {
    let mut hash = Hash::default();
    if solve(&mut hash).is_ok() {
        meter.result("splitting/qp", hash.finish());
    }
}

/// How the two solves end.
fn solve(hash: &mut Hash) -> Result<[Step; 2], Error> {
    let infinity = f32::INFINITY;
    let pattern =
        QpPattern::new(&[0_u16, 1, 3, 5], &[0, 0, 1, 1, 2], &[0, 2, 4, 5, 7, 7, 8], &[0, 1, 1, 2, 0, 0, 2, 1])?;
    let (lower, mut upper) = ([-infinity, -1.0, 0.25, 1.5, -1.0, -infinity], [1.0, 0.5, 0.75, 1.5, 1.0, infinity]);
    let data = QpData {
        p: &[4.0, 1.0, 2.0, -0.5, 3.0],
        q: &[-1.0, -2.5, 0.75],
        a: &[1.0, 1.0, 1.0, -1.0, 3.0, 1.0, 1.0, 2.0],
        lower: &lower,
        upper: &upper,
    };
    let (mut starts, mut columns) = ([0; DIM + 1], [0; SYSTEM]);
    pattern.write_system(&mut starts, &mut columns)?;
    let mut memory = [0; Symbolic::<u16>::data_len(DIM, SYSTEM, FILL)];
    let order = [0, 1, 2, 3, 4, 5, 6];
    let symbolic = analyse(Pattern::new(&starts, &columns)?, &order, &mut [0; scratch_len(DIM, SYSTEM)], &mut memory)?;
    let mut workspace = [0.0; workspace_len(N, M, 2, 5, 8, FILL)];
    let mut solver = Qp::new(pattern, symbolic, data, &mut workspace, QpConfig::default())?;
    let (mut x, mut y) = ([0.0; N], [0.0; M]);
    // Solved; then 3 x0 <= 0.75, x0 + x1 <= -4 and x1 - x2 >= -1 leave nothing.
    let mut steps = [Step::Running; 2];
    for (limit, step) in [1.0, -4.0].into_iter().zip(&mut steps) {
        upper[0] = limit;
        solver.update_bounds(&lower, &upper)?;
        solver.restart();
        let report = solver.run();
        solver.primal(&mut x)?;
        solver.dual(&mut y)?;
        let details = solver.details();
        hash.f32s(&x).f32s(&y).f32s(&[details.residuals.primal, details.residuals.dual, details.objective]);
        hash.word(report.iterations).word(report.step as u32);
        solver.certificate(&mut y)?;
        hash.f32s(&y);
        *step = report.step;
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_as_it_should() {
        assert_eq!(solve(&mut Hash::default()), Ok([Step::Converged, Step::PrimalInfeasible]));
    }
}
