//! The cube root, which libm would compute by other means, with tables of its own.

use crate::real::Real;

/// The cube root of a number above 0, within a few units in the last place; 0 for others.
#[inline(never)]
pub(crate) fn cube_root<T: Real>(x: T) -> T {
    if !(x > T::ZERO && x < T::INFINITY) {
        return if x > T::ZERO { x } else { T::ZERO };
    }
    let third = T::from_f64(1.0 / 3.0);
    let root = (x.ln() * third).exp();
    // One step of Newton takes the rounding of the logarithm away.
    root - (root - (x / root) / root) * third
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cube_root_is_good_to_the_last_digits() {
        for k in -36..=37 {
            for m in [1.0_f64, 1.7, 2.3, 5.9, 9.1] {
                let x = m * 10.0_f64.powi(k);
                let got = f64::from(cube_root(x as f32));
                assert!((got / f64::from(x as f32).cbrt() - 1.0).abs() < 2.5e-7, "{x:e}");
                assert!((cube_root(x) / x.cbrt() - 1.0).abs() < 5e-16, "{x:e}");
            }
        }
        assert_eq!((cube_root(0.0), cube_root(-1.0), cube_root(f32::INFINITY)), (0.0, 0.0, f32::INFINITY));
    }
}
