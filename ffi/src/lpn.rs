//! Learned proximal networks, read in place from a container.

use crate::checks::{self, Ledger};
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::container::Reader;
use tinysolve::net::lpn::{Lpn, Prior, PriorConfig};
use tinysolve::operator::Prox;
use tinysolve::solve::Solver;
use tinysolve::{Error, Field};

/// The network in a container that a ledger took.
///
/// # Safety
/// As the header says of all pointers.
unsafe fn network<'a>(container: *const u8, bytes: u32) -> Result<Lpn<'a>, Error> {
    // SAFETY: the promise above.
    Lpn::load(&Reader::new(unsafe { checks::slice(container, size(bytes)) })?)
}

/// Checks a container of a learned proximal network, 16-byte aligned, and writes how many inputs a window has and how many
/// elements of scratch `ts_lpn_prox` needs. O(bytes).
///
/// Errors: `LENGTH`, `CORRUPT`, `UNSUPPORTED` and `MISALIGNED` (bytes, header, sections) for what is no such container;
/// `LENGTH`, `NOT_FINITE` and `OUT_OF_RANGE` (size, values, weights) for numbers that make no network.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_lpn_size(
    container: *const u8,
    bytes: u32,
    inputs: *mut u32,
    scratch_len: *mut u32,
) -> ts_status_t {
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 4]>::new();
        ledger.enter(Field::Output, inputs, 1);
        ledger.enter(Field::Output, scratch_len, 1);
        ledger.enter(Field::Bytes, container, size(bytes));
        ledger.settle(&[Field::Output, Field::Output])?;
        // SAFETY: the ledger took all of them.
        unsafe {
            let network = network(container, bytes)?;
            let narrow = |value: usize| u32::try_from(value).map_err(|_| Error::TooLarge { field: Field::Size });
            let scratch = narrow(Prox::<f32>::scratch_len(&network, network.inputs()))?;
            inputs.write(narrow(network.inputs())?);
            scratch_len.write(scratch);
        }
        Ok(())
    })())
}

/// Replaces x, one window of the network or several, by what the network makes of it. The container is checked in every
/// call: O(bytes), little beside the work on a window.
///
/// Errors: those of `ts_lpn_size`; `OUT_OF_RANGE` (size) unless n is a whole number of windows; `LENGTH` (iterate) for none,
/// `LENGTH` (workspace).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_lpn_prox(
    x: *mut f32,
    n: u32,
    container: *const u8,
    bytes: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    status::done((|| {
        if n == 0 || scratch_len == 0 {
            let field = if n == 0 { Field::Iterate } else { Field::Workspace };
            return Err(Refusal::from(Error::Length { field, need: 1, got: 0 }));
        }
        let ledger: &mut Ledger = &mut Ledger::<[_; 4]>::new();
        ledger.enter(Field::Iterate, x, size(n));
        ledger.enter(Field::Workspace, scratch, scratch_len);
        ledger.enter(Field::Bytes, container, size(bytes));
        ledger.settle(&[Field::Iterate, Field::Workspace])?;
        // SAFETY: the ledger took all of them, and what is written meets nothing else.
        unsafe {
            let network = network(container, bytes)?;
            Prox::<f32>::check(&network, size(n), scratch_len)?;
            network.prox(checks::slice_mut(x, size(n)), 1.0, checks::slice_mut(scratch, scratch_len));
        }
        Ok(())
    })())
}

/// Writes how unlike what the network was trained on a window x of n elements is: the prior R at x, up to a constant. For it y is
/// sought, with n elements, that the network makes x of: y holds a starting guess, x itself as a rule, and then the answer. Steps
/// until what the network makes of y is within `relative` of |x|, or `max_iterations`, one pass through the network each; value is exact
/// where `TS_STEP_CONVERGED` is answered. What the network cannot make at all, such as noise, ends with
/// `TS_STEP_ITERATION_CAP`. Scratch: that of `ts_lpn_size`, and n.
///
/// Errors: those of `ts_lpn_size`; `LENGTH` (right-hand side: n is not that of a window, workspace), `NOT_FINITE` (right-hand side: x, iterate:
/// y, tolerance), `OUT_OF_RANGE` (tolerance, iterations).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_lpn_prior(
    x: *const f32,
    n: u32,
    y: *mut f32,
    container: *const u8,
    bytes: u32,
    relative: f32,
    max_iterations: u32,
    value: *mut f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    status::outcome((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 5]>::new();
        ledger.enter(Field::Iterate, y, size(n));
        ledger.enter(Field::Output, value, 1);
        ledger.enter(Field::Workspace, scratch, scratch_len);
        ledger.enter(Field::RightHandSide, x, size(n));
        ledger.enter(Field::Bytes, container, size(bytes));
        ledger.settle(&[Field::Iterate, Field::Output, Field::Workspace])?;
        // SAFETY: the ledger took all of them, and what is written meets nothing else.
        unsafe {
            let network = network(container, bytes)?;
            let (x, y) = (checks::slice(x, size(n)), checks::slice_mut(y, size(n)));
            let config = PriorConfig { relative, max_iterations };
            let mut prior = Prior::new(&network, x, y, checks::slice_mut(scratch, scratch_len), config)?;
            let step = prior.run().step;
            value.write(prior.value());
            Ok(step)
        }
    })())
}
