//! Errors and extremes.

use tinysolve::matrix::{Differences, MatRef};
use tinysolve::operator::LinearMap;
use tinysolve::prox::quadratic::LeastSquares;
use tinysolve::prox::separable::L1;
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::{
    Admm, AdmmConfig, ChambollePock, Consensus, DouglasRachford, DouglasRachfordConfig, Lasso, Panoc, PanocConfig,
    PrimalDualConfig, ProximalGradient, ProximalGradientConfig, Residuals, Stopping,
};
use tinysolve::{Error, Field};

#[test]
fn what_is_wrong_is_named_before_anything_is_written() {
    let a = [1.0_f32, 2.0, 3.0, 4.0];
    let b = [1.0_f32, 2.0];
    let matrix = MatRef::row_major(&a, 2, 2).unwrap();
    let squares = LeastSquares { matrix, rhs: &b };
    let outside = |field, index| Some(Error::OutOfRange { field, index });
    let nan = [f32::NAN, 0.0];
    let (mut x, mut y, mut u) = ([1.0; 2], [0.0; 2], [0.0; 2]);
    let mut w = [7.0; 40];
    let gradient = ProximalGradientConfig::default();
    let bad = Stopping { check_every: 0, ..Stopping::default() };
    for step in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let config = ProximalGradientConfig { step, ..gradient };
        assert_eq!(ProximalGradient::new(&squares, &L1, &mut x, &mut w, &config).err(), outside(Field::Step, 0));
        let config = PanocConfig { step, ..PanocConfig::default() };
        assert_eq!(Panoc::new(&squares, &L1, &mut x, 2, &mut w, &config).err(), outside(Field::Step, 0));
        let config = DouglasRachfordConfig { step, ..DouglasRachfordConfig::default() };
        assert_eq!(DouglasRachford::new(&L1, &L1, &mut x, &mut w, &config).err(), outside(Field::Step, 0));
        let config = AdmmConfig { penalty: step, ..AdmmConfig::default() };
        assert_eq!(Admm::new(&L1, &L1, &mut x, &mut u, &mut w, &config).err(), outside(Field::Penalty, 0));
        let config = PrimalDualConfig { dual_step: step, ..PrimalDualConfig::for_norm(1.0, 0.0, 1.0) };
        let error = ChambollePock::without_smooth(&L1, &L1, &matrix, &mut x, &mut y, &mut w, &config).err();
        assert_eq!(error, outside(Field::Step, 1));
    }
    for relaxation in [0.0, 2.0, f32::NAN] {
        let config = DouglasRachfordConfig { relaxation, ..DouglasRachfordConfig::default() };
        assert_eq!(DouglasRachford::new(&L1, &L1, &mut x, &mut w, &config).err(), outside(Field::Omega, 0));
        let config = AdmmConfig { relaxation, ..AdmmConfig::default() };
        let error = Lasso::new(matrix, &b, &L1, &mut x, &mut u, &mut w, &config).err();
        assert_eq!(error, outside(Field::Omega, 0));
    }
    let config = ProximalGradientConfig { stopping: bad, ..gradient };
    assert_eq!(ProximalGradient::new(&squares, &L1, &mut x, &mut w, &config).err(), outside(Field::Iterations, 1));
    let short = |field, need, got| Some(Error::Length { field, need, got });
    let workspace = |need| short(Field::Workspace, need, need - 1);
    assert_eq!(ProximalGradient::new(&squares, &L1, &mut x, &mut w[..5], &gradient).err(), workspace(6));
    assert_eq!(Panoc::new(&squares, &L1, &mut x, 2, &mut w[..23], &PanocConfig::default()).err(), workspace(24));
    let config = DouglasRachfordConfig::default();
    assert_eq!(DouglasRachford::new(&L1, &L1, &mut x, &mut w[..3], &config).err(), workspace(4));
    let config = AdmmConfig::default();
    assert_eq!(Admm::new(&L1, &L1, &mut x, &mut u, &mut w[..3], &config).err(), workspace(4));
    assert_eq!(Lasso::new(matrix, &b, &L1, &mut x, &mut u, &mut w[..10], &config).err(), workspace(11));
    assert_eq!(Consensus::new(&[L1, L1], &L1, &mut x, &mut w[..9], &config).err(), workspace(10));
    let none: [L1; 0] = [];
    assert_eq!(Consensus::new(&none, &L1, &mut x, &mut w, &config).err(), short(Field::Groups, 1, 0));
    assert_eq!(Admm::new(&L1, &L1, &mut x, &mut u[..1], &mut w, &config).err(), short(Field::Dual, 2, 1));
    assert_eq!(
        Lasso::new(matrix, &b[..1], &L1, &mut x, &mut u, &mut w, &config).err(),
        short(Field::RightHandSide, 2, 1)
    );
    let config = PrimalDualConfig::for_norm(1.0, 0.0, 1.0);
    let error = ChambollePock::without_smooth(&L1, &L1, &matrix, &mut x, &mut y, &mut w[..9], &config).err();
    assert_eq!(error, workspace(10));
    let error = ChambollePock::without_smooth(&L1, &L1, &matrix, &mut x, &mut y[..1], &mut w, &config).err();
    assert_eq!(error, short(Field::Dual, 2, 1));
    let not_finite = |field| Some(Error::NotFinite { field, index: 0 });
    assert_eq!(
        ProximalGradient::new(&squares, &L1, &mut nan.clone(), &mut w, &gradient).err(),
        not_finite(Field::Iterate)
    );
    let error = ChambollePock::without_smooth(&L1, &L1, &matrix, &mut x, &mut nan.clone(), &mut w, &config).err();
    assert_eq!(error, not_finite(Field::Dual));
    assert!(w.iter().all(|w| *w == 7.0) && x == [1.0; 2]);
    // Sizes that cannot be.
    assert_eq!(Lasso::<f32, L1>::workspace_len(usize::MAX, usize::MAX, 1), usize::MAX);
    assert_eq!(Consensus::<f32, L1, L1>::workspace_len(usize::MAX, 2, 1), usize::MAX);
    // Numbers at the ends of the range, and none at all, end in an outcome.
    for size in [1e-30_f32, 1e30] {
        let (a, b) = ([size; 4], [1.0 / size; 2]);
        let squares = LeastSquares { matrix: MatRef::row_major(&a, 2, 2).unwrap(), rhs: &b };
        let mut x = [0.5; 2];
        assert!(ProximalGradient::new(&squares, &L1, &mut x, &mut w, &gradient).unwrap().run().step.is_final());
        let mut x = [0.5; 2];
        assert!(Panoc::new(&squares, &L1, &mut x, 2, &mut w, &PanocConfig::default()).unwrap().run().step.is_final());
    }
    let map = Differences { points: 0 };
    assert_eq!(LinearMap::<f32>::columns(&map), 0);
    let report = ChambollePock::without_smooth(&L1, &L1, &map, &mut [], &mut [], &mut [], &config).unwrap().run();
    assert_eq!(report.step, Step::Converged);
    let mut solver = Admm::new(&L1, &L1, &mut [], &mut [], &mut [], &AdmmConfig::default()).unwrap();
    assert_eq!(solver.run().step, Step::Converged);
    let Residuals { primal, dual, .. } = solver.residuals();
    assert_eq!((primal, dual), (0.0, 0.0));
}
