//! Compositions: a vector in parts, each under an operator of its own that may be scaled, shifted and tilted.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::prox_function::{Called, ts_prox_function_t};
use crate::proximal::check_step;
use crate::status::{self, Refusal, TS_ERROR_OUT_OF_RANGE, size, ts_status_t};
use crate::term_kinds::{
    TS_PROX_BOUNDS, TS_PROX_FUNCTION, TS_PROX_HUBER, TS_PROX_L_INFINITY, TS_PROX_L1, TS_PROX_L1_BALL, TS_PROX_L2,
    TS_PROX_L2_BALL, TS_PROX_NONNEGATIVE, TS_PROX_SECOND_ORDER_CONE, TS_PROX_SIMPLEX, TS_PROX_SQUARED_L2,
    TS_PROX_TOTAL_VARIATION, TS_PROX_ZERO,
};
use tinysolve::Field;
use tinysolve::operator::Prox;
use tinysolve::prox::Weighted;
use tinysolve::prox::cones::SecondOrderCone;
use tinysolve::prox::norms::{L2, LInfinity};
use tinysolve::prox::rules::{Scale, Tilt, Translate};
use tinysolve::prox::separable::{Bounds, Huber, Interval, L1, Nonnegative, SquaredL2, Zero};
use tinysolve::prox::sets::{L1Ball, L2Ball, Simplex};
use tinysolve::prox::variation::TotalVariation;

/// One part of a vector: factor f(x - offset) + slope'x over the next `len` elements. Clear it before it is filled in: what a kind
/// does not know may be anything, but null pointers stand for nothing.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_prox_term_t {
    /// f: `TS_PROX_...`.
    pub kind: u32,
    /// Elements of the part, which follow those of the term before.
    pub len: u32,
    /// Above 0; 1 for f itself.
    pub factor: f32,
    /// First parameter, as the kind says.
    pub a: f32,
    /// Second parameter.
    pub b: f32,
    /// First array of the kind, `len` elements, or null.
    pub first: *const f32,
    /// Second array, or null.
    pub second: *const f32,
    /// `len` elements, or null for 0.
    pub offset: *const f32,
    /// `len` elements, or null for 0.
    pub slope: *const f32,
    /// The operator of a `TS_PROX_FUNCTION`; not looked at otherwise.
    pub function: ts_prox_function_t,
    /// What `function` is handed.
    pub context: *mut c_void,
}

/// An array of a term, or none.
///
/// # Safety
/// A ledger took it.
pub(crate) unsafe fn array<'a>(pointer: *const f32, len: u32) -> Option<&'a [f32]> {
    // SAFETY: the ledger took it for this length.
    (!pointer.is_null()).then(|| unsafe { checks::slice(pointer, size(len)) })
}

/// What to do with an operator, whatever its type.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(&dyn Prox<f32>) -> Result<(), Refusal>;

/// Hands the operator of a term on, with its factor, offset and slope around it.
///
/// # Safety
/// The ledger took the arrays of the term.
pub(crate) unsafe fn with(term: &ts_prox_term_t, visit: Visit<'_>) -> Result<(), Refusal> {
    let ts_prox_term_t { len, a, b, .. } = *term;
    // SAFETY: as promised.
    let (first, second) = unsafe { (array(term.first, len), array(term.second, len)) };
    let mut around = |function: &dyn Prox<f32>| {
        // SAFETY: as promised.
        unsafe { changed(term, function, visit) }
    };
    match (term.kind, first, second) {
        (TS_PROX_ZERO, ..) => around(&Zero),
        (TS_PROX_L1, Some(weights), _) => around(&Weighted { penalty: L1, weights }),
        (TS_PROX_L1, ..) => around(&L1),
        (TS_PROX_SQUARED_L2, ..) => around(&SquaredL2),
        (TS_PROX_L2, ..) => around(&L2),
        (TS_PROX_L_INFINITY, ..) => around(&LInfinity),
        (TS_PROX_HUBER, ..) => around(&Huber { width: a }),
        (TS_PROX_NONNEGATIVE, ..) => around(&Nonnegative),
        (TS_PROX_BOUNDS, Some(low), Some(high)) => around(&Bounds { low, high }),
        (TS_PROX_BOUNDS, None, None) => around(&Interval { low: a, high: b }),
        (TS_PROX_SIMPLEX, ..) => around(&Simplex { total: a }),
        (TS_PROX_L1_BALL, ..) => around(&L1Ball { radius: a }),
        (TS_PROX_L2_BALL, ..) => around(&L2Ball { radius: a }),
        (TS_PROX_SECOND_ORDER_CONE, ..) => around(&SecondOrderCone { slope: a }),
        (TS_PROX_TOTAL_VARIATION, ..) => around(&TotalVariation),
        (TS_PROX_FUNCTION, ..) => around(&Called { function: term.function, context: term.context }),
        _ => Err(Refusal::new(TS_ERROR_OUT_OF_RANGE, Field::Configuration as u32, 0)),
    }
}

/// A `dyn` operator as one that can be wrapped.
struct By<'a>(&'a dyn Prox<f32>);

impl Prox<f32> for By<'_> {
    fn scratch_len(&self, n: usize) -> usize {
        self.0.scratch_len(n)
    }
    fn check(&self, n: usize, scratch: usize) -> Result<(), tinysolve::Error> {
        self.0.check(n, scratch)
    }
    fn prox(&self, x: &mut [f32], step: f32, scratch: &mut [f32]) {
        self.0.prox(x, step, scratch);
    }
    fn value(&self, x: &[f32]) -> f32 {
        self.0.value(x)
    }
}

/// # Safety
/// As for [`with`].
unsafe fn changed(term: &ts_prox_term_t, function: &dyn Prox<f32>, visit: Visit<'_>) -> Result<(), Refusal> {
    let scaled = Scale { function: By(function), factor: term.factor };
    // SAFETY: as promised.
    let (offset, slope) = unsafe { (array(term.offset, term.len), array(term.slope, term.len)) };
    match (offset, slope) {
        (None, None) => visit(&scaled),
        (Some(by), None) => visit(&Translate { function: scaled, by }),
        (None, Some(slope)) => visit(&Tilt { function: scaled, slope }),
        (Some(by), Some(slope)) => visit(&Tilt { function: Translate { function: scaled, by }, slope }),
    }
}

/// Applies the operators of `count` terms to the parts of x, whose lengths sum up to n. All terms are checked before
/// anything is written; the index of a refused parameter is that in its own operator.
///
/// Errors: `LENGTH` (groups: the sum of the lengths), `NULL` (function), `NOT_FINITE` (configuration: a parameter or a factor; weights,
/// values: an offset or a slope), `OUT_OF_RANGE` (step; configuration: a kind there is not, a parameter, a factor; weights, bounds).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_terms(
    x: *mut f32,
    n: u32,
    step: f32,
    terms: *const ts_prox_term_t,
    count: u32,
) -> ts_status_t {
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 8]>::new();
        ledger.enter(Field::Iterate, x, size(n));
        ledger.enter(Field::Configuration, terms, size(count));
        let written: &[Field] = if n > 0 { &[Field::Iterate] } else { &[] };
        ledger.settle(written)?;
        check_step(step)?;
        // SAFETY: the ledger took it.
        let terms = unsafe { checks::slice(terms, size(count)) };
        let mut sum = 0_u32;
        for term in terms {
            sum = sum.saturating_add(term.len);
            let ledger: &mut Ledger = &mut Ledger::<[_; 8]>::new();
            ledger.enter(Field::Iterate, x, size(n));
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
            ledger.settle(written)?;
            // SAFETY: the ledger took its arrays.
            unsafe { with(term, &mut |operator| Ok(operator.check(size(term.len), 0)?)) }?;
        }
        if sum != n {
            return Err(Refusal::from(tinysolve::Error::Length {
                field: Field::Groups,
                need: size(n),
                got: size(sum),
            }));
        }
        // SAFETY: the ledger took it, and nothing the terms show shares a byte with it.
        let mut rest = unsafe { checks::slice_mut(x, size(n)) };
        for term in terms {
            let Some((own, after)) = rest.split_at_mut_checked(size(term.len)) else { break };
            // SAFETY: as above.
            unsafe {
                with(term, &mut |operator| {
                    operator.prox(&mut *own, step, &mut []);
                    Ok(())
                })
            }?;
            rest = after;
        }
        Ok(())
    })())
}
