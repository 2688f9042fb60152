//! Columns that arrive one by one, each with gross errors: the structure they share.

use crate::checks::{self, Ledger};
use crate::objects::{Kind, Object, mark, words_for};
use crate::recovery::ts_recovery_memory_t;
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::recovery::{Observation, Online, OnlineConfig};
use tinysolve::{Error, Field};

/// Values of the streaming variant.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_online_config_t {
    /// Of the random basis to start from.
    pub seed: u64,
    /// Rank, at least 1.
    pub rank: u32,
    /// Rounds of reweighting for each column, 1 to 1000.
    pub rounds: u32,
    /// What a column weighs after the next one, in (0, 1]: 0.98 remembers about 50 columns.
    pub memory: f32,
    /// An entry is in error beyond this many standard deviations, told from the median; positive.
    pub threshold: f32,
}

/// What a column was found to be.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_observation_t {
    /// Median distance of the known entries from what was recovered.
    pub residual: f32,
    /// Known entries that were taken to be in error.
    pub errors: u32,
    /// 1 if more than half of the known entries fit. The basis learns from the column in any case.
    pub trusted: u32,
}

/// `uint64_t` words of a `ts_online_t`.
pub const TS_ONLINE_WORDS: usize = 4; // f64: 5

/// A stream under way: its configuration, no pointer, so it may be copied, moved and saved together with the basis and the
/// workspace.
#[repr(C)]
pub struct ts_online_t {
    words: [u64; TS_ONLINE_WORDS],
}

type State = OnlineConfig<f32>;

const _: () = assert!(words_for::<State>() == TS_ONLINE_WORDS);

/// 12 rounds, a memory of 0.98, errors beyond 5 standard deviations, seed 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_online_config_default(out: *mut ts_online_config_t, rank: u32) -> ts_status_t {
    let OnlineConfig { rank, rounds, memory, threshold, seed } = State::new(rank);
    let config = ts_online_config_t { seed, rank, rounds, memory, threshold };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// # Safety
/// As the header says of all pointers.
unsafe fn init(
    online: *mut u64,
    n: u32,
    memory: *const ts_recovery_memory_t,
    config: *const ts_online_config_t,
) -> Result<(), Refusal> {
    // SAFETY: the promise above; the ledger takes all pointers before they are followed.
    unsafe {
        let ts_online_config_t { seed, rank, rounds, memory: weight, threshold } =
            checks::read(Field::Configuration, config)?;
        let state = State { rank, rounds, memory: weight, threshold, seed };
        let given = checks::read(Field::Scratch, memory)?;
        let ledger: &mut Ledger = &mut Ledger::<[_; 7]>::new();
        ledger.enter(Field::Object, online, words_for::<State>());
        given.enter(ledger);
        ledger.only_read_from_here();
        ledger.enter(Field::Scratch, memory, 1);
        ledger.enter(Field::Configuration, config, 1);
        ledger.settle_known()?;
        let lent = given.lend(0);
        Online::new(size(n), lent.left, lent.workspace, state)?;
        online.cast::<Object<State>>().write(Object { mark: mark::<f32>(Kind::Online), size: n, state });
    }
    Ok(())
}

/// Takes up a stream that was initialised, and hands it to `work`, which reads `z` and writes `out`, `len` elements each,
/// and `one`.
///
/// # Safety
/// As the header says of all pointers.
unsafe fn with<V>(
    online: *mut u64,
    memory: *const ts_recovery_memory_t,
    z: *const f32,
    out: *mut f32,
    len: usize,
    one: *mut V,
    work: impl FnOnce(&mut Online<'_, f32>, &[f32], &mut [f32]) -> Result<V, Error>,
) -> Result<(), Refusal> {
    // SAFETY: the promise above; the ledger takes all pointers before they are followed, and any words are an object.
    unsafe {
        let given = checks::read(Field::Scratch, memory)?;
        let ledger: &mut Ledger = &mut Ledger::<[_; 9]>::new();
        ledger.enter(Field::Object, online, words_for::<State>());
        given.enter(ledger);
        let has_one = size_of::<V>() > 0;
        ledger.enter(Field::Output, out, len);
        ledger.enter(Field::Output, one, usize::from(has_one));
        ledger.only_read_from_here();
        ledger.enter(Field::Scratch, memory, 1);
        ledger.enter(Field::Values, z, if z.is_null() { 0 } else { len });
        ledger.settle_known()?;
        let Object { mark: found, size: n, state } = &*online.cast::<Object<State>>();
        checks::marked(Field::Object, mark::<f32>(Kind::Online), *found)?;
        let lent = given.lend(0);
        let mut stream = Online::resume(size(*n), lent.left, lent.workspace, *state)?;
        let z = if z.is_null() { &[] } else { checks::slice(z, len) };
        let value = work(&mut stream, z, checks::slice_mut(out, len))?;
        if has_one {
            one.write(value);
        }
    }
    Ok(())
}

/// Starts a stream of columns of n entries with a random basis, which is written to `left`, n x rank elements, row after row;
/// `workspace` has at least `ts_online_workspace_len` elements; the rest of the memory is not needed. O(n rank).
///
/// Limits, measured with 50 sensors, rank 3, noise 1e-3 and 300 columns to learn from: columns are recovered to 2 % with 20 %
/// of gross errors, or with 10 % and another 10 % missing, and up to 6 % of the right entries are still reported as errors.
/// With 30 % missing it fails, and a sensor stuck at a value far beyond the others is taken for structure. There is no
/// certificate.
///
/// Errors: `LENGTH` (factors, workspace), `OUT_OF_RANGE` (size, rank, iterations, configuration: index 0 memory, 1 threshold).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_online_init(
    online: *mut ts_online_t,
    n: u32,
    memory: *const ts_recovery_memory_t,
    config: *const ts_online_config_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init(online.cast(), n, memory, config) })
}

/// Takes a column of `len` = n entries: writes what it would be without its errors to `clean`, and learns. An entry that is
/// NaN is not known. About rounds x n (rank (rank + 1) / 2 + 2 rank) multiplications.
///
/// Errors: `LENGTH` (values, factors, workspace).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_online_observe(
    online: *mut ts_online_t,
    memory: *const ts_recovery_memory_t,
    z: *const f32,
    clean: *mut f32,
    len: usize,
    out: *mut ts_observation_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe {
        checks::usable(Field::Values, z).and_then(|()| {
            with(online.cast(), memory, z, clean, len, out, |stream, z, clean| {
                let Observation { residual, errors, trusted } = stream.observe(z, clean)?;
                Ok(ts_observation_t { residual, errors, trusted: u32::from(trusted) })
            })
        })
    })
}

/// Writes the share of recent columns in which each of `len` = n entries was in error: near 1 for a sensor that is broken.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_online_error_rates(
    online: *mut ts_online_t,
    memory: *const ts_recovery_memory_t,
    out: *mut f32,
    len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe {
        with(online.cast(), memory, core::ptr::null(), out, len, core::ptr::null_mut::<()>(), |stream, _, out| {
            copy(Field::Output, stream.error_rates(), out)
        })
    })
}

/// Writes the coefficients of the last column, `len` = rank of them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_online_coefficients(
    online: *mut ts_online_t,
    memory: *const ts_recovery_memory_t,
    out: *mut f32,
    len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe {
        with(online.cast(), memory, core::ptr::null(), out, len, core::ptr::null_mut::<()>(), |stream, _, out| {
            copy(Field::Output, stream.coefficients(), out)
        })
    })
}

fn copy(field: Field, from: &[f32], to: &mut [f32]) -> Result<(), Error> {
    if from.len() != to.len() {
        return Err(Error::Length { field, need: from.len(), got: to.len() });
    }
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    Ok(())
}
