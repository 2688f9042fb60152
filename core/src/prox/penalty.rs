//! Functions of one number, summed over the elements of a vector: f(x) = p(x_0) + p(x_1) + ...

use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::real::Real;
use crate::veil::veiled;
use crate::wide::{find, wide};

/// A function p of one number by its proximal operator; a penalty is the [`Prox`] of the sum over elements.
pub trait Penalty<T: Real> {
    /// v -> argmin over x of step p(x) + (x - v)² / 2. What depends on the step alone is computed once, here.
    fn map(&self, step: T) -> impl Fn(T) -> T;

    /// Maps the elements by a kernel of this core, to the same bits, and answers how many: all, or 0 where there is none.
    #[inline]
    fn ahead(&self, _x: &mut [T], _step: T) -> usize {
        0
    }

    /// p(x); +infinity outside the domain.
    fn cost(&self, x: T) -> T;

    /// Whether the parameters are usable.
    ///
    /// # Errors
    /// `NotFinite` or `OutOfRange` of `Field::Configuration`, the index that of the parameter.
    fn validate(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// The sum over elements of a penalty from outside this library; the library's own are operators themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Each<P>(pub P);

/// Makes penalties operators.
macro_rules! separable {
    ($(impl [$($generics:tt)*] $penalty:ty;)*) => {$(
        impl<$($generics)*> crate::operator::Prox<T> for $penalty {
            fn scratch_len(&self, _n: usize) -> usize {
                0
            }

            fn check(&self, _n: usize, _scratch: usize) -> Result<(), crate::error::Error> {
                Penalty::<T>::validate(self)
            }

            #[inline]
            fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
                let done = self.ahead(x, step);
                if let Some(rest) = x.get_mut(done..) {
                    crate::prox::penalty::each(rest, self.map(step));
                }
            }

            fn value(&self, x: &[T]) -> T {
                x.iter().fold(T::ZERO, |sum, x| sum + Penalty::<T>::cost(self, *x))
            }
        }
    )*};
}
pub(super) use separable;

impl<T: Real, P: Penalty<T>> Penalty<T> for Each<P> {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        self.0.map(step)
    }

    fn cost(&self, x: T) -> T {
        self.0.cost(x)
    }

    fn validate(&self) -> Result<(), Error> {
        Penalty::<T>::validate(&self.0)
    }
}

separable! {
    impl [T: Real, P: Penalty<T>] Each<P>;
}

/// x = map(x). Plain loops: a chip has the most used ones in assembly, and its flash is worth more than the few instructions of
/// the others, for which a number of elements that are left is kept; elsewhere the compiler makes vectors of them.
#[inline]
pub(super) fn each<T: Real>(x: &mut [T], map: impl Fn(T) -> T) {
    #[cfg(target_arch = "arm")]
    {
        let mut rest = x;
        while let Some((first, others)) = rest.split_first_mut() {
            *first = map(*first);
            rest = others;
        }
    }
    #[cfg(not(target_arch = "arm"))]
    wide(x.len(), move || {
        for x in x {
            *x = map(*x);
        }
    });
}

/// x = map(x, datum).
#[inline]
pub(super) fn each_with<T: Real>(x: &mut [T], data: &[T], map: impl Fn(T, T) -> T) {
    wide(x.len(), move || {
        for (x, datum) in x.iter_mut().zip(data) {
            *x = map(*x, *datum);
        }
    });
}

/// What is wrong with a number that is not finite or else out of range.
#[inline(always)]
fn defect<T: Real>(field: Field, index: usize, value: T) -> Error {
    if is_finite(value) { Error::OutOfRange { field, index } } else { Error::NotFinite { field, index } }
}

/// Sign and exponent, and the largest of those of positive finite numbers.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "at most 12 bits")]
fn exponent<T: Real>(value: T) -> (u32, u32) {
    if size_of::<T>() > 4 {
        ((value.to_bits_u64() >> 52) as u32, 0x7fe)
    } else {
        (veiled(value.to_bits_u64() as u32) >> 23, 0xfe)
    }
}

#[inline(always)]
fn is_finite<T: Real>(value: T) -> bool {
    let (exponent, largest) = exponent(value);
    exponent & (largest + 1) <= largest
}

/// Whether it is finite and above 0, by the bits: everything negative and NaN is not below infinity.
#[inline(always)]
pub(super) fn is_positive<T: Real>(value: T) -> bool {
    let (exponent, largest) = exponent(value);
    value.to_bits_u64() != 0 && exponent <= largest
}

/// Whether it is finite and not 0, by the bits.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "of single precision")]
fn is_label<T: Real>(value: T) -> bool {
    if size_of::<T>() > 4 {
        return is_positive(value.abs());
    }
    let magnitude = veiled((value.to_bits_u64() as u32) << 1);
    magnitude != 0 && magnitude >> 24 != 0xff
}

/// Whether it is finite and at least 0, by the bits; -0 is.
#[inline(always)]
fn is_nonnegative<T: Real>(value: T) -> bool {
    value.to_bits_u64() < T::INFINITY.to_bits_u64() || value.to_bits_u64() == (-T::ZERO).to_bits_u64()
}

/// `Err` unless this parameter is a finite number above 0.
#[inline]
pub(super) fn positive<T: Real>(index: usize, value: T) -> Result<(), Error> {
    if is_positive(value) { Ok(()) } else { Err(defect(Field::Configuration, index, value)) }
}

/// `Err` unless this parameter is a finite number above `bound`, which is positive.
#[inline]
pub(super) fn above<T: Real>(index: usize, value: T, bound: T) -> Result<(), Error> {
    if value > bound && value <= T::MAX { Ok(()) } else { Err(defect(Field::Configuration, index, value)) }
}

/// `Err` unless this parameter is a finite number of at least 0.
pub(super) fn nonnegative<T: Real>(index: usize, value: T) -> Result<(), Error> {
    if is_nonnegative(value) { Ok(()) } else { Err(defect(Field::Configuration, index, value)) }
}

/// `Err` unless this parameter is finite.
pub(super) fn finite<T: Real>(index: usize, value: T) -> Result<(), Error> {
    if value.is_finite() { Ok(()) } else { Err(Error::NotFinite { field: Field::Configuration, index }) }
}

/// `Err` unless there are n weights, finite and at least 0.
#[inline(always)]
pub(super) fn weights<T: Real>(n: usize, weights: &[T]) -> Result<(), Error> {
    error::exact(Field::Weights, n, weights.len())?;
    all_good(weights, is_nonnegative)
}

/// `Err` with the index of the first of these weights that is none.
#[inline(always)]
fn all_good<T: Real>(weights: &[T], good: impl Fn(T) -> bool) -> Result<(), Error> {
    match find(weights, |weight| !good(weight)) {
        None => Ok(()),
        Some((index, value)) => Err(defect(Field::Weights, index, value)),
    }
}

/// f(x) = sum of w_i p(x_i), weights at least 0: the weighted L1 norm is `Weighted { penalty: L1, weights }`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Weighted<'a, T, P> {
    /// p.
    pub penalty: P,
    /// w_i, one an element.
    pub weights: &'a [T],
}

impl<T: Real, P: Penalty<T>> Prox<T> for Weighted<'_, T, P> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    #[inline(always)]
    fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
        weights(n, self.weights)?;
        Penalty::<T>::validate(&self.penalty)
    }

    #[inline(always)]
    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        let penalty = &self.penalty;
        each_with(x, self.weights, move |v, weight| {
            // A weight of 0 leaves the element as it is, whatever the penalty makes of a step of 0.
            if weight > T::ZERO { penalty.map(step * weight)(v) } else { v }
        });
    }

    fn value(&self, x: &[T]) -> T {
        x.iter().zip(self.weights).fold(T::ZERO, |sum, (x, weight)| {
            if *weight > T::ZERO { sum + *weight * self.penalty.cost(*x) } else { sum }
        })
    }
}

/// f(x) = sum of p(y_i x_i), y_i not 0: the losses of classification, whose labels y_i are 1 and -1.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Labelled<'a, T, P> {
    /// p.
    pub penalty: P,
    /// y_i, one an element.
    pub labels: &'a [T],
}

impl<T: Real, P: Penalty<T>> Prox<T> for Labelled<'_, T, P> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    #[inline(always)]
    fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
        error::exact(Field::Weights, n, self.labels.len())?;
        all_good(self.labels, is_label)?;
        Penalty::<T>::validate(&self.penalty)
    }

    #[inline(always)]
    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        let penalty = &self.penalty;
        each_with(x, self.labels, move |v, label| penalty.map(step * (label * label))(label * v) / label);
    }

    fn value(&self, x: &[T]) -> T {
        x.iter().zip(self.labels).fold(T::ZERO, |sum, (x, label)| sum + self.penalty.cost(*label * *x))
    }
}
