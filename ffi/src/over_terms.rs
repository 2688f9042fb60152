//! What every operator made of terms needs when it is called from C.

use crate::checks::{self, Ledger};
use crate::composition::{Composition, Written};
use crate::prox_terms::ts_prox_term_t;
use crate::proximal::{Array, Scratch, check_step};
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::operator::Prox;
use tinysolve::{Error, Field};

/// Memory of numbers that is written, as a composition wants to know it. Of no elements any pointer will do, also one into
/// what is written.
fn span(field: Field, start: *const f32, len: usize) -> Written {
    (field, if len > 0 { start.cast() } else { core::ptr::null() }, len * size_of::<f32>())
}

/// Looks at the pointers of a call over terms of `all` elements together, two spans of memory that it writes, and arrays that
/// it reads.
///
/// # Safety
/// All pointers are as the header demands.
pub(crate) unsafe fn open<'a, const K: usize>(
    written: [(Field, *const f32, usize); 2],
    (terms, count, all): (*const ts_prox_term_t, u32, usize),
    arrays: [Array<f32>; K],
) -> Result<(Composition<'a>, [&'a [f32]; K]), Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 4]>::new();
    for (field, pointer, len) in written {
        ledger.enter(field, pointer, len);
    }
    for (field, pointer, len) in arrays {
        ledger.enter(field, pointer, len);
    }
    let [one, other] = written;
    ledger.settle(&[one.0, other.0])?;
    let nothing = span(one.0, core::ptr::null(), 0);
    let spans = [span(one.0, one.1, one.2), span(other.0, other.1, other.2), nothing, nothing];
    // SAFETY: the promise above; the ledger took what is written, and the arrays.
    unsafe {
        let function = Composition::open(terms, count, all, &spans)?;
        Ok((function, arrays.map(|(_, pointer, len)| checks::slice(pointer, len))))
    }
}

/// Applies an operator made of `count` terms: over all of x each, or one after the other.
///
/// # Safety
/// All pointers are as the header demands.
pub(crate) unsafe fn over_terms<'a, F: Prox<f32>, const K: usize>(
    (x, n, step): (*mut f32, u32, f32),
    terms: (*const ts_prox_term_t, u32, usize),
    arrays: [Array<f32>; K],
    scratch: Scratch<f32>,
    make: impl FnOnce(Composition<'a>, [&'a [f32]; K]) -> Result<F, Error>,
) -> ts_status_t {
    status::done((|| {
        let len = if n > 0 { scratch.1 } else { 0 };
        // SAFETY: as promised.
        unsafe {
            let written = [(Field::Iterate, x.cast_const(), size(n)), (Field::Workspace, scratch.0.cast_const(), len)];
            let (function, arrays) = open(written, terms, arrays)?;
            check_step(step)?;
            let operator = make(function, arrays)?;
            operator.check(size(n), len)?;
            operator.prox(checks::slice_mut(x, size(n)), step, checks::slice_mut(scratch.0, len));
        }
        Ok(())
    })())
}
