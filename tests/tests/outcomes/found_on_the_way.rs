//! How a solve ends that was not refused.

use super::*;

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
