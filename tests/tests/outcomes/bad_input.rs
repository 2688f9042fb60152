//! What is refused: by name and index, x untouched.

use super::*;

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
