//! The 5-point operator written down once more, in f64 and without the library: an oracle for what reports say.

use tinysolve::real::Real;

/// |b - A x| in f64 on side x side points, where A has `centre` on its diagonal and `coupling` to each of four
/// neighbours; points outside are zero.
#[must_use]
pub fn true_residual<T: Real>(side: usize, centre: T, coupling: T, b: &[T], x: &[T]) -> f64 {
    let (centre, coupling) = (centre.to_f64(), coupling.to_f64());
    let mut squares = 0.0;
    for (place, (b, own)) in b.iter().zip(x).enumerate() {
        let (row, column) = (place / side, place % side);
        let at = |inside: bool, place: usize| if inside { x[place].to_f64() } else { 0.0 };
        let around = at(column > 0, place.wrapping_sub(1))
            + at(column + 1 < side, place + 1)
            + at(row > 0, place.wrapping_sub(side))
            + at(row + 1 < side, place + side);
        let residual = b.to_f64() - centre * own.to_f64() - coupling * around;
        squares += residual * residual;
    }
    squares.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tinysolve::matrix::Stencil;
    use tinysolve::operator::LinearOperator;
    use tinysolve::vector;

    #[test]
    fn agrees_with_the_library_in_f64() {
        let side = 7;
        let value = |seed: f64| (0..side * side).map(|k| (seed * k as f64).sin()).collect::<Vec<f64>>();
        let (b, x, mut r) = (value(0.7), value(1.3), vec![0.0; side * side]);
        let a = Stencil::new([side, side, 1], 4.5, [-1.25, -1.25, 0.0], None).unwrap();
        a.residual(&b, &x, &mut r);
        assert!((true_residual(side, 4.5, -1.25, &b, &x) - vector::norm(&r)).abs() < 1e-13);
    }
}
