//! A list of terms as one operator, for the methods that want one.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::prox_terms::{array, ts_prox_term_t, with};
use crate::status::{Refusal, size};
use tinysolve::operator::Prox;
use tinysolve::prox::rules::Translate;
use tinysolve::prox::separable::Linear;
use tinysolve::{Error, Field};

/// Memory that a call writes: what it is, where, how many bytes.
pub(crate) type Written = (Field, *const c_void, usize);

/// Terms whose arrays were looked at, over a vector of `n` elements.
#[derive(Clone, Copy)]
pub(crate) struct Composition<'a> {
    terms: &'a [ts_prox_term_t],
}

impl Composition<'_> {
    /// Looks at the terms and their arrays, which must not meet what is written; the parts must sum up to `n`.
    ///
    /// # Safety
    /// As the header says of all pointers.
    pub(crate) unsafe fn open(
        terms: *const ts_prox_term_t,
        count: u32,
        n: usize,
        written: &[Written; 4],
    ) -> Result<Self, Refusal> {
        let fields = written.map(|(field, ..)| field);
        let begin = |ledger: &mut Ledger| {
            for (_, start, bytes) in written {
                ledger.enter_known(*start, *bytes);
            }
        };
        let ledger: &mut Ledger = &mut Ledger::<[_; 8]>::new();
        begin(ledger);
        ledger.enter(Field::Configuration, terms, size(count));
        ledger.settle(&fields)?;
        // SAFETY: the ledger took it.
        let terms = unsafe { checks::slice(terms, size(count)) };
        let mut sum = 0_usize;
        for term in terms {
            let ledger: &mut Ledger = &mut Ledger::<[_; 8]>::new();
            begin(ledger);
            for (field, pointer) in [
                (Field::Bounds, term.first),
                (Field::Bounds, term.second),
                (Field::Values, term.offset),
                (Field::Values, term.slope),
            ] {
                if !pointer.is_null() {
                    ledger.enter(field, pointer, size(term.len));
                }
            }
            ledger.settle(&fields)?;
            // SAFETY: the ledger took its arrays.
            unsafe { with(term, &mut |operator| Ok(operator.check(size(term.len), 0)?)) }?;
            sum = sum.saturating_add(size(term.len));
        }
        if sum == n {
            Ok(Self { terms })
        } else {
            Err(Error::Length { field: Field::Groups, need: n, got: sum }.into())
        }
    }
}

impl<'a> Composition<'a> {
    /// Refuses no term at all, and terms that are not each over `n` elements.
    pub(crate) fn each_over(&self, n: usize) -> Result<(), Error> {
        if self.terms.is_empty() {
            return Err(Error::Length { field: Field::Groups, need: 1, got: 0 });
        }
        match self.terms.iter().find(|term| size(term.len) != n) {
            Some(term) => Err(Error::Length { field: Field::Groups, need: n, got: size(term.len) }),
            None => Ok(()),
        }
    }

    /// Scratch of [`value_with`](Self::value_with): the longest part with an offset.
    pub(crate) fn value_scratch_len(&self) -> usize {
        let shifted = self.terms.iter().filter(|term| !term.offset.is_null());
        shifted.fold(0, |most, term| most.max(size(term.len)))
    }

    /// The value also where terms have an offset. NaN if the scratch is too short.
    pub(crate) fn value_with(&self, x: &[f32], scratch: &mut [f32]) -> f32 {
        let (mut rest, mut sum) = (x, 0.0);
        for term in self.terms {
            let Some((own, after)) = rest.split_at_checked(size(term.len)) else { return sum };
            // The slope is of x itself, whatever the offset.
            let part = ts_prox_term_t { offset: core::ptr::null(), slope: core::ptr::null(), ..*term };
            // SAFETY: `open` looked at its arrays, and refused what could be refused.
            let _ = unsafe {
                with(&part, &mut |function| {
                    sum += match array(term.offset, term.len) {
                        Some(by) => Translate { function, by }.value_with(own, &mut *scratch),
                        None => function.value(own),
                    };
                    Ok(())
                })
            };
            // SAFETY: as above.
            if let Some(slope) = unsafe { array(term.slope, term.len) } {
                sum += Linear { slope }.value(own);
            }
            rest = after;
        }
        sum
    }

    /// The terms as functions by themselves.
    pub(crate) fn functions(&self) -> &'a [Function] {
        // SAFETY: a function is a term and nothing else.
        unsafe { checks::slice(self.terms.as_ptr().cast(), self.terms.len()) }
    }
}

/// A term by itself, whose arrays were looked at.
#[repr(transparent)]
pub(crate) struct Function(ts_prox_term_t);

impl Prox<f32> for Function {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        Ok(())
    }

    fn prox(&self, x: &mut [f32], step: f32, _scratch: &mut [f32]) {
        Composition { terms: core::slice::from_ref(&self.0) }.prox(x, step, &mut []);
    }

    fn value(&self, x: &[f32]) -> f32 {
        Composition { terms: core::slice::from_ref(&self.0) }.value(x)
    }
}

impl Prox<f32> for Composition<'_> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        Ok(())
    }

    fn prox(&self, x: &mut [f32], step: f32, _scratch: &mut [f32]) {
        let mut rest = x;
        for term in self.terms {
            let Some((own, after)) = rest.split_at_mut_checked(size(term.len)) else { return };
            // SAFETY: `open` looked at its arrays, and refused what could be refused.
            let _ = unsafe {
                with(term, &mut |operator| {
                    operator.prox(&mut *own, step, &mut []);
                    Ok(())
                })
            };
            rest = after;
        }
    }

    fn value(&self, x: &[f32]) -> f32 {
        let (mut rest, mut sum) = (x, 0.0);
        for term in self.terms {
            let Some((own, after)) = rest.split_at_checked(size(term.len)) else { return sum };
            // SAFETY: as above.
            let _ = unsafe {
                with(term, &mut |operator| {
                    sum += operator.value(own);
                    Ok(())
                })
            };
            rest = after;
        }
        sum
    }
}
