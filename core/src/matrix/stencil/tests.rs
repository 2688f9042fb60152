use super::*;
use crate::matrix::VariableStencil;
use std::vec;
use std::vec::Vec;

/// The same operator by hand, dense, fixed cells as given values.
fn dense(shape: [usize; 3], centre: f64, coupling: [f64; 3]) -> Vec<Vec<f64>> {
    let [nx, ny, nz] = shape;
    let n = nx * ny * nz;
    let place = |row: usize| [row % nx, row / nx % ny, row / nx / ny];
    (0..n)
        .map(|i| {
            (0..n)
                .map(|j| {
                    if i == j {
                        return centre;
                    }
                    let (a, b) = (place(i), place(j));
                    let apart: Vec<usize> = (0..3).filter(|&d| a[d] != b[d]).collect();
                    match apart[..] {
                        [d] if a[d].abs_diff(b[d]) == 1 => coupling[d],
                        _ => 0.0,
                    }
                })
                .collect()
        })
        .collect()
}

fn wave(n: usize, seed: f64) -> Vec<f64> {
    (0..n).map(|k| ((k as f64 + seed) * 1.7).sin()).collect()
}

const SHAPES: [[usize; 3]; 8] =
    [[1, 1, 1], [7, 1, 1], [1, 5, 1], [4, 4, 1], [9, 6, 1], [13, 3, 1], [3, 4, 5], [5, 1, 4]];

#[test]
fn products_sweeps_and_solves_match_dense_arithmetic() {
    for shape in SHAPES {
        for masked in [false, true] {
            let n = cells(shape).unwrap();
            let mask: Vec<u8> = (0..n).map(|k| u8::from(k % 5 != 3)).collect();
            let fixed = |k: usize| masked && mask[k] == 0;
            let (centre, coupling) = (6.5, [-1.0, -0.75, -0.5]);
            let a = dense(shape, centre, coupling);
            let stencil = Stencil::new(shape, centre, coupling, masked.then_some(&mask[..])).unwrap();
            let (x, b) = (wave(n, 0.3), wave(n, 7.1));

            let product: Vec<f64> = a.iter().map(|row| row.iter().zip(&x).map(|(a, x)| a * x).sum()).collect();
            let mut y = vec![9.0; n];
            stencil.apply(&x, &mut y);
            let mut r = vec![9.0; n];
            stencil.residual(&b, &x, &mut r);
            let mut squares = 0.0;
            for k in 0..n {
                let (want_y, want_r) = if fixed(k) { (0.0, 0.0) } else { (product[k], b[k] - product[k]) };
                assert!((y[k] - want_y).abs() < 1e-13 && (r[k] - want_r).abs() < 1e-13, "{shape:?} {masked} {k}");
                squares += want_r * want_r;
            }
            assert!((stencil.residual_squares(0..n, 1.0, &b, &x, 0.0) - squares).abs() < 1e-12 * (1.0 + squares));

            for order in [Order::Forward, Order::Backward] {
                let omega = 1.3;
                let mut want = x.clone();
                let rows: Vec<usize> = if order == Order::Forward { (0..n).collect() } else { (0..n).rev().collect() };
                for k in rows.into_iter().filter(|&k| !fixed(k)) {
                    let residual: f64 = b[k] - a[k].iter().zip(&want).map(|(a, x)| a * x).sum::<f64>();
                    want[k] += omega / centre * residual;
                }
                let mut got = x.clone();
                stencil.sweep(order, 0..n, Relaxation { omega, scaling: &[] }, &b, &mut got);
                for k in 0..n {
                    assert!((got[k] - want[k]).abs() < 1e-13, "{shape:?} {masked} {order:?} {k}");
                }
            }
        }
    }
}

#[test]
fn blocks_of_lines_give_the_bits_of_the_whole() {
    let shape = [13, 9, 1];
    let stencil = Stencil::new(shape, 4.0_f32, [-1.0, -1.0, 0.0], None).unwrap();
    let b: Vec<f32> = wave(117, 0.1).iter().map(|&x| x as f32).collect();
    let relaxation = Relaxation { omega: 1.5, scaling: &[] };
    let (mut whole, mut blocks) = (vec![0.25_f32; 117], vec![0.25_f32; 117]);
    stencil.sweep(Order::Forward, 0..117, relaxation, &b, &mut whole);
    let mut sum = 0.0;
    for start in (0..117).step_by(26) {
        stencil.sweep(Order::Forward, start..(start + 26).min(117), relaxation, &b, &mut blocks);
    }
    assert_eq!(whole, blocks);
    for start in (0..117).step_by(39) {
        sum = stencil.residual_squares(start..start + 39, 1.0, &b, &whole, sum);
    }
    assert_eq!(sum.to_bits(), stencil.residual_squares(0..117, 1.0, &b, &whole, 0.0).to_bits());
}

/// A plane, a stencil that is one, and one whose mask leaves every cell free, in one piece and in blocks.
#[test]
fn a_plane_has_the_bits_of_its_stencil() {
    use crate::matrix::Plane;
    for [nx, ny] in [[1, 1], [2, 1], [1, 3], [3, 2], [4, 4], [5, 3], [17, 6], [40, 9]] {
        let n = nx * ny;
        let plane = Plane::new([nx, ny], 4.2_f32, [-1.0, -0.7]).unwrap();
        let ones = vec![1_u8; n];
        let stencil = |mask| Stencil::new([nx, ny, 1], 4.2_f32, [-1.0, -0.7, -9.0], mask).unwrap();
        let [b, x]: [Vec<f32>; 2] = [0.3, 7.1].map(|seed| wave(n, seed).iter().map(|&x| x as f32).collect());
        let relaxation = Relaxation { omega: 1.7, scaling: &[] };
        let results = |a: &dyn Sweep<f32>, block: usize| {
            let (mut x, mut y, mut r, mut sum) = (x.clone(), vec![0.0; n], vec![0.0; n], 0.0);
            for order in [Order::Forward, Order::Backward, Order::Forward] {
                let starts = (0..n).step_by(block);
                let starts: Vec<_> = if order == Order::Forward { starts.collect() } else { starts.rev().collect() };
                for start in starts {
                    a.sweep(order, start..n.min(start + block), relaxation, &b, &mut x);
                }
            }
            for start in (0..n).step_by(block) {
                sum = a.residual_squares(start..n.min(start + block), 0.5, &b, &x, sum);
            }
            a.apply(&x, &mut y);
            a.residual(&b, &x, &mut r);
            [x, y, r, vec![sum]].concat().iter().map(|x| x.to_bits()).collect::<Vec<_>>()
        };
        let whole = results(&plane, n);
        for block in [nx, 2 * nx, n] {
            assert_eq!(results(&plane, block), whole, "{nx} x {ny}");
            assert_eq!(results(&stencil(None), block), whole, "{nx} x {ny}");
            assert_eq!(results(&stencil(Some(&ones)), block), whole, "{nx} x {ny}, mask");
        }
        assert_eq!((plane.shape(), LinearOperator::dim(&plane), Sweep::granule(&plane)), ([nx, ny], n, nx));
        let (mut y, mut z) = (b.clone(), b.clone());
        Sweep::solve_lower(&plane, relaxation, &mut y);
        operator::solve_lower(&stencil(Some(&ones)), 0..n, relaxation, &mut z);
        assert!(y.iter().zip(&z).all(|(y, z)| (y - z).abs() < 1e-5));
    }
    assert_eq!(Plane::new([3, 0], 4.0_f32, [0.0; 2]).err(), Some(Error::OutOfRange { field: Field::Size, index: 1 }));
    assert_eq!(Plane::new([3, 1], 0.0_f32, [0.0; 2]).err(), Some(Error::ZeroDiagonal { row: 0 }));
    let error = Plane::new([3, 1], 1.0, [0.0, f32::NAN]).err();
    assert_eq!(error, Some(Error::NotFinite { field: Field::Values, index: 2 }));
}

/// Every kernel of an operator with coefficients of its own against the definition row by row.
#[test]
fn variable_sweeps_have_the_bits_of_the_definition() {
    for shape in SHAPES {
        for masked in [false, true] {
            let n = cells(shape).unwrap();
            let [nx, ny, nz] = shape;
            let mut coupling: [Vec<f64>; 3] = [0.5, 1.5, 2.5].map(|seed| wave(n, seed));
            for row in 0..n {
                let at_wall = [row % nx + 1 == nx, row / nx % ny + 1 == ny, row / nx / ny + 1 == nz];
                coupling.iter_mut().zip(at_wall).filter(|(_, at_wall)| *at_wall).for_each(|(side, _)| side[row] = 0.0);
            }
            let centre: Vec<f64> = wave(n, 3.3).iter().map(|x| 5.0 + x).collect();
            let mask: Vec<u8> = (0..n).map(|k| u8::from(k % 4 != 1)).collect();
            let [east, north, up] = &coupling;
            let mask = masked.then_some(&mask[..]);
            let a = VariableStencil::new(shape, &centre, [east, north, up], mask).unwrap();
            let (b, x, mut scaling) = (wave(n, 0.9), wave(n, 2.2), vec![0.0; n]);
            a.prepare(1.4, &mut scaling);
            for order in [Order::Forward, Order::Backward] {
                let mut want = x.clone();
                let rows: Vec<usize> = if order == Order::Forward { (0..n).collect() } else { (0..n).rev().collect() };
                for row in rows.into_iter().filter(|&row| !a.is_fixed(row)) {
                    let r = b[row] - a.lower(row, &want) - centre[row] * want[row] - a.upper(row, &want);
                    want[row] += scaling[row] * r;
                }
                let mut got = x.clone();
                a.sweep(order, 0..n, Relaxation { omega: 1.4, scaling: &scaling }, &b, &mut got);
                assert_eq!(got, want, "{shape:?} {masked} {order:?}");
            }
            let mut r = vec![0.0; n];
            a.residual(&b, &x, &mut r);
            let squares = r.iter().map(|r| 0.25 * r * r).sum::<f64>();
            let (half, rest) = (n / 2, a.residual_squares(0..n / 2, 0.5, &b, &x, 0.0));
            assert!((a.residual_squares(half..n, 0.5, &b, &x, rest) - squares).abs() < 1e-12 * (1.0 + squares));
        }
    }
}

#[test]
fn variable_coefficients_agree_with_constant_ones() {
    for shape in SHAPES {
        let n = cells(shape).unwrap();
        let [nx, ny, nz] = shape;
        let (mut east, mut north, mut up) = (vec![-1.0; n], vec![-0.75; n], vec![-0.5; n]);
        for row in 0..n {
            if row % nx + 1 == nx {
                east[row] = 0.0;
            }
            if row / nx % ny + 1 == ny {
                north[row] = 0.0;
            }
            if row / nx / ny + 1 == nz {
                up[row] = 0.0;
            }
        }
        let centre = vec![6.5; n];
        let mask: Vec<u8> = (0..n).map(|k| u8::from(k % 4 != 1)).collect();
        let up = if nz > 1 { &up[..] } else { &[] };
        let variable = VariableStencil::new(shape, &centre, [&east, &north, up], Some(&mask)).unwrap();
        let constant = Stencil::new(shape, 6.5, [-1.0, -0.75, -0.5], Some(&mask)).unwrap();
        let (x, b) = (wave(n, 0.9), wave(n, 2.2));
        let (mut y, mut z) = (vec![0.0; n], vec![0.0; n]);
        variable.residual(&b, &x, &mut y);
        constant.residual(&b, &x, &mut z);
        assert!(y.iter().zip(&z).all(|(y, z): (&f64, &f64)| (y - z).abs() < 1e-13), "{shape:?}");
        let mut scaling = vec![0.0; n];
        variable.prepare(1.4, &mut scaling);
        let with = Relaxation { omega: 1.4, scaling: &scaling };
        let without = Relaxation { omega: 1.4, scaling: &[] };
        let (mut y, mut z) = (x.clone(), x.clone());
        variable.sweep(Order::Backward, 0..n, with, &b, &mut y);
        constant.sweep(Order::Backward, 0..n, without, &b, &mut z);
        assert!(y.iter().zip(&z).all(|(y, z): (&f64, &f64)| (y - z).abs() < 1e-13), "{shape:?}");
        for lower in [true, false] {
            let (mut y, mut z) = (b.clone(), b.clone());
            if lower {
                variable.solve_lower(with, &mut y);
                constant.solve_lower(without, &mut z);
            } else {
                variable.solve_upper(with, &mut y);
                constant.solve_upper(without, &mut z);
            }
            assert!(y.iter().zip(&z).all(|(y, z): (&f64, &f64)| (y - z).abs() < 1e-13), "{shape:?} {lower}");
        }
    }
}

#[test]
fn defects_are_named() {
    let new = |shape, centre: f32, mask| Stencil::new(shape, centre, [-1.0, -1.0, 0.0], mask).err();
    assert_eq!(new([4, 0, 1], 4.0, None), Some(Error::OutOfRange { field: Field::Size, index: 1 }));
    assert_eq!(new([usize::MAX, 2, 1], 4.0, None), Some(Error::TooLarge { field: Field::Size }));
    assert_eq!(new([4, 4, 1], 0.0, None), Some(Error::ZeroDiagonal { row: 0 }));
    assert_eq!(new([4, 4, 1], f32::NAN, None), Some(Error::NotFinite { field: Field::Values, index: 0 }));
    let short = Some(Error::Length { field: Field::Mask, need: 16, got: 3 });
    assert_eq!(new([4, 4, 1], 4.0, Some(&[1, 1, 1])), short);
}
