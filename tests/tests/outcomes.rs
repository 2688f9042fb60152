//! One test for each way a linear solve can be refused or can end. Each asks every method it applies to.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "tests compare and print"
)]

use tinysolve::linear::{Reference, Stopping};
use tinysolve::matrix::{Csr, MatRef, Stencil};
use tinysolve::operator::{Direction, LinearOperator, Sweep};
use tinysolve::real::Real;
use tinysolve::solve::{Report, Solver, Step};
use tinysolve::{Error, Field};
use tinysolve_tests::methods::{Method, Settings, solve, true_residual, with_solver};
use tinysolve_tests::sparse::Sparse;

/// The 5-point Laplacian on 10 x 10 cells: condition 48.
fn laplacian<T: Real>() -> Sparse<T> {
    scaled_laplacian(1.0)
}

fn scaled_laplacian<T: Real>(factor: f64) -> Sparse<T> {
    let side = 10;
    Sparse::from_entries(
        side * side,
        (0..side * side).flat_map(|row| {
            let (x, y) = (row % side, row / side);
            let entry =
                |there: bool, column: usize, value: f64| there.then_some((row, column, T::from_f64(factor * value)));
            [
                entry(y > 0, row.wrapping_sub(side), -1.0),
                entry(x > 0, row.wrapping_sub(1), -1.0),
                entry(true, row, 4.0),
                entry(x + 1 < side, row + 1, -1.0),
                entry(y + 1 < side, row + side, -1.0),
            ]
            .into_iter()
            .flatten()
        }),
    )
}

fn wave<T: Real>(n: usize, amplitude: f64) -> Vec<T> {
    (0..n).map(|k| T::from_f64(amplitude * ((f64::from(k as u32) + 0.5) * 1.7).sin())).collect()
}

fn bits<T: Real>(x: &[T]) -> Vec<u64> {
    x.iter().map(|x| x.to_bits_u64()).collect()
}

fn residual_of<T: Real>(a: &Sparse<T>, b: &[T], x: &[T]) -> f64 {
    true_residual(a.entries().map(|(row, column, value)| (row, column, value.to_f64())), b, x)
}

/// Holds the reported residual against one computed in f64; allowed: the rounding of the recomputation itself.
fn assert_honest<T: Real>(a: &Sparse<T>, b: &[T], x: &[T], report: &Report<T>, what: &str) {
    let exact = residual_of(a, b, x);
    let size = b.iter().fold(0.0, |sum, b| sum + b.to_f64().abs())
        + a.entries().fold(0.0, |sum, (_, column, value)| sum + (value.to_f64() * x[column].to_f64()).abs());
    let rounding = 4.0 * T::EPSILON.to_f64() * size;
    let reported = report.residual.to_f64();
    assert!((reported - exact).abs() <= rounding + 1e-6 * exact, "{what}: reported {reported:e}, true {exact:e}");
    if report.step == Step::Converged {
        assert!(exact <= report.target.to_f64() * (1.0 + 1e-6) + rounding, "{what}: converged at {exact:e}");
    }
}

/// Expects `error` and an x nobody wrote to.
fn assert_refused<T: Real>(method: Method, a: &dyn Sweep<T>, b: &[T], x: &[T], settings: Settings<T>, error: Error) {
    let mut given = x.to_vec();
    assert_eq!(solve(method, a, b, &mut given, settings), Err(error), "{method:?}");
    assert_eq!(bits(&given), bits(x), "{method:?} wrote to x and refused");
}

// ---- nothing to do

#[test]
fn zero_right_hand_side_gives_zero_after_no_iteration() {
    fn check<T: Real>() {
        let a = laplacian::<T>();
        for method in Method::ALL {
            let mut x = wave::<T>(100, 3.0);
            let report = solve(method, &a.view(), &[T::ZERO; 100], &mut x, Settings::new(1.4, 1e-5)).unwrap();
            assert_eq!((report.step, report.iterations), (Step::Converged, 0), "{method:?}");
            assert_eq!((report.residual, x), (T::ZERO, vec![T::ZERO; 100]), "{method:?}");
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn zero_right_hand_side_with_prescribed_cells_is_a_problem_like_any_other() {
    // The cells of the left column are held at 1, so x = 0 is not the solution although b = 0.
    let mask: Vec<u8> = (0..100).map(|cell| u8::from(cell % 10 != 0)).collect();
    let a = Stencil::new([10, 10, 1], 4.0_f64, [-1.0, -1.0, 0.0], Some(&mask)).unwrap();
    for method in Method::SWEEPS {
        let mut x: Vec<f64> = mask.iter().map(|&free| f64::from(1 - free)).collect();
        let report = solve(method, &a, &[0.0; 100], &mut x, Settings::new(1.4, 1e-8)).unwrap();
        assert_eq!(report.step, Step::Converged, "{method:?}");
        assert!(report.iterations > 0 && x[0] == 1.0 && x[1] > 0.1, "{method:?}");
    }
}

#[test]
fn an_exact_starting_guess_takes_no_iteration_and_stays() {
    fn check<T: Real>() {
        let a = laplacian::<T>();
        // Small integers: b = A x is exact.
        let exact: Vec<T> = (0..100_u32).map(|k| T::from_u32(k % 5)).collect();
        let mut b = vec![T::ZERO; 100];
        a.view().apply(&exact, &mut b);
        for method in Method::ALL {
            for relative in [0.0, 1e-5] {
                let mut x = exact.clone();
                let report = solve(method, &a.view(), &b, &mut x, Settings::new(1.4, relative)).unwrap();
                assert_eq!((report.step, report.iterations), (Step::Converged, 0), "{method:?}");
                assert_eq!((report.residual, bits(&x)), (T::ZERO, bits(&exact)), "{method:?}");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn an_exact_hit_in_mid_run_converges() {
    // D x = b is solved by one iteration of every method with omega 1, to the last bit: the next p'Ap would be 0.
    let a = Sparse::<f32>::from_entries(8, (0..8).map(|k| (k, k, 4.0)));
    for method in Method::ALL {
        let mut x = [0.0_f32; 8];
        let report = solve(method, &a.view(), &[2.0; 8], &mut x, Settings::new(1.0, 0.0)).unwrap();
        assert_eq!((report.step, report.iterations, x), (Step::Converged, 1, [0.5; 8]), "{method:?}");
        assert_eq!(report.residual, 0.0, "{method:?}");
    }
}

#[test]
fn a_warm_start_pays_unless_the_initial_residual_is_the_reference() {
    let a = laplacian::<f64>();
    let b = wave::<f64>(100, 1.0);
    for method in Method::ALL {
        let settings = Settings::new(1.4, 1e-6);
        let mut x = vec![0.0; 100];
        let cold = solve(method, &a.view(), &b, &mut x, settings).unwrap();
        let nearby: Vec<f64> = x.iter().map(|x| x * (1.0 + 1e-4)).collect();
        let mut warm_x = nearby.clone();
        let warm = solve(method, &a.view(), &b, &mut warm_x, settings).unwrap();
        assert!(warm.iterations < cold.iterations, "{method:?}: {} then {}", cold.iterations, warm.iterations);
        let stopping = Stopping { reference: Reference::InitialResidual, ..settings.stopping };
        let strict = solve(method, &a.view(), &b, &mut nearby.clone(), Settings { stopping, ..settings }).unwrap();
        assert_eq!(strict.reference, strict.initial);
        assert!(strict.iterations > warm.iterations && strict.residual <= 1e-6 * strict.initial, "{method:?}");
    }
}

// ---- bad input: refused by name, x untouched

#[test]
fn not_a_number_in_b_or_x_is_refused_with_its_index() {
    fn check<T: Real>() {
        let a = laplacian::<T>();
        let (b, x) = (wave::<T>(100, 1.0), wave::<T>(100, 2.0));
        for poison in [T::INFINITY, T::ZERO - T::INFINITY, T::INFINITY - T::INFINITY] {
            for index in [0, 41, 99] {
                for method in Method::ALL {
                    let (mut bad_b, mut bad_x) = (b.clone(), x.clone());
                    bad_b[index] = poison;
                    bad_x[index] = poison;
                    let settings = Settings::new(1.4, 1e-5);
                    let error = |field| Error::NotFinite { field, index };
                    assert_refused(method, &a.view(), &bad_b, &x, settings, error(Field::RightHandSide));
                    assert_refused(method, &a.view(), &b, &bad_x, settings, error(Field::Iterate));
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn not_a_number_in_a_is_refused_where_a_is_checked_and_ends_the_solve_elsewhere() {
    let (starts, columns) = ([0_u16, 1, 2], [0_u16, 1]);
    let refused = Csr::new(&starts, &columns, &[1.0_f32, f32::NAN]).err();
    assert_eq!(refused, Some(Error::NotFinite { field: Field::Values, index: 1 }));
    let refused = Stencil::new([4, 4, 1], 4.0_f32, [-1.0, f32::INFINITY, 0.0], None).err();
    assert_eq!(refused, Some(Error::NotFinite { field: Field::Values, index: 2 }));

    // Views of memory the caller may change later are not scanned: the solve must still end, and say so.
    for place in 0..4 {
        let mut full = [2.0_f32, -1.0, -1.0, 2.0];
        full[place] = f32::NAN;
        let a = MatRef::row_major(&full, 2, 2).unwrap();
        for method in Method::ALL {
            let mut x = [1.0_f32, 1.0];
            let mut settings = Settings::new(1.0, 1e-5);
            settings.keep_best = true;
            match solve(method, &a, &[1.0, 1.0], &mut x, settings) {
                Ok(report) => {
                    assert!(matches!(report.step, Step::Diverged | Step::Breakdown), "{method:?}: {report:?}");
                    assert!(!report.residual.is_finite(), "{method:?}: {report:?}");
                }
                Err(error) => assert!(matches!(error, Error::NotFinite { field: Field::Diagonal, .. }), "{error:?}"),
            }
            assert_eq!(x, [1.0, 1.0], "{method:?}: NaN at {place}");
        }
    }
}

#[test]
fn a_zero_diagonal_is_refused_with_its_row() {
    let (starts, columns) = ([0_u16, 2, 4], [0_u16, 1, 0, 1]);
    let refused = Csr::new(&starts, &columns, &[1.0_f32, 2.0, 2.0, 0.0]).err();
    assert_eq!(refused, Some(Error::ZeroDiagonal { row: 1 }));
    let missing = Csr::new(&[0_u16, 1, 2], &[0_u16, 0], &[1.0_f32, 2.0]).err();
    assert_eq!(missing, Some(Error::ZeroDiagonal { row: 1 }));
    let refused = Stencil::new([4, 4, 1], 0.0_f32, [-1.0, -1.0, 0.0], None).err();
    assert_eq!(refused, Some(Error::ZeroDiagonal { row: 0 }));

    let full = [1.0_f32, 2.0, 2.0, 0.0];
    let a = MatRef::row_major(&full, 2, 2).unwrap();
    for method in Method::RELAXED {
        assert_refused(method, &a, &[1.0, 1.0], &[0.5, 0.5], Settings::new(1.0, 1e-5), Error::ZeroDiagonal { row: 1 });
    }
}

#[test]
fn a_negative_diagonal_is_refused_by_ssor_and_solved_by_sweeps() {
    let a = Sparse::<f64>::from_entries(2, [(0, 0, -4.0), (0, 1, 1.0), (1, 0, 1.0), (1, 1, -3.0)]);
    for method in [Method::PcgSsor, Method::SsorCg] {
        let error = Error::NegativeDiagonal { row: 0 };
        assert_refused(method, &a.view(), &[1.0, 1.0], &[0.5, 0.5], Settings::new(1.0, 1e-5), error);
    }
    for method in Method::SWEEPS {
        let mut x = [0.0, 0.0];
        let report = solve(method, &a.view(), &[1.0, 1.0], &mut x, Settings::new(1.0, 1e-10)).unwrap();
        assert_eq!(report.step, Step::Converged, "{method:?}");
        assert!((x[0] + 4.0 / 11.0).abs() < 1e-9 && (x[1] + 5.0 / 11.0).abs() < 1e-9, "{method:?}: {x:?}");
    }
}

#[test]
fn omega_outside_zero_to_two_is_refused() {
    let a = laplacian::<f32>();
    let (b, x) = (wave::<f32>(100, 1.0), wave::<f32>(100, 2.0));
    for method in Method::RELAXED {
        for omega in [0.0, -0.5, 2.0, 2.5, f32::MAX] {
            let error = Error::OutOfRange { field: Field::Omega, index: 0 };
            assert_refused(method, &a.view(), &b, &x, Settings::new(omega, 1e-5), error);
        }
        for omega in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let error = Error::NotFinite { field: Field::Omega, index: 0 };
            assert_refused(method, &a.view(), &b, &x, Settings::new(omega, 1e-5), error);
        }
        for omega in [f32::MIN_POSITIVE, 2.0_f32.next_down()] {
            let settings = Settings::new(omega, 1e-5);
            assert!(solve(method, &a.view(), &b, &mut x.clone(), settings).is_ok(), "{method:?} {omega:e}");
        }
    }
}

#[test]
fn tolerances_limits_and_lengths_are_refused() {
    let a = laplacian::<f32>();
    let (b, x) = (wave::<f32>(100, 1.0), wave::<f32>(100, 2.0));
    let settings = Settings::<f32>::new(1.4, 1e-5);
    let plain = settings.stopping;
    let tolerance = |index| Error::OutOfRange { field: Field::Tolerance, index };
    let not_finite = |index| Error::NotFinite { field: Field::Tolerance, index };
    let cases = [
        (Stopping { relative: -1e-5, ..plain }, tolerance(0)),
        (Stopping { relative: f32::NAN, ..plain }, not_finite(0)),
        (Stopping { absolute: -1.0, ..plain }, tolerance(1)),
        (Stopping { absolute: f32::INFINITY, ..plain }, not_finite(1)),
        (Stopping { divergence: 0.5, ..plain }, tolerance(2)),
        (Stopping { divergence: f32::NAN, ..plain }, not_finite(2)),
        (Stopping { max_iterations: 0, ..plain }, Error::OutOfRange { field: Field::Iterations, index: 0 }),
    ];
    for method in Method::ALL {
        for (stopping, error) in cases {
            assert_refused(method, &a.view(), &b, &x, Settings { stopping, ..settings }, error);
        }
        let short = |field, got| Error::Length { field, need: 100, got };
        assert_refused(method, &a.view(), &b[..99], &x, settings, short(Field::RightHandSide, 99));
        assert_refused(method, &a.view(), &b, &x[..99], settings, short(Field::Iterate, 99));
    }
}

// ---- what is found on the way

#[test]
fn an_operator_that_is_not_positive_definite_is_told() {
    // Eigenvalues 3 and -1: the diagonal looks well.
    let a = Sparse::<f64>::from_entries(2, [(0, 0, 1.0), (0, 1, 2.0), (1, 0, 2.0), (1, 1, 1.0)]);
    let b = [1.0, -1.0];
    for method in [Method::Cg, Method::PcgSsor, Method::SsorCg] {
        let mut x = [0.25, 0.5];
        let mut settings = Settings::new(1.0, 1e-8);
        settings.keep_best = true;
        let report = solve(method, &a.view(), &b, &mut x, settings).unwrap();
        assert_eq!(report.step, Step::NotPositiveDefinite, "{method:?}");
        assert!(report.best <= report.initial);
        assert!(x.iter().all(|x| x.is_finite()));
        assert_honest(&a, &b, &x, &report, "not positive definite");
    }
}

/// A preconditioner whose sign can be turned.
struct Signed(f64);

impl Direction<f64> for Signed {
    fn direction(&mut self, r: &[f64], d: &mut [f64]) {
        // On half of the space only.
        for (k, (d, r)) in d.iter_mut().zip(r).enumerate() {
            *d = if k < 50 { self.0 * r } else { *r };
        }
    }
}

#[test]
fn an_indefinite_preconditioner_is_told_and_nothing_is_claimed() {
    use tinysolve::linear::{Pcg, PcgConfig};
    let a = laplacian::<f64>();
    for (sign, expected) in [(-1.0, Step::IndefinitePreconditioner), (1.0, Step::Converged)] {
        // Most of b in the half where the preconditioner is negative.
        let b: Vec<f64> = (0..100).map(|k| if k < 50 { 1.0 } else { 0.1 }).collect();
        let (mut x, mut workspace) = (vec![0.0; 100], vec![0.0; 500]);
        let config = PcgConfig { stopping: Stopping::default().with_relative(1e-8), keep_best: true };
        let report = Pcg::new(&a.view(), Signed(sign), &b, &mut x, &mut workspace, config).unwrap().run();
        assert_eq!(report.step, expected);
        assert_honest(&a, &b, &x, &report, "indefinite preconditioner");
    }
}

#[test]
fn a_preconditioner_of_zero_breaks_down() {
    use tinysolve::linear::{Pcg, PcgConfig};
    struct Nothing;
    impl Direction<f64> for Nothing {
        fn direction(&mut self, _: &[f64], d: &mut [f64]) {
            d.fill(0.0);
        }
    }
    let a = laplacian::<f64>();
    let (b, mut x, mut workspace) = (wave::<f64>(100, 1.0), vec![0.0; 100], vec![0.0; 500]);
    let report = Pcg::new(&a.view(), Nothing, &b, &mut x, &mut workspace, PcgConfig::default()).unwrap().run();
    assert_eq!((report.step, report.iterations), (Step::Breakdown, 0));
    assert_honest(&a, &b, &x, &report, "zero preconditioner");
}

#[test]
fn the_rounding_floor_of_f32_is_stagnation() {
    let a = laplacian::<f32>();
    let b = wave::<f32>(100, 1.0);
    for method in Method::ALL {
        for keep_best in [false, true] {
            let mut x = vec![0.0; 100];
            let settings = Settings { keep_best, ..Settings::new(1.4, 1e-12) };
            let report = solve(method, &a.view(), &b, &mut x, settings).unwrap();
            assert_eq!(report.step, Step::Stagnated, "{method:?}");
            assert!(report.iterations < 1000, "{method:?}: {} iterations to notice", report.iterations);
            assert!(report.residual < 1e-5 * report.reference, "{method:?}: {:e}", report.residual);
            assert_honest(&a, &b, &x, &report, "stagnation");
            if keep_best {
                assert_eq!(report.residual, report.best, "{method:?}: the best iterate was not kept");
            }
        }
    }
}

#[test]
fn divergence_ends_a_sweep_soon_and_can_leave_the_best_iterate() {
    let a = Sparse::<f32>::from_entries(2, [(0, 0, 1.0), (0, 1, 3.0), (1, 0, 3.0), (1, 1, 1.0)]);
    for method in Method::SWEEPS {
        for keep_best in [false, true] {
            let mut x = [0.2_f32, 0.2];
            let settings = Settings { keep_best, ..Settings::new(1.0, 1e-6) };
            let report = solve(method, &a.view(), &[1.0, 1.0], &mut x, settings).unwrap();
            assert_eq!(report.step, Step::Diverged, "{method:?}");
            assert!(report.iterations < 50, "{method:?}: {}", report.iterations);
            assert!(x.iter().all(|x| x.is_finite()));
            assert_honest(&a, &[1.0, 1.0], &x, &report, "divergence");
            if keep_best {
                assert_eq!((x, report.residual), ([0.2, 0.2], report.best), "{method:?}");
            }
        }
    }
}

#[test]
fn the_iteration_cap_is_exact_and_its_residual_true() {
    fn check<T: Real>() {
        let a = laplacian::<T>();
        let b = wave::<T>(100, 1.0);
        for method in Method::ALL {
            for max_iterations in [1, 2, 3, 5] {
                let mut settings = Settings::<T>::new(1.2, 1e-6);
                settings.stopping.max_iterations = max_iterations;
                let mut x = vec![T::ZERO; 100];
                let report = solve(method, &a.view(), &b, &mut x, settings).unwrap();
                assert_eq!((report.step, report.iterations), (Step::IterationCap, max_iterations), "{method:?}");
                assert_honest(&a, &b, &x, &report, "cap");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn an_interrupted_solve_goes_on_to_the_same_bits() {
    let a = laplacian::<f32>();
    let b = wave::<f32>(100, 1.0);
    for method in Method::ALL {
        let settings = Settings::<f32>::new(1.2, 1e-5);
        let mut whole = vec![0.0; 100];
        let expected = solve(method, &a.view(), &b, &mut whole, settings).unwrap();
        assert_eq!(expected.step, Step::Converged);
        for slice in 1..5 {
            let mut x = vec![0.0; 100];
            let (report, interruptions) = with_solver(method, &a.view(), &b, &mut x, settings, |mut solver| {
                let mut interruptions = 0;
                loop {
                    let mut left = slice;
                    let report = solver.run_while(|report| {
                        assert_eq!(report.step, Step::Running);
                        left -= 1;
                        left > 0
                    });
                    if report.step != Step::Interrupted {
                        // What is final stays final.
                        assert_eq!((solver.step(), solver.report()), (report.step, report));
                        return (report, interruptions);
                    }
                    interruptions += 1;
                }
            })
            .unwrap();
            assert!(interruptions >= expected.iterations / slice - 1, "{method:?}: {interruptions}");
            assert_eq!((report, bits(&x)), (expected, bits(&whole)), "{method:?} in slices of {slice}");
        }
    }
}

#[test]
fn scaling_b_by_a_power_of_two_changes_nothing_else() {
    // p'Ap is of the order of |b|²: in f32 it would vanish below 1e-23 and overflow above 1e19.
    let a = laplacian::<f32>();
    let unit = wave::<f32>(100, 1.0);
    for method in Method::ALL {
        let settings = Settings::<f32>::new(1.3, 1e-5);
        let mut expected = vec![0.0; 100];
        let report = solve(method, &a.view(), &unit, &mut expected, settings).unwrap();
        assert_eq!(report.step, Step::Converged);
        for exponent in [-100, -70, -30, 30, 70, 110] {
            let factor = 2.0_f32.powi(exponent);
            let b: Vec<f32> = unit.iter().map(|b| factor * b).collect();
            let mut x = vec![0.0; 100];
            let scaled = solve(method, &a.view(), &b, &mut x, settings).unwrap();
            let count = (scaled.step, scaled.iterations);
            assert_eq!(count, (report.step, report.iterations), "{method:?} 2^{exponent}: {scaled:?}");
            let back: Vec<f32> = x.iter().map(|x| x / factor).collect();
            assert_eq!(bits(&back), bits(&expected), "{method:?} 2^{exponent}");
        }
    }
}

#[test]
fn extremes_of_a_and_b_end_with_a_number_and_a_true_word() {
    let unit = wave::<f32>(100, 1.0);
    for size in [1e-44, 1e-38, 1e-30, 1e-20, 1.0, 1e18, 1e30, 4e37] {
        let a = scaled_laplacian::<f32>(size);
        for magnitude in [1e-44_f32, 1e-38, 1e-30, 1e-10, 1.0, 1e10, 1e30, 1e38] {
            let b: Vec<f32> = unit.iter().map(|b| magnitude * b).collect();
            for method in Method::ALL {
                let mut x = vec![0.0_f32; 100];
                let mut settings = Settings::new(1.3, 1e-4);
                settings.keep_best = true;
                let what = format!("{method:?} with A of {size:e} and b of {magnitude:e}");
                let report = solve(method, &a.view(), &b, &mut x, settings).unwrap();
                assert!(report.step.is_final(), "{what}");
                assert!(x.iter().all(|x| x.is_finite()), "{what}: {report:?}");
                let size_of_b = b.iter().map(|b| f64::from(*b).powi(2)).sum::<f64>().sqrt();
                if size_of_b > f64::from(f32::MAX) {
                    // No f32 holds |b|, so nothing can be said of it: x stays as it was.
                    assert_eq!((report.step, report.iterations), (Step::Diverged, 0), "{what}: {report:?}");
                    assert!(x.iter().all(|&x| x == 0.0), "{what}");
                    continue;
                }
                assert!(report.residual.is_finite(), "{what}: {report:?}");
                if report.step == Step::Converged {
                    let exact = residual_of(&a, &b, &x);
                    // Each sum of subnormal numbers may be off by the smallest one.
                    let bound = 1.001e-4 * size_of_b + 100.0 * f64::from(f32::from_bits(1));
                    assert!(exact <= bound, "{what}: {exact:e} > {bound:e}");
                }
                // Solutions well inside the range have to be found.
                let solution = f64::from(magnitude) / size;
                if (1e-25..1e25).contains(&solution)
                    && (1e-29..1e29).contains(&size)
                    && (1e-29..1e29).contains(&magnitude)
                {
                    assert_eq!(report.step, Step::Converged, "{what}: {report:?}");
                }
            }
        }
    }
}

#[test]
fn an_operator_of_dimension_nought_is_solved() {
    let a = Csr::<f32, u16>::new(&[0], &[], &[]).unwrap();
    for method in Method::ALL {
        let report = solve(method, &a, &[], &mut [], Settings::new(1.0, 1e-5)).unwrap();
        assert_eq!((report.step, report.iterations), (Step::Converged, 0), "{method:?}");
    }
}

#[test]
fn all_kinds_of_operator_come_to_the_same_outcome() {
    let (sparse, b) = (laplacian::<f64>(), wave::<f64>(100, 1.0));
    let mut full = vec![0.0; 100 * 100];
    for (row, column, value) in sparse.entries() {
        full[row * 100 + column] = value;
    }
    let dense = MatRef::row_major(&full, 100, 100).unwrap();
    let stencil = Stencil::new([10, 10, 1], 4.0, [-1.0, -1.0, 0.0], None).unwrap();
    let reports = |method, a: &dyn Sweep<f64>| {
        let mut x = vec![0.0; 100];
        (solve(method, a, &b, &mut x, Settings::new(1.5, 1e-9)).unwrap(), x)
    };
    for method in Method::ALL {
        let (expected, x) = reports(method, &sparse.view());
        for a in [&dense as &dyn Sweep<f64>, &stencil] {
            let (report, y) = reports(method, a);
            assert_eq!((report.step, report.iterations), (expected.step, expected.iterations), "{method:?}");
            assert!(x.iter().zip(&y).all(|(x, y)| (x - y).abs() < 1e-7), "{method:?}");
        }
    }
}
