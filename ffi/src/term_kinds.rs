//! Which operator a term of a composition is; the same in both precisions.

/// 0: these elements are left alone.
pub const TS_PROX_ZERO: u32 = 0;
/// Sum of |x_i|, or of first\[i\] |x_i| if `first` is given.
pub const TS_PROX_L1: u32 = 1;
/// |x|² / 2.
pub const TS_PROX_SQUARED_L2: u32 = 2;
/// |x|.
pub const TS_PROX_L2: u32 = 3;
/// max |x_i|.
pub const TS_PROX_L_INFINITY: u32 = 4;
/// Huber's function of width `a`.
pub const TS_PROX_HUBER: u32 = 5;
/// x_i >= 0.
pub const TS_PROX_NONNEGATIVE: u32 = 6;
/// first\[i\] <= x_i <= second\[i\], or `a` <= x_i <= `b` if both are null.
pub const TS_PROX_BOUNDS: u32 = 7;
/// x >= 0, sum of x_i = `a`.
pub const TS_PROX_SIMPLEX: u32 = 8;
/// Sum of |x_i| <= `a`.
pub const TS_PROX_L1_BALL: u32 = 9;
/// |x| <= `a`.
pub const TS_PROX_L2_BALL: u32 = 10;
/// |(x_1, ...)| <= `a` x_0.
pub const TS_PROX_SECOND_ORDER_CONE: u32 = 11;
/// Sum of |x_{i+1} - x_i|.
pub const TS_PROX_TOTAL_VARIATION: u32 = 12;
/// A function of the caller's: `function` with `context`. It may call any other operator, also one that needs scratch.
pub const TS_PROX_FUNCTION: u32 = 13;
