//! The plate: a heat equation on a small grid, carried one tick further at a time with a learned omega.
//!
//! Backward Euler on u_t = a (u_xx + u_yy), the west edge held at the heater's temperature and the other three at the
//! room's: per tick (4 + c) u - (west + east + south + north) = c u_old, with c = h^2 / (a dt). Boundary values move to
//! the right-hand side, so the matrix never changes; what changes is how good the last field is as a guess.

use embedded_hal::digital::OutputPin;
use tinysolve::Error;
use tinysolve::bandit::omega::{Learned, Outcome};
use tinysolve::bandit::{Arms, TsallisInf, TsallisInfConfig};
use tinysolve::linear::{Sor, SorConfig, Stopping};
use tinysolve::matrix::Stencil;
use tinysolve::solve::{Solver, Step};

use crate::scope::Scope;

/// Cells along each side.
pub const SIDE: usize = 32;
/// Cells of the field.
pub const CELLS: usize = SIDE * SIDE;
/// Seconds a tick carries the field on; the control loop runs at this period.
pub const TICK_SECONDS: f32 = 0.25;

/// Between opposite edges, in metres.
const WIDTH: f32 = 0.1;
/// Thermal diffusivity of aluminium, m^2/s.
const DIFFUSIVITY: f32 = 9.7e-5;
const SPACING: f32 = WIDTH / 33.0;
/// c above: 0.379.
const STORAGE: f32 = SPACING * SPACING / (DIFFUSIVITY * TICK_SECONDS);
/// Residual over right-hand side that ends a tick's solve: about a thousandth of a degree.
const TOLERANCE: f32 = 1e-5;
/// What the learner chooses from.
const ARMS: Arms<'static> = Arms::OMEGA;
const MEMORY: usize = TsallisInf::workspace_len(ARMS.count());

/// What one tick's solve came to.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(all(target_arch = "arm", not(feature = "qemu")), derive(defmt::Format))]
pub struct Solved {
    /// How it ended. `IterationCap` is no failure: the field is the best this tick could pay for, and the next one goes
    /// on from there.
    pub step: Step,
    /// Sweeps done; 0 if the last field was good enough.
    pub sweeps: u32,
    /// The relaxation parameter of this tick.
    pub omega: f32,
}

impl Solved {
    /// Solver steps of this tick, which count from 1 as the learner's costs do.
    #[allow(clippy::cast_precision_loss, reason = "a few dozen")]
    fn cost(self) -> f32 {
        self.sweeps as f32 + 1.0
    }

    /// Whether the field can be acted on.
    #[must_use]
    pub const fn is_usable(self) -> bool {
        matches!(self.step, Step::Converged | Step::IterationCap | Step::Stagnated)
    }
}

/// The temperature field and what has been learned about solving for it. Degrees Celsius.
pub struct Plate {
    stencil: Stencil<'static, f32>,
    config: SorConfig<f32>,
    learned: Learned<'static, TsallisInf<[f32; MEMORY]>>,
    field: [f32; CELLS],
    rhs: [f32; CELLS],
}

impl Plate {
    /// A plate at 0 °C that has learned nothing; [`fill`](Self::fill) it before the first tick. Each tick spends at
    /// most `sweeps` sweeps.
    ///
    /// # Errors
    /// `OutOfRange` (iterations) if `sweeps` is 0.
    pub fn new(sweeps: u32) -> Result<Self, Error> {
        let stencil = Stencil::new([SIDE, SIDE, 1], 4.0 + STORAGE, [-1.0, -1.0, 0.0], None)?;
        let stopping = Stopping { relative: TOLERANCE, max_iterations: sweeps, ..Stopping::default() };
        let config = SorConfig { stopping, ..SorConfig::default() };
        let (mut field, rhs) = ([0.0; CELLS], [0.0; CELLS]);
        Sor::new(&stencil, &rhs, &mut field, &mut [], config)?;
        let learned = Learned::new(TsallisInf::owned(TsallisInfConfig::default())?, ARMS);
        Ok(Self { stencil, config, learned, field, rhs })
    }

    /// Sets every cell to one temperature.
    pub fn fill(&mut self, celsius: f32) {
        self.field.fill(celsius);
    }

    /// Carries the field one tick on, with the heated edge and the room at these temperatures. `scope` is high during
    /// each solver step: one pulse for the look at the last field, one for each sweep.
    ///
    /// # Errors
    /// `NotFinite` if a temperature is, or the field has become so; the field is left as it was.
    pub fn advance<P: OutputPin>(&mut self, edge: f32, room: f32, scope: &mut Scope<P>) -> Result<Solved, Error> {
        load(&mut self.rhs, &self.field, edge, room);
        let Self { stencil, config, learned, field, rhs } = self;
        let mut answer = Ok(Solved { step: Step::Running, sweeps: 0, omega: 1.0 });
        // One matrix, one kind of right-hand side: there is no context to tell.
        learned.solve(0.0, |omega| {
            answer = solve(stencil, rhs, field, SorConfig { omega, ..*config }, scope);
            match answer {
                // Also at the cap: the tick is over, so there is no second try, and the cap is what it cost.
                Ok(solved) if solved.is_usable() => Outcome::Solved { cost: solved.cost() },
                // No omega below 2 makes these sweeps diverge, so omega is not to blame.
                _ => Outcome::Void,
            }
        });
        answer
    }

    /// Mean of the four cells in the middle.
    pub fn middle(&self) -> f32 {
        let at = |x: usize, y: usize| self.field.get(y * SIDE + x).copied().unwrap_or(f32::NAN);
        let half = SIDE / 2;
        0.25 * (at(half - 1, half - 1) + at(half, half - 1) + at(half - 1, half) + at(half, half))
    }

    /// One number for all bits of the field (FNV-1a, 32 bits): equal on every machine that runs the same inputs.
    pub fn digest(&self) -> u32 {
        let bytes = self.field.iter().flat_map(|value| value.to_bits().to_le_bytes());
        bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }
}

/// One solve with one omega, watched by the scope.
fn solve<P: OutputPin>(
    stencil: &Stencil<'_, f32>,
    rhs: &[f32],
    field: &mut [f32],
    config: SorConfig<f32>,
    scope: &mut Scope<P>,
) -> Result<Solved, Error> {
    // A constant stencil needs no workspace.
    let mut solver = Sor::new(stencil, rhs, field, &mut [], config)?;
    while !scope.around(|| solver.step()).is_final() {}
    let report = solver.report();
    Ok(Solved { step: report.step, sweeps: report.iterations, omega: config.omega })
}

/// c u_old, plus what lies beyond the edges.
fn load(rhs: &mut [f32; CELLS], field: &[f32; CELLS], edge: f32, room: f32) {
    for (b, u) in rhs.iter_mut().zip(field) {
        *b = STORAGE * u;
    }
    for line in rhs.chunks_exact_mut(SIDE) {
        if let [west, .., east] = line {
            *west += edge;
            *east += room;
        }
    }
    let (south, rest) = rhs.split_at_mut(SIDE);
    let (_, north) = rest.split_at_mut(CELLS - 2 * SIDE);
    for b in south.iter_mut().chain(north) {
        *b += room;
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec;
    use std::vec::Vec;

    use super::*;
    use crate::simulated::Unconnected;

    fn warm(celsius: f32, sweeps: u32) -> Plate {
        let mut plate = Plate::new(sweeps).unwrap();
        plate.fill(celsius);
        plate
    }

    /// The same tick in f64, by plain Gauss-Seidel until nothing moves.
    fn oracle(field: &[f32], edge: f64, room: f64) -> Vec<f64> {
        let old: Vec<f64> = field.iter().map(|&u| f64::from(u)).collect();
        let storage = (0.1_f64 / 33.0).powi(2) / (9.7e-5 * 0.25);
        let mut new = old.clone();
        for _ in 0..2000 {
            for k in 0..CELLS {
                let (x, y) = (k % SIDE, k / SIDE);
                let west = if x == 0 { edge } else { new[k - 1] };
                let east = if x == SIDE - 1 { room } else { new[k + 1] };
                let south = if y == 0 { room } else { new[k - SIDE] };
                let north = if y == SIDE - 1 { room } else { new[k + SIDE] };
                new[k] = (storage * old[k] + west + east + south + north) / (4.0 + storage);
            }
        }
        new
    }

    #[test]
    fn ticks_agree_with_another_method_in_double_precision() {
        let mut plate = warm(25.0, 1000);
        let mut scope = Scope::new(Unconnected);
        for edge in [25.0, 80.0, 140.0, 60.25, -10.0] {
            let expected = oracle(&plate.field, f64::from(edge), 21.5);
            assert_eq!(plate.advance(edge, 21.5, &mut scope).unwrap().step, Step::Converged);
            for (cell, (&is, should)) in plate.field.iter().zip(expected).enumerate() {
                assert!((f64::from(is) - should).abs() < 5e-3, "edge {edge}, cell {cell}: {is} instead of {should}");
            }
        }
    }

    #[test]
    fn at_rest_the_middle_is_the_mean_of_the_four_edges() {
        let mut plate = warm(0.0, 24);
        let mut scope = Scope::new(Unconnected);
        for _ in 0..200 {
            plate.advance(100.0, 20.0, &mut scope).unwrap();
        }
        assert!((plate.middle() - 40.0).abs() < 0.05, "{}", plate.middle());
    }

    #[test]
    fn learning_pays() {
        /// An edge that goes up and down between 60 and 100 °C, so that every tick has work to do.
        fn edge(tick: u16) -> f32 {
            60.0 + 40.0 * (f32::from(tick % 40) / 20.0 - 1.0).abs()
        }
        const TICKS: u16 = 400;
        const LAST: u16 = 100;
        let mut scope = Scope::new(Unconnected);
        let mut plate = warm(25.0, 24);
        let learned: Vec<u32> =
            (0..TICKS).map(|tick| plate.advance(edge(tick), 25.0, &mut scope).unwrap().sweeps).collect();
        let fixed = |omega: f32| -> u32 {
            let mut plate = warm(25.0, 24);
            let Plate { stencil, config, field, rhs, .. } = &mut plate;
            // One swing of the edge before it counts, so that the field is in step.
            let sweeps = (TICKS - LAST - 40..TICKS).map(|tick| {
                load(rhs, field, edge(tick), 25.0);
                let config = SorConfig { omega, ..*config };
                solve(stencil, rhs, field, config, &mut Scope::new(Unconnected)).unwrap().sweeps
            });
            sweeps.skip(40).sum()
        };
        let of_last = |sweeps: &[u32]| sweeps.iter().rev().take(usize::from(LAST)).sum::<u32>();
        let (first, last) = (learned.iter().take(usize::from(LAST)).sum::<u32>(), of_last(&learned));
        let gauss_seidel = fixed(1.0);
        // The cheapest of the grid in hindsight is among these.
        let best = [1.3, 1.4, 1.5].into_iter().map(fixed).min().unwrap();
        assert!(last * 10 < first * 8, "first {first}, last {last}");
        assert!(last * 10 < best * 15 && last < gauss_seidel, "learned {last}, best {best}, omega 1 {gauss_seidel}");
    }

    #[test]
    fn one_pulse_of_the_scope_for_each_step() {
        use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};
        let pulse = [Transaction::set(State::High), Transaction::set(State::Low)];
        let mut plate = warm(25.0, 1000);
        let mut counted = Scope::new(Unconnected);
        let steps = 1 + plate.advance(80.0, 25.0, &mut counted).unwrap().sweeps;
        let mut plate = warm(25.0, 1000);
        let mut pin = Mock::new(&vec![pulse; steps as usize].concat());
        let mut scope = Scope::new(pin.clone());
        plate.advance(80.0, 25.0, &mut scope).unwrap();
        pin.done();
    }

    #[test]
    fn the_same_ticks_give_the_same_bits() {
        let run = || {
            let mut plate = warm(25.0, 1000);
            let mut scope = Scope::new(Unconnected);
            (0..50).for_each(|_| {
                plate.advance(90.0, 25.0, &mut scope).unwrap();
            });
            plate.digest()
        };
        assert_eq!(run(), run());
        assert_ne!(run(), warm(25.0, 1000).digest());
    }

    #[test]
    fn a_temperature_that_is_not_a_number_leaves_the_field_alone() {
        let mut plate = warm(25.0, 1000);
        let before = plate.digest();
        let error = plate.advance(f32::NAN, 25.0, &mut Scope::new(Unconnected));
        assert!(matches!(error, Err(Error::NotFinite { .. })), "{error:?}");
        assert_eq!(plate.digest(), before);
        assert!(plate.advance(80.0, 25.0, &mut Scope::new(Unconnected)).is_ok());
        assert!(matches!(Plate::new(0), Err(Error::OutOfRange { .. })));
    }
}
