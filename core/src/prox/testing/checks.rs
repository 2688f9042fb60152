//! Properties on random cases.

use super::{Random, Subject, edges};
use crate::error::{Error, Field};
use crate::operator::Prox;
use crate::real::Real;
use std::vec;
use std::vec::Vec;

/// Random cases: as many as asked, or a hundred times that in a long run.
fn cases(normal: usize) -> usize {
    if std::env::var("TINYSOLVE_LONG").is_ok_and(|value| value == "1") { normal * 100 } else { normal }
}

fn round<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|x| T::from_f64(*x)).collect()
}

fn wide<T: Real>(values: &[T]) -> Vec<f64> {
    values.iter().map(|x| x.to_f64()).collect()
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

fn difference(x: &[f64], y: &[f64]) -> Vec<f64> {
    x.iter().zip(y).map(|(x, y)| x - y).collect()
}

fn size(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()))
}

/// prox in precision T, on memory with guards behind it, and with the same bits whatever is in the scratch.
pub(super) fn apply<S: Subject, T: Real>(parameters: &[f64], v: &[f64], step: f64) -> Vec<f64> {
    const GUARD: f64 = 1234.5;
    let parameters: Vec<T> = round(parameters);
    let operator = S::operator(v.len(), &parameters);
    let scratch_len = operator.scratch_len(v.len());
    operator.check(v.len(), scratch_len).unwrap();
    let mut results = [f64::NAN, 0.3].map(|rubbish| {
        let mut x: Vec<T> = round(v);
        x.push(T::from_f64(GUARD));
        let mut scratch = vec![T::from_f64(rubbish); scratch_len + 1];
        scratch[scratch_len] = T::from_f64(GUARD);
        operator.prox(&mut x[..v.len()], T::from_f64(step), &mut scratch[..scratch_len]);
        assert_eq!((x.pop(), scratch[scratch_len]), (Some(T::from_f64(GUARD)), T::from_f64(GUARD)), "guards");
        x
    });
    let bits = |x: &T| if x.to_f64().is_nan() { u64::MAX } else { x.to_bits_u64() };
    let [first, second] = &mut results;
    assert!(first.iter().map(bits).eq(second.iter().map(bits)), "what is in the scratch must not matter");
    wide(first)
}

struct Case<'a> {
    parameters: &'a [f64],
    v: &'a [f64],
    step: f64,
    /// Largest magnitude of prox(v), which may be larger than that of v.
    size: f64,
}

impl Case<'_> {
    fn scale(&self) -> f64 {
        1.0 + size(self.v).max(self.size)
    }

    /// The objective of `z` is not below that of `p`; of a convex function, (v - p) / step is a subgradient at p, which is
    /// sharper.
    ///
    /// All terms are times the step. So with a long one, where f is steep, the best of all numbers that can be written may miss the
    /// bound that is meant for the rounding of |z - v|² / 2. What is asked of the objective itself, f(z) + |z - v|² / (2 step), is
    /// 8 epsilon (1 + |v|); a convex function is held to that, or less: to what it changes by between p and its neighbours at a
    /// distance of epsilon (1 + |v|).
    fn minimal<S: Subject>(&self, p: &[f64], z: &[f64], (tolerance, epsilon): (f64, f64), what: &str) {
        let (f_p, f_z) = (S::objective(self.parameters, p), S::objective(self.parameters, z));
        assert!(f_p.is_finite(), "{what}: f(p) = {f_p}, p = {p:?}, v = {:?}, step {:e}", self.v, self.step);
        if f_z == f64::INFINITY {
            return;
        }
        let away = difference(self.v, p);
        let move_to = difference(z, p);
        let gap = if S::CONVEX {
            self.step * (f_z - f_p) - dot(&away, &move_to)
        } else {
            let from_z = difference(self.v, z);
            self.step * (f_z - f_p) + (dot(&from_z, &from_z) - dot(&away, &away)) / 2.0
        };
        let n = self.v.len() as f64;
        let reach = size(&move_to).max(self.scale());
        let mut allowed = tolerance * (n * self.scale() * reach + self.step * (f_z.abs() + f_p.abs()));
        if gap < -allowed && S::CONVEX {
            let unit = epsilon * (1.0 + size(self.v));
            allowed = allowed.max(self.step * (8.0 * unit).min(self.steepness::<S>(p, f_p, unit)));
        }
        assert!(
            gap >= -allowed,
            "{what}: gap {gap:e}, allowed {allowed:e}; z = {z:?}, p = {p:?}, v = {:?}, step {:e}, parameters {:?}",
            self.v,
            self.step,
            self.parameters
        );
    }

    /// Sum over elements of what f changes by, at most, when one of them moves this far.
    fn steepness<S: Subject>(&self, p: &[f64], f_p: f64, far: f64) -> f64 {
        let mut near = p.to_vec();
        let mut sum = 0.0;
        for (k, p) in p.iter().enumerate() {
            let mut change = 0.0_f64;
            for far in [far, -far] {
                near[k] = p + far;
                let there = (S::objective(self.parameters, &near) - f_p).abs();
                change = if there.is_finite() { change.max(there) } else { change };
            }
            near[k] = *p;
            sum += change;
        }
        sum
    }
}

/// All checks of one operator.
pub(in crate::prox) fn run<S: Subject>() {
    let mut random = Random::new(77);
    for k in 0..cases(S::CASES) {
        let n = S::SIZES[k % S::SIZES.len()];
        let parameters = S::parameters(&mut random, n);
        let v = random.point(n);
        let step = random.power(S::STEPS.0, S::STEPS.1);
        let double = apply::<S, f64>(&parameters, &v, step);
        let case = Case { parameters: &parameters, v: &v, step, size: size(&double) };
        let single = apply::<S, f32>(&parameters, &v, step);
        let eps32 = S::FACTOR * f64::from(f32::EPSILON);
        let eps64 = S::FACTOR64 * f64::EPSILON;
        let singles = f64::from(f32::EPSILON);
        for (p, tolerance, epsilon, what) in [(&double, eps64, f64::EPSILON, "f64"), (&single, eps32, singles, "f32")] {
            let outside = S::violation(&parameters, p);
            let allowed = tolerance * (n as f64) * case.scale();
            assert!(outside <= allowed, "{what}: outside by {outside:e}: {p:?}, v = {v:?}, {parameters:?}");
            for _ in 0..6 {
                let reach = random.power(-5.0, 0.5);
                let mut z: Vec<f64> = p.iter().map(|p| p + reach * random.between(-1.0, 1.0)).collect();
                if random.below(2) == 0 {
                    let only = random.below(n);
                    z.iter_mut().zip(p).enumerate().filter(|(k, _)| *k != only).for_each(|(_, (z, p))| *z = *p);
                }
                S::feasible(&mut random, &parameters, &mut z);
                case.minimal::<S>(p, &z, (tolerance, epsilon), what);
            }
            // Where elements are often 0, or nothing is moved.
            for mut z in [vec![0.0; n], v.clone(), random.point(n)] {
                S::feasible(&mut random, &parameters, &mut z);
                case.minimal::<S>(p, &z, (tolerance, epsilon), what);
            }
        }
        if S::CONVEX {
            let allowed = eps32 * case.scale() + eps64 * case.scale();
            let apart = size(&difference(&single, &double));
            assert!(
                apart <= allowed,
                "f32 {single:?}, f64 {double:?}, apart {apart:e}, allowed {allowed:e}, v = {v:?}, step {step:e}, parameters {parameters:?}"
            );
            firm::<S>(&case, &single, &mut random);
        }
        symmetries::<S>(&case, &single, &mut random);
        values::<S>(&case, &single, &double, &mut random);
    }
    refusals::<S>(&mut random);
    edges::run::<S>(&mut random);
}

/// |p - q|² <= <p - q, v - w>.
fn firm<S: Subject>(case: &Case, p: &[f64], random: &mut Random) {
    let reach = random.power(-4.0, 0.0);
    let w: Vec<f64> = case.v.iter().map(|v| f64::from((v + reach * random.between(-1.0, 1.0)) as f32)).collect();
    let q = apply::<S, f32>(case.parameters, &w, case.step);
    let (pq, vw) = (difference(p, &q), difference(case.v, &w));
    let error = S::FACTOR * f64::from(f32::EPSILON) * (case.scale() + reach);
    let n = case.v.len() as f64;
    let slack = dot(&pq, &vw) - dot(&pq, &pq);
    assert!(
        slack >= -n * error * (4.0 * size(&vw) + error),
        "not firmly nonexpansive: {slack:e} at {:?}, {w:?}",
        case.v
    );
}

fn symmetries<S: Subject>(case: &Case, p: &[f64], random: &mut Random) {
    let allowed = S::FACTOR * f64::from(f32::EPSILON) * case.scale();
    if S::ODD {
        let negative: Vec<f64> = case.v.iter().map(|v| -v).collect();
        let q: Vec<f64> = apply::<S, f32>(case.parameters, &negative, case.step).iter().map(|q| -q).collect();
        assert!(difference(p, &q).iter().all(|d| *d == 0.0), "not odd at {:?}: {p:?}, {q:?}", case.v);
    }
    if S::SYMMETRIC {
        let order = random.permutation(case.v.len());
        let shuffled: Vec<f64> = order.iter().map(|k| case.v[*k]).collect();
        let q = apply::<S, f32>(case.parameters, &shuffled, case.step);
        let expected: Vec<f64> = order.iter().map(|k| p[*k]).collect();
        let apart = size(&difference(&expected, &q));
        assert!(apart <= allowed || !S::CONVEX, "not symmetric: {apart:e} at {:?}", case.v);
    }
    if S::SET {
        let again = apply::<S, f32>(case.parameters, p, case.step);
        let apart = size(&difference(p, &again));
        assert!(apart <= allowed, "projecting twice moves by {apart:e}: {p:?}, {again:?}, v = {:?}", case.v);
    }
}

/// `value` against the objective, and of a set inside and outside.
fn values<S: Subject>(case: &Case, single: &[f64], double: &[f64], random: &mut Random) {
    let n = case.v.len();
    let (parameters32, parameters64) = (round::<f32>(case.parameters), round::<f64>(case.parameters));
    let (operator32, operator64) = (S::operator(n, &parameters32), S::operator(n, &parameters64));
    if !S::HAS_VALUE {
        assert!(operator32.value(&round::<f32>(case.v)).is_nan());
        return;
    }
    let mut inside = random.point(n);
    S::feasible(random, case.parameters, &mut inside);
    if S::SET {
        assert_eq!(
            operator32.value(&round::<f32>(single)),
            0.0,
            "value of a projection {single:?}, {:?}",
            case.parameters
        );
        assert_eq!(operator64.value(double), 0.0, "value of a projection {double:?}, {:?}", case.parameters);
        assert_eq!(operator64.value(&inside), 0.0, "value inside, {inside:?}, {:?}", case.parameters);
        if S::violation(case.parameters, case.v) > 1e-3 * case.scale() {
            assert_eq!(operator32.value(&round::<f32>(case.v)), f32::INFINITY, "value outside, {:?}", case.v);
        }
        return;
    }
    for x in [&inside[..], double] {
        let exact = S::objective(case.parameters, x);
        let got = operator64.value(x);
        let allowed = S::FACTOR64 * f64::EPSILON * n as f64 * (1.0 + exact.abs() + size(x) * size(x).max(1.0));
        assert!((got - exact).abs() <= allowed || got == exact, "value {got} {exact} of {x:?}");
        let rounded: Vec<f32> = round(x);
        let exact = S::objective(case.parameters, &wide(&rounded));
        let got = f64::from(operator32.value(&rounded));
        let allowed = S::FACTOR * f64::from(f32::EPSILON) * n as f64 * (1.0 + exact.abs() + size(x) * size(x).max(1.0));
        assert!((got - exact).abs() <= allowed || exact == got, "value {got} {exact} of {rounded:?}");
    }
}

/// A scratch that is too short is named.
fn refusals<S: Subject>(random: &mut Random) {
    let n = S::SIZES[S::SIZES.len() - 1];
    let parameters: Vec<f32> = round(&S::parameters(random, n));
    let operator = S::operator(n, &parameters);
    let need = operator.scratch_len(n);
    assert_eq!(operator.check(n, need + 5), Ok(()));
    if need > 0 {
        let short = Error::Length { field: Field::Workspace, need, got: need - 1 };
        assert_eq!(operator.check(n, need - 1), Err(short));
    }
}
