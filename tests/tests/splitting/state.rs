//! What of a solve lasts: its words, and the vectors a next one starts from.

use crate::regression::{Regression, convert, largest_gradient};
use tinysolve::matrix::MatRef;
use tinysolve::operator::Prox;
use tinysolve::prox::quadratic::LeastSquares;
use tinysolve::prox::rules::Scale;
use tinysolve::prox::separable::L1;
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::{Admm, AdmmConfig, Checkpoint, Lasso, Panoc, PanocConfig};

/// A solve that was put away in words after every step goes on with the same bits.
#[test]
fn solves_can_be_put_away() {
    let problem = Regression::draw(8);
    let (m, n) = (problem.rows, problem.columns);
    let (a, b) = (convert::<f32>(&problem.a), convert::<f32>(&problem.b));
    let matrix = MatRef::row_major(&a, m, n).unwrap();
    let squares = LeastSquares { matrix, rhs: &b };
    let function = Scale { function: L1, factor: 0.125_f32 };
    let through = |state: Checkpoint<f32>| {
        let mut words = [0; Checkpoint::<f32>::WORDS];
        state.to_words(&mut words).unwrap();
        Checkpoint::from_words(&words).unwrap()
    };
    let config = PanocConfig::default();
    let len = Panoc::<f32, LeastSquares<'_, f32>, Scale<f32, L1>>::workspace_len(n, 3, 0);
    let (mut whole, mut w) = (vec![0.0; n], vec![0.0; len]);
    let report = Panoc::new(&squares, &function, &mut whole, 3, &mut w, &config).unwrap().run();
    assert_eq!(report.step, Step::Converged);
    let (mut parts, mut w) = (vec![0.0; n], vec![0.0; len]);
    let mut state = Panoc::new(&squares, &function, &mut parts, 3, &mut w, &config).unwrap().suspend();
    loop {
        let mut solver = Panoc::resume(&squares, &function, &mut parts, 3, &mut w, through(state)).unwrap();
        let step = solver.step();
        state = solver.suspend();
        if step.is_final() {
            break;
        }
    }
    assert_eq!(state.report(), report);
    assert!(whole.iter().zip(&parts).all(|(a, b)| a.to_bits() == b.to_bits()), "{whole:?} {parts:?}");

    let config = AdmmConfig { adapt_every: 3, ..AdmmConfig::default() };
    let len = Lasso::<f32, Scale<f32, L1>>::workspace_len(m, n, 0);
    let (mut whole, mut u, mut w) = (vec![0.0; n], vec![0.0; n], vec![0.0; len]);
    let report = Lasso::new(matrix, &b, &function, &mut whole, &mut u, &mut w, &config).unwrap().run();
    let (mut parts, mut u, mut w) = (vec![0.0; n], vec![0.0; n], vec![0.0; len]);
    let mut state = Lasso::new(matrix, &b, &function, &mut parts, &mut u, &mut w, &config).unwrap().suspend();
    loop {
        let mut solver = Lasso::resume(matrix, &b, &function, &mut parts, &mut u, &mut w, through(state)).unwrap();
        let step = solver.step();
        state = solver.suspend();
        if step.is_final() {
            break;
        }
    }
    assert_eq!(state.report(), report);
    assert!(whole.iter().zip(&parts).all(|(a, b)| a.to_bits() == b.to_bits()));
    assert!(Checkpoint::<f32>::from_words(&[u32::MAX; Checkpoint::<f32>::WORDS]).is_err());
}

/// From the solution there is next to nothing to do.
#[test]
fn a_warm_start_is_worth_it() {
    let problem = Regression::draw(7);
    let (m, n) = (problem.rows, problem.columns);
    let squares = LeastSquares { matrix: MatRef::row_major(&problem.a, m, n).unwrap(), rhs: &problem.b };
    let function = Scale { function: L1, factor: 0.125 };
    let config = AdmmConfig { stopping: largest_gradient(1e-9), ..AdmmConfig::default() };
    let (mut z, mut u, mut w) = (vec![0.0; n], vec![0.0; n], vec![0.0; 2 * n + squares.scratch_len(n)]);
    let mut cold = Admm::new(&squares, &function, &mut z, &mut u, &mut w, &config).unwrap();
    let before = cold.run().iterations;
    let penalty = cold.penalty();
    let config = AdmmConfig { penalty, ..config };
    let after = Admm::new(&squares, &function, &mut z, &mut u, &mut w, &config).unwrap().run().iterations;
    assert!(before > 5 && after <= 2, "{before} {after}");
}
