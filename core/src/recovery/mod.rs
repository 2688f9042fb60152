//! Low-rank matrices from few measurements, some of them grossly wrong.
//!
//! | what is known | method | workspace | what it needs to be told |
//! |---|---|---|---|
//! | linear measurements y_i = <A_i, X>, gross errors | [`Ladder`] | [`Ladder::workspace_len`] | nothing |
//! | the same, the published method | [`Subgm`] | [`Subgm::workspace_len`] | columns, schedule |
//! | entries, gross errors, some unknown | [`Masked`] | [`Masked::workspace_len`] | a range of ranks, the noise |
//! | entries, no gross errors, many unknown | [`Completion`] | [`Completion::workspace_len`] | the rank |
//! | columns one by one, gross errors | [`Online`] | [`Online::workspace_len`] | the rank |
//!
//! The A_i are a [`Measurement`]:
//!
//! | operator | A_i | scratch, elements | a pass, multiplications |
//! |---|---|---|---|
//! | [`SignMeasurement`] | +1 and -1 from a seed | 2 N and 0.7 N words | none: N / 4 additions each |
//! | [`SeededMeasurement`] | nearly Gaussian from a seed | 3 N | 2 N each |
//! | [`DenseMeasurement`] | stored | 2 N beside m N stored | 2 N each |
//! | [`RankOneMeasurement`] | (aa' - bb') / 2 or aa' / sqrt 2 from a seed | N + 2 n + 2 r | 4 n r or 2 n r each |
//! | [`EntryMeasurement`] | one entry | rows x columns | r each |
//!
//! with N = n (n + 1) / 2 for a symmetric X and rows x columns otherwise.
//!
//! # What to expect
//! `Converged` is a certificate: enough measurements fit that no other matrix of this rank could make them fit by chance.
//! `NotCertified` says that there is none, and the factors are a guess. Limits measured at kappa 1 to 10: the ladder takes up
//! to half the measurements wrong at m = 10 n r, a third at 5 n r, and leaves a relative error below 1e-6 in `f32`, with still
//! fewer measurements up to about 1e-5; fully seen 50 x 50 matrices of rank 3 recover with 40 % of the entries wrong, those
//! seen to 60 % with 20 % to 30 %. Outliers were random or one-sided; nobody chose them against the method.
//!
//! ```
//! use tinysolve::recovery::{Collect, Factors, Ladder, LadderConfig, Measurement, Shape, SignMeasurement};
//! use tinysolve::solve::{Solver, Step};
//!
//! // 240 signed sums of an 8 x 8 matrix of rank 1, each tenth of them wrong.
//! const SHAPE: Shape = Shape::Symmetric { n: 8 };
//! let mut scratch = [0.0_f32; SignMeasurement::<f32>::scratch_len(SHAPE)];
//! let mut words = [0; SignMeasurement::<f32>::words_len(SHAPE, 240)];
//! let mut signs = SignMeasurement::new(SHAPE, 240, 7, &mut scratch, &mut words)?;
//! let exact = [1.0, -2.0, 0.5, 3.0, 0.0, -1.0, 2.0, 1.5];
//! let mut y = [0.0; 240];
//! let x = Factors { left: &exact, right: &exact };
//! let (mut next, zeros) = (0, [0.0; 240]);
//! signs.begin(x, Collect::Products);
//! signs.visit(0..240, x, &zeros, &mut |value| {
//!     y[next] = if next % 10 == 3 { 1000.0 } else { value };
//!     next += 1;
//! });
//!
//! let mut u = [0.0; 8 * 2];
//! let mut workspace = [0.0; Ladder::<f32, SignMeasurement<f32>>::workspace_len(SHAPE, 2)];
//! let mut ladder = Ladder::new(&mut signs, &y, &mut u, &mut [], &mut workspace, LadderConfig::new(2))?;
//! assert_eq!(ladder.run().step, Step::Converged);
//! let u = ladder.factors().left;
//! assert_eq!(ladder.rank(), 1);
//! assert!((u[0] * u[3] - exact[0] * exact[3]).abs() < 1e-4);
//! # Ok::<(), tinysolve::Error>(())
//! ```

pub mod completion;
pub mod dense;
pub mod entries;
pub mod histogram;
pub mod ladder;
pub mod masked;
pub mod measurement;
pub mod online;
pub mod rank_one;
pub mod row_ls;
pub mod signs;
mod stream;
pub mod subgm;
pub mod sums;

#[cfg(test)]
mod testing;

pub use completion::{Completion, CompletionConfig, Inner};
pub use dense::{DenseMeasurement, SeededMeasurement};
pub use entries::{Entries, EntryMeasurement};
pub use ladder::{Ladder, LadderConfig};
pub use masked::{Masked, MaskedConfig};
pub use measurement::{Collect, Factors, Measurement, Shape};
pub use online::{Observation, Online, OnlineConfig};
pub use rank_one::RankOneMeasurement;
pub use row_ls::RowLs;
pub use signs::SignMeasurement;
pub use subgm::{Schedule, Start, Subgm, SubgmConfig};
pub use sums::Sums;
