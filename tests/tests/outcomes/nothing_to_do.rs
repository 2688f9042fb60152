//! Solves that are over before they begin, or begin close to the end.

use super::*;

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
