//! The choices of the subgradient method: its step sizes and its starts.

/// `gain` times the mean |residual|: published for measurements without outliers.
pub const TS_SUBGM_POLYAK: u32 = 0;
/// `gain` times `decay` to the power t: published for measurements with outliers. Both have to be found for each kind of
/// problem.
pub const TS_SUBGM_GEOMETRIC: u32 = 1;
/// `gain` times the 30 % quantile of |residual|: nothing to find, whatever the outliers.
pub const TS_SUBGM_QUANTILE: u32 = 2;

/// `size` times the factor of the positive part of the sum of sgn(y_i) A_i.
pub const TS_SUBGM_START_SPECTRAL: u32 = 0;
/// `size` times random columns.
pub const TS_SUBGM_START_RANDOM: u32 = 1;
/// The factor as it is.
pub const TS_SUBGM_START_GIVEN: u32 = 2;
