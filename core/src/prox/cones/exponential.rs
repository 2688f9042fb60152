//! The exponential cone and its dual.

use crate::error::{Error, Field};
use crate::operator::Prox;
use crate::prox::scalar::bracketed;
use crate::prox::sets::indicator;
use crate::real::Real;

/// Triples (r, s, t) with s e^(r / s) <= t, s > 0, and their limits r <= 0, s = 0, t >= 0; x is one or more of them.
///
/// One root (H. A. Friberg, Projection onto the exponential cone: a univariate root-finding problem, Optim. Methods Softw. 38
/// (2023), 457-473): v = a (rho, 1, e^rho) + b (1, 1 - rho, -e^-rho), the part in the cone and the part in its polar, where the first
/// two elements give a and b by rho, and the third an increasing equation. At most 100 pairs of exponentials a triple, about 10
/// as a rule. Measured in f32: error 1e-4 of |v| at worst, 1e-6 as a rule: the cone is as steep as an exponential.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ExponentialCone;

/// The dual cone: (u, v, w) with -u e^(v / u) <= e w, u < 0, and their limits u = 0, v, w >= 0: v plus the projection of -v on the
/// exponential cone. Costs and errors are those of the [`ExponentialCone`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DualExponentialCone;

fn inside<T: Real>([r, s, t]: [T; 3]) -> bool {
    if s > T::ZERO { s * (r / s).exp() <= t } else { s == T::ZERO && r <= T::ZERO && t >= T::ZERO }
}

fn inside_dual<T: Real>([u, v, w]: [T; 3]) -> bool {
    if u < T::ZERO { -u * (v / u - T::ONE).exp() <= w } else { u == T::ZERO && v >= T::ZERO && w >= T::ZERO }
}

/// -(r, s, t) in the dual cone.
fn polar<T: Real>([r, s, t]: [T; 3]) -> bool {
    if r > T::ZERO {
        t <= T::ZERO && r * (s / r - T::ONE).exp() <= -t
    } else {
        r == T::ZERO && s <= T::ZERO && t <= T::ZERO
    }
}

fn project<T: Real>(v: [T; 3]) -> [T; 3] {
    if v.iter().any(|v| !v.is_finite()) {
        return v;
    }
    let [r, s, t] = v;
    if inside(v) {
        return v;
    }
    if polar(v) {
        return [T::ZERO; 3];
    }
    if r <= T::ZERO && s <= T::ZERO {
        return [r, T::ZERO, t.max(T::ZERO)];
    }
    // Scaled to about 1, which a cone allows, so that nothing overflows but exponentials.
    let power = r.abs().max(s.abs()).max(t.abs()).normalising_power_of_two();
    let scaled = v.map(|v| v * power);
    let (found, cut) = root(scaled);
    // The boundary at s = 0, which the root only approaches.
    let flat = [scaled[0].min(T::ZERO), T::ZERO, scaled[2].max(T::ZERO)];
    let distance = |p: [T; 3]| {
        let [a, b, c] = [scaled[0] - p[0], scaled[1] - p[1], scaled[2] - p[2]];
        a * a + b * b + c * c
    };
    // Where the root was not cut off, the two may be so near each other that their distances do not tell which it is.
    let nearer = !cut || distance(found) <= distance(flat);
    let best = if found.iter().all(|p| p.is_finite()) && nearer { found } else { flat };
    best.map(|p| p / power)
}

/// The part in the cone at the root, and whether that may lie beyond what an exponential can hold.
fn root<T: Real>([r, s, t]: [T; 3]) -> ([T; 3], bool) {
    let far = T::from_f64(if size_of::<T>() > 4 { 600.0 } else { 80.0 });
    let parts = |rho: T| {
        let norm = rho * (rho - T::ONE) + T::ONE;
        (((rho - T::ONE) * r + s) / norm, (r - rho * s) / norm)
    };
    // Both parts are positive between these.
    let (mut low, mut high) = (-far, far);
    if r > T::ZERO {
        low = low.max(T::ONE - s / r);
    } else if r < T::ZERO {
        high = high.min(T::ONE - s / r);
    }
    if s > T::ZERO {
        high = high.min(r / s);
    } else if s < T::ZERO {
        low = low.max(r / s);
    }
    let empty = !(low < high);
    if empty {
        low = high;
    }
    let rho = bracketed(low, high, low + (high - low) / T::TWO, |rho| {
        let (a, b) = parts(rho);
        let (up, down) = (rho.exp(), (-rho).exp());
        let norm = rho * (rho - T::ONE) + T::ONE;
        let turn = T::TWO * rho - T::ONE;
        let (a_slope, b_slope) = ((r - turn * a) / norm, (-s - turn * b) / norm);
        let value = a * up - b * down - t;
        (value, (a + a_slope) * up + (b - b_slope) * down)
    });
    let cut = empty || !(rho.abs() < far);
    let (a, b) = parts(rho);
    if rho > T::ZERO {
        // Here a is a small difference of large numbers; the third equation has the digits.
        let down = (-rho).exp();
        let height = (t + b * down).max(T::ZERO);
        let a = height * down;
        return ([a * rho, a, height], cut);
    }
    let a = a.max(T::ZERO);
    ([a * rho, a, a * rho.exp()], cut)
}

macro_rules! triples {
    ($cone:ident, $v:ident => $project:expr, $inside:ident) => {
        impl<T: Real> Prox<T> for $cone {
            fn scratch_len(&self, _n: usize) -> usize {
                0
            }

            fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
                if n.is_multiple_of(3) { Ok(()) } else { Err(Error::OutOfRange { field: Field::Size, index: 0 }) }
            }

            fn prox(&self, x: &mut [T], _step: T, _scratch: &mut [T]) {
                for triple in x.as_chunks_mut::<3>().0 {
                    let $v = *triple;
                    *triple = $project;
                }
            }

            fn value(&self, x: &[T]) -> T {
                indicator(x.as_chunks::<3>().0.iter().all(|triple| {
                    let size = triple.iter().fold(T::ZERO, |size, x| size.max(x.abs()));
                    // Moved into the cone a little: on its steep side a slack of one element would not be one of distance.
                    let slack = T::EPSILON.sqrt() * (T::ONE + size);
                    let [r, s, t] = *triple;
                    $inside([r - slack, s + slack, t + slack])
                }))
            }
        }
    };
}

triples!(ExponentialCone, v => project(v), inside);
triples!(DualExponentialCone, v => {
    let [r, s, t] = project(v.map(|v| -v));
    [v[0] + r, v[1] + s, v[2] + t]
}, inside_dual);
