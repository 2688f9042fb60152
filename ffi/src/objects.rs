//! How large the objects are that C allocates, and how they are told apart.

use crate::version::TS_ABI_VERSION;

/// What an object is.
#[derive(Clone, Copy)]
#[repr(u32)]
pub(crate) enum Kind {
    Operator = 1,
    Preconditioner = 2,
    Recorder = 3,
    Sor = 4,
    Cg = 5,
    Pcg = 6,
    SsorCg = 7,
    TsallisInf = 8,
    ContextualTsallisInf = 9,
    ChebCb = 10,
}

/// The first word of an initialised object: what it is, of which precision, by which version of this interface.
pub(crate) const fn mark<T>(kind: Kind) -> u32 {
    const { assert!(TS_ABI_VERSION < 16 && size_of::<T>() < 16) }
    let bytes = if size_of::<T>() == 8 { 8 } else { 4 };
    0x5453_0000 | (kind as u32) << 8 | bytes << 4 | TS_ABI_VERSION
}

/// 32-bit words of an object: the mark, the dimension, the state.
pub(crate) const fn words_for(state: usize) -> usize {
    (state + 2).div_ceil(2)
}
