//! How large the objects are that C allocates, and how they are told apart.

use crate::version::TS_ABI_VERSION;
use tinysolve::Real;
use tinysolve::bandit::{cheb_cb, tsallis_inf};
use tinysolve::linear::{conjugate, cycle, dcd, sor, ssor_cg};
use tinysolve::recovery::{OnlineConfig, completion, ladder, masked, subgm};
use tinysolve::splitting::Checkpoint;
use tinysolve::splitting::qp::QpCheckpoint;

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
    Qp = 16,
    ProximalGradient = 17,
    Panoc = 18,
    DouglasRachford = 19,
    Admm = 20,
    Lasso = 21,
    ChambollePock = 22,
    Consensus = 23,
    CondatVu = 24,
    Ladder = 32,
    Masked = 33,
    Subgm = 34,
    Completion = 35,
    Online = 36,
    Model = 40,
    Dcd = 56,
    Pressure = 57,
}

/// The first word of an initialised object: what it is, of which precision, by which version of this interface.
pub(crate) const fn mark<T>(kind: Kind) -> u32 {
    const { assert!(TS_ABI_VERSION < 16 && size_of::<T>() < 16) }
    let bytes = if size_of::<T>() == 8 { 8 } else { 4 };
    0x5453_0000 | (kind as u32) << 8 | bytes << 4 | TS_ABI_VERSION
}

/// A state that is worked on where it lies, in the words of the caller's object.
///
/// # Safety
/// `repr(C)` and made of numbers alone: any bits are a value. No alignment above that of `u64`.
pub(crate) unsafe trait InPlace {}

// SAFETY: the documentation of each of these types says so; a test holds their memory against their words.
unsafe impl<T: Real> InPlace for sor::Checkpoint<T> {}
// SAFETY: as above.
unsafe impl<T: Real> InPlace for conjugate::Checkpoint<T> {}
// SAFETY: as above.
unsafe impl<T: Real> InPlace for ssor_cg::Checkpoint<T> {}
// SAFETY: as above.
unsafe impl<T: Real> InPlace for dcd::Checkpoint<T> {}
// SAFETY: as above.
unsafe impl<T: Real> InPlace for cycle::Plan<T> {}
// SAFETY: as above.
unsafe impl<T: Real> InPlace for ladder::Checkpoint<T> {}
// SAFETY: as above.
unsafe impl<T: Real> InPlace for subgm::Checkpoint<T> {}
// SAFETY: as above.
unsafe impl<T: Real> InPlace for masked::Checkpoint<T> {}
// SAFETY: as above.
unsafe impl<T: Real> InPlace for completion::Checkpoint<T> {}
// SAFETY: numbers without a gap, in `repr(C)`.
unsafe impl<T: Real> InPlace for OnlineConfig<T> {}
// SAFETY: as above.
unsafe impl<T: Real> InPlace for QpCheckpoint<T> {}
// SAFETY: as above.
unsafe impl<T: Real> InPlace for Checkpoint<T> {}
// SAFETY: as above.
unsafe impl InPlace for tsallis_inf::State {}
// SAFETY: as above.
unsafe impl InPlace for cheb_cb::State {}

/// What is in the words of an object.
#[repr(C)]
pub(crate) struct Object<S> {
    pub(crate) mark: u32,
    /// The dimension, or the number of arms.
    pub(crate) size: u32,
    pub(crate) state: S,
}

/// `uint64_t` words of an object with this state.
pub(crate) const fn words_for<S: InPlace>() -> usize {
    const { assert!(align_of::<Object<S>>() <= align_of::<u64>()) }
    size_of::<Object<S>>().div_ceil(size_of::<u64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    use tinysolve::linear::{Cg, Dcd, DcdConfig, PcgConfig, Sor, SorConfig, SsorCg, SsorCgConfig};
    use tinysolve::matrix::Stencil;
    use tinysolve::solve::Solver;

    /// The state of a solve lies in memory as its words are written.
    macro_rules! lies_as_written {
        ($real:ty, $solver:ident, $config:ident, $state:ty) => {{
            let a = Stencil::<$real>::new([5, 4, 1], 4.0, [-1.0, -1.0, 0.0], None).unwrap();
            let (b, mut x, mut workspace) = ([1.0; 20], [0.5; 20], [0.0; 80]);
            let mut solve = $solver::new(&a, &b, &mut x, &mut workspace, $config::default()).unwrap();
            for _ in 0..3 {
                let _ = solve.step();
            }
            let state = solve.suspend();
            let mut written = [0_u32; <$state>::WORDS];
            state.to_words(&mut written).unwrap();
            assert_eq!(size_of::<$state>(), size_of_val(&written));
            // SAFETY: as many bytes, all of them initialised.
            let words = unsafe { *(&raw const state).cast::<[u32; <$state>::WORDS]>() };
            assert_eq!(words, written);
        }};
    }

    #[test]
    fn memory_of_conjugate_directions_is_words() {
        macro_rules! holds {
            ($real:ty) => {{
                let a = Stencil::<$real>::new([5, 4, 1], 4.0, [-1.0, -1.0, 0.0], None).unwrap();
                let (b, mut x, mut workspace) = ([1.0; 20], [0.5; 20], [0.0; 80]);
                let identity = tinysolve::linear::cg::Identity;
                let mut solve = Dcd::new(&a, identity, &b, &mut x, &mut workspace, DcdConfig::default()).unwrap();
                for _ in 0..3 {
                    let _ = solve.step();
                }
                let state = solve.suspend();
                let mut written = [0_u32; dcd::Checkpoint::<$real>::WORDS];
                state.to_words(&mut written).unwrap();
                assert_eq!(size_of_val(&state), size_of_val(&written));
                // SAFETY: as many bytes, all of them initialised.
                let words = unsafe { *(&raw const state).cast::<[u32; dcd::Checkpoint::<$real>::WORDS]>() };
                assert_eq!(words, written);
            }};
        }
        holds!(f32);
        holds!(f64);
    }

    /// A state that has not begun lies in memory as its words are written.
    macro_rules! fresh_lies_as_written {
        ($state:ty, $fresh:expr) => {{
            let state: $state = $fresh;
            let mut written = [0_u32; <$state>::WORDS];
            state.to_words(&mut written).unwrap();
            assert_eq!(size_of_val(&state), size_of_val(&written));
            // SAFETY: as many bytes, all of them initialised.
            let words = unsafe { *(&raw const state).cast::<[u32; <$state>::WORDS]>() };
            assert_eq!(words, written);
        }};
    }

    #[test]
    fn memory_of_a_recovery_is_words() {
        use tinysolve::recovery::{
            Completion, CompletionConfig, Inner, Ladder, LadderConfig, Masked, MaskedConfig, Measurement, Start, Subgm,
            SubgmConfig,
        };
        macro_rules! holds {
            ($real:ty) => {{
                type Operator = dyn Measurement<$real>;
                fresh_lies_as_written!(
                    ladder::Checkpoint<$real>,
                    Ladder::<$real, Operator>::start(&LadderConfig {
                        measurements_per_step: 7,
                        ..LadderConfig::new(2)
                    })
                );
                let start = Start::Random { seed: 0x0123_4567_89ab_cdef };
                fresh_lies_as_written!(
                    subgm::Checkpoint<$real>,
                    Subgm::<$real, Operator>::start(&SubgmConfig { start, ..SubgmConfig::new(2) })
                );
                fresh_lies_as_written!(
                    masked::Checkpoint<$real>,
                    Masked::<$real>::start(&MaskedConfig { rank_max: 5, ..MaskedConfig::new(2) })
                );
                let inner = Inner::Inexact { steps: 3, accuracy: 0.25 };
                fresh_lies_as_written!(
                    completion::Checkpoint<$real>,
                    Completion::<$real>::start(&CompletionConfig { inner, ..CompletionConfig::new(2) })
                );
                assert_eq!(size_of::<OnlineConfig<$real>>(), 2 * size_of::<u64>() + 2 * size_of::<$real>());
            }};
        }
        holds!(f32);
        holds!(f64);
    }

    /// The state of a quadratic program, which is a whole number of words in both precisions.
    macro_rules! qp_lies_as_written {
        ($real:ty) => {{
            let state = QpCheckpoint::<$real>::new(&tinysolve::splitting::qp::QpConfig::default());
            let mut written = [0_u32; QpCheckpoint::<$real>::WORDS];
            state.to_words(&mut written).unwrap();
            assert_eq!(size_of_val(&state), size_of_val(&written));
            // SAFETY: as many bytes, all of them initialised.
            let words = unsafe { *(&raw const state).cast::<[u32; QpCheckpoint::<$real>::WORDS]>() };
            assert_eq!(words, written);
        }};
    }

    #[test]
    fn memory_of_a_quadratic_program_is_words() {
        qp_lies_as_written!(f32);
        qp_lies_as_written!(f64);
    }

    #[test]
    fn memory_of_a_splitting_method_is_words() {
        use tinysolve::prox::separable::L1;
        use tinysolve::splitting::{Admm, AdmmConfig};
        let (mut z, mut u, mut workspace) = ([1.0_f32; 3], [0.0; 3], [0.0; 6]);
        let mut solve = Admm::new(&L1, &L1, &mut z, &mut u, &mut workspace, &AdmmConfig::default()).unwrap();
        let _ = solve.step();
        let state = solve.suspend();
        let mut written = [0_u32; Checkpoint::<f32>::WORDS];
        state.to_words(&mut written).unwrap();
        assert_eq!(size_of_val(&state), size_of_val(&written));
        // SAFETY: as many bytes, all of them initialised.
        let words = unsafe { *(&raw const state).cast::<[u32; Checkpoint::<f32>::WORDS]>() };
        assert_eq!(words, written);
    }

    #[test]
    fn memory_is_words() {
        lies_as_written!(f32, Sor, SorConfig, sor::Checkpoint<f32>);
        lies_as_written!(f64, Sor, SorConfig, sor::Checkpoint<f64>);
        lies_as_written!(f32, Cg, PcgConfig, conjugate::Checkpoint<f32>);
        lies_as_written!(f64, Cg, PcgConfig, conjugate::Checkpoint<f64>);
        lies_as_written!(f32, SsorCg, SsorCgConfig, ssor_cg::Checkpoint<f32>);
        lies_as_written!(f64, SsorCg, SsorCgConfig, ssor_cg::Checkpoint<f64>);
    }
}
