//! A quadrotor flown by linear MPC, of the size TinyMPC publishes: 12 states, 4 inputs, a horizon of 10.
//!
//! Linearised about hovering and discretised exactly: the chains from torque to position are nilpotent, so the series of
//! the matrix exponential ends. The numbers are those of a craft of 35 g: textbook mechanics, no copied data.

use tinysolve::factor::{Pattern, Symbolic, analyse, scratch_len};
use tinysolve::splitting::Stopping;
use tinysolve::splitting::qp::{self, Qp, QpConfig, QpData, QpPattern};
use tinysolve::{Error, Field};

/// Position, angles, velocity, rates: three each.
pub const STATES: usize = 12;
/// Thrust of each motor beyond hovering, as a fraction of full thrust.
pub const INPUTS: usize = 4;
/// Stages of the horizon.
pub const STAGES: usize = 10;
/// Ticks of a flight: two seconds, in which the craft is back in its place.
pub const TICKS: usize = 40;
/// Seconds between two ticks.
pub const PERIOD: f32 = 0.05;

const WIDTH: usize = STATES + INPUTS;
/// Variables: inputs of stage k and states of stage k + 1, stage by stage.
pub const VARIABLES: usize = WIDTH * STAGES;
/// Rows: dynamics and a bound a variable, stage by stage.
pub const ROWS: usize = (STATES + WIDTH) * STAGES;
const A_ENTRIES: usize = TRANSITIONS * (STAGES - 1) + (FORCES + STATES + WIDTH) * STAGES;
/// Nonzeros of the matrices of the dynamics.
const TRANSITIONS: usize = 26;
const FORCES: usize = 48;
/// Of the system that is factored.
const DIM: usize = VARIABLES + STATES * STAGES;
const SYSTEM: usize = VARIABLES + (A_ENTRIES - VARIABLES) + DIM;
/// Elements of the factor below the diagonal, in the order of elimination of [`Problem`].
pub const FILL: usize = 2250;
const SYMBOLIC: usize = Symbolic::<u16>::data_len(DIM, SYSTEM, FILL);
/// Elements of workspace.
pub const WORKSPACE: usize = qp::workspace_len(VARIABLES, ROWS, VARIABLES, VARIABLES, A_ENTRIES, FILL);

const GRAVITY: f32 = 9.81;
const MASS: f32 = 0.035;
/// Newton at full thrust of one motor.
const THRUST: f32 = 0.16;
const HOVER: f32 = MASS * GRAVITY / 4.0 / THRUST;
const REACH: [f32; STATES] = [3.0, 3.0, 3.0, 0.5, 0.5, 0.5, 2.0, 2.0, 2.0, 8.0, 8.0, 8.0];
const WEIGHTS: [f32; STATES] = [100.0, 100.0, 100.0, 4.0, 4.0, 40.0, 4.0, 4.0, 4.0, 0.2, 0.2, 1.0];
const INPUT_WEIGHT: f32 = 4.0;
/// Of the states at the end of the horizon.
const LAST: f32 = 10.0;

/// x+ = A x + B u.
#[derive(Clone, Copy, Debug)]
pub struct Plant {
    a: [[f32; STATES]; STATES],
    b: [[f32; INPUTS]; STATES],
}

impl Plant {
    /// The craft.
    #[must_use]
    pub fn new() -> Self {
        let h = PERIOD;
        let (mut a, mut b) = ([[0.0; STATES]; STATES], [[0.0; INPUTS]; STATES]);
        for (i, row) in a.iter_mut().enumerate() {
            row[i] = 1.0;
        }
        // Accelerations by each motor, at full thrust.
        let lift = [THRUST / MASS; INPUTS];
        let turn = THRUST * 0.0325 / 1.7e-5;
        let (roll, pitch) = ([-turn, -turn, turn, turn], [-turn, turn, turn, -turn]);
        let twist = THRUST * 0.006 / 3.0e-5;
        let yaw = [-twist, twist, -twist, twist];
        // Level motion: a torque turns, the angle tilts the lift, the tilt accelerates.
        for (axis, angle, tilt, torque) in [(0, 4, GRAVITY, pitch), (1, 3, -GRAVITY, roll)] {
            let (speed, rate) = (6 + axis, 6 + angle);
            a[axis][speed] = h;
            a[axis][angle] = tilt * h * h / 2.0;
            a[axis][rate] = tilt * h * h * h / 6.0;
            a[speed][angle] = tilt * h;
            a[speed][rate] = tilt * h * h / 2.0;
            a[angle][rate] = h;
            for (i, torque) in torque.iter().enumerate() {
                b[axis][i] = tilt * h * h * h * h / 24.0 * torque;
                b[speed][i] = tilt * h * h * h / 6.0 * torque;
                b[angle][i] = h * h / 2.0 * torque;
                b[rate][i] = h * torque;
            }
        }
        for (place, rate, push) in [(2, 8, lift), (5, 11, yaw)] {
            a[place][rate] = h;
            for (i, push) in push.iter().enumerate() {
                b[place][i] = h * h / 2.0 * push;
                b[rate][i] = h * push;
            }
        }
        Self { a, b }
    }

    /// A x.
    #[must_use]
    pub fn drift(&self, x: &[f32; STATES]) -> [f32; STATES] {
        core::array::from_fn(|i| self.a[i].iter().zip(x).fold(0.0, |sum, (a, x)| sum + a * x))
    }

    /// A x + B u.
    #[must_use]
    pub fn step(&self, x: &[f32; STATES], u: &[f32; INPUTS]) -> [f32; STATES] {
        let drift = self.drift(x);
        core::array::from_fn(|i| self.b[i].iter().zip(u).fold(drift[i], |sum, (b, u)| sum + b * u))
    }
}

impl Default for Plant {
    fn default() -> Self {
        Self::new()
    }
}

/// Where the flight starts: off its place by a metre and more, and turned.
pub const START: [f32; STATES] = [1.0, -0.7, 0.5, 0.0, 0.0, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];

/// The quadratic program of one tick, and its symbolic factorisation.
#[derive(Clone, Debug)]
pub struct Problem {
    p_starts: [u16; VARIABLES + 1],
    p_columns: [u16; VARIABLES],
    p: [f32; VARIABLES],
    a_starts: [u16; ROWS + 1],
    a_columns: [u16; A_ENTRIES],
    a: [f32; A_ENTRIES],
    /// Lower bounds; the first [`STATES`] are -A x of the state now.
    pub lower: [f32; ROWS],
    /// Upper bounds, likewise.
    pub upper: [f32; ROWS],
    symbolic: [u16; SYMBOLIC],
}

impl Problem {
    /// Builds the program for this plant.
    ///
    /// # Errors
    /// What the library refuses: nothing, as long as [`FILL`] is right.
    #[allow(clippy::cast_possible_truncation, reason = "a thousand entries")]
    pub fn new(plant: &Plant) -> Result<Self, Error> {
        let mut problem = Self {
            p_starts: core::array::from_fn(|i| i as u16),
            p_columns: core::array::from_fn(|i| i as u16),
            p: [0.0; VARIABLES],
            a_starts: [0; ROWS + 1],
            a_columns: [0; A_ENTRIES],
            a: [0.0; A_ENTRIES],
            lower: [0.0; ROWS],
            upper: [0.0; ROWS],
            symbolic: [0; SYMBOLIC],
        };
        let (mut row, mut end) = (0, 0);
        for stage in 0..STAGES {
            let column = stage * WIDTH;
            let last = if stage + 1 == STAGES { LAST } else { 1.0 };
            let costs = [INPUT_WEIGHT; INPUTS].into_iter().chain(WEIGHTS.map(|weight| weight * last));
            problem.p.iter_mut().skip(column).zip(costs).for_each(|(p, cost)| *p = cost);
            let mut put = |row: usize, column: usize, value: f32| {
                if value != 0.0 {
                    problem.a_columns[end] = column as u16;
                    problem.a[end] = value;
                    end += 1;
                }
                problem.a_starts[row + 1] = end as u16;
            };
            for i in 0..STATES {
                for (j, value) in plant.a[i].iter().enumerate().filter(|_| stage > 0) {
                    put(row, column + j - STATES, *value);
                }
                for (j, value) in plant.b[i].iter().enumerate() {
                    put(row, column + j, *value);
                }
                put(row, column + INPUTS + i, -1.0);
                row += 1;
            }
            let limits = [(-HOVER, 1.0 - HOVER); INPUTS].into_iter().chain(REACH.map(|reach| (-reach, reach)));
            for (i, (lower, upper)) in limits.enumerate() {
                put(row, column + i, 1.0);
                (problem.lower[row], problem.upper[row]) = (lower, upper);
                row += 1;
            }
        }
        problem.prepare()?;
        Ok(problem)
    }

    #[allow(clippy::cast_possible_truncation, reason = "a few hundred rows")]
    fn prepare(&mut self) -> Result<(), Error> {
        let (mut starts, mut columns, mut order) = ([0; DIM + 1], [0; SYSTEM], [0; DIM]);
        let pattern = QpPattern::new(&self.p_starts, &self.p_columns, &self.a_starts, &self.a_columns)?;
        pattern.write_system(&mut starts, &mut columns)?;
        let system = Pattern::new(&starts, &columns)?;
        // Variables, then multipliers, each stage by stage: as little fill as by minimum degree, and columns of L in which
        // one row follows the other, which a solve goes through three times as fast.
        order.iter_mut().enumerate().for_each(|(k, place)| *place = k as u16);
        let fill = analyse(system, &order, &mut [0; scratch_len(DIM, SYSTEM)], &mut self.symbolic)?.fill();
        if fill == FILL { Ok(()) } else { Err(Error::Length { field: Field::Symbolic, need: fill, got: FILL }) }
    }

    /// The solver: a look at the residuals every 5 iterations, 1e-3.
    #[must_use]
    pub fn solver<'a>(&'a self, workspace: &'a mut [f32; WORKSPACE]) -> Option<Qp<'a, f32, u16>> {
        let stopping = Stopping::default().with_tolerance(1e-3);
        self.solver_with(workspace, QpConfig { stopping, ..QpConfig::default() })
    }

    /// The solver with another configuration.
    #[must_use]
    pub fn solver_with<'a>(
        &'a self,
        workspace: &'a mut [f32; WORKSPACE],
        config: QpConfig<f32>,
    ) -> Option<Qp<'a, f32, u16>> {
        let data = QpData { p: &self.p, q: &[0.0; VARIABLES], a: &self.a, lower: &self.lower, upper: &self.upper };
        let pattern = QpPattern::new(&self.p_starts, &self.p_columns, &self.a_starts, &self.a_columns).ok()?;
        let symbolic = Symbolic::new(&self.symbolic).ok()?;
        Qp::new(pattern, symbolic, data, workspace, config).ok()
    }
}

/// The controller between two ticks: the bounds it hands to the solver.
#[derive(Clone, Debug)]
pub struct Bounds {
    lower: [f32; ROWS],
    upper: [f32; ROWS],
}

impl Bounds {
    /// Those of the problem.
    #[must_use]
    pub const fn of(problem: &Problem) -> Self {
        Self { lower: problem.lower, upper: problem.upper }
    }

    /// One control tick: takes the state, solves, and answers the inputs, within their limits whatever the residual; those of
    /// hovering where there is no number. A tick that diverged leaves nothing to start the next one from.
    pub fn tick(&mut self, plant: &Plant, x: &[f32; STATES], solver: &mut Qp<'_, f32, u16>) -> Option<[f32; INPUTS]> {
        self.tick_to(plant, x, solver, [-1.0; 2])
    }

    /// The same, ended before the outcome at the first look that finds primal and dual residual no larger than these.
    pub fn tick_to(
        &mut self,
        plant: &Plant,
        x: &[f32; STATES],
        solver: &mut Qp<'_, f32, u16>,
        [primal, dual]: [f32; 2],
    ) -> Option<[f32; INPUTS]> {
        use tinysolve::solve::{Solver, Step};
        let drift = plant.drift(x);
        for ((lower, upper), drift) in self.lower.iter_mut().zip(&mut self.upper).zip(drift) {
            (*lower, *upper) = (-drift, -drift);
        }
        solver.update_bounds(&self.lower, &self.upper).ok()?;
        solver.restart();
        let is_lost = loop {
            let step = solver.step();
            let residuals = solver.details().residuals;
            if step.is_final() || (residuals.primal <= primal && residuals.dual <= dual) {
                break step == Step::Diverged;
            }
        };
        let mut solution = [0.0; VARIABLES];
        solver.primal(&mut solution).ok()?;
        let mut inputs = [0.0; INPUTS];
        for (input, value) in inputs.iter_mut().zip(solution) {
            *input = if value.is_finite() { value.clamp(-HOVER, 1.0 - HOVER) } else { 0.0 };
        }
        if is_lost {
            solver.warm_start(&[0.0; VARIABLES], &[0.0; ROWS]).ok()?;
        }
        Some(inputs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tinysolve::solve::Solver;

    #[test]
    fn the_craft_comes_to_its_place() -> Result<(), Error> {
        let plant = Plant::new();
        let mut workspace = [0.0; WORKSPACE];
        let problem = Problem::new(&plant)?;
        let Some(mut solver) = problem.solver(&mut workspace) else {
            return Err(Error::TooLarge { field: Field::Size });
        };
        let mut bounds = Bounds::of(&problem);
        let mut x = START;
        let mut all = 0;
        for _ in 0..TICKS {
            let Some(inputs) = bounds.tick(&plant, &x, &mut solver) else { break };
            x = plant.step(&x, &inputs);
            all += solver.report().iterations;
        }
        assert!(x.iter().all(|x| x.abs() < 5e-3), "{x:?}");
        assert!(all < 1500, "{all} iterations");
        Ok(())
    }
}
