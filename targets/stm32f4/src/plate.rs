//! The plate: a heat equation on a small grid, carried one tick further at a time with a learned omega.
//!
//! Backward Euler on u_t = a (u_xx + u_yy), the west edge held at the heater's temperature and the other three at the
//! room's: per tick (4 + c) u - (west + east + south + north) = c u_old, with c = h^2 / (a dt). Boundary values move to
//! the right-hand side, so the matrix never changes; what changes is how good the last field is as a guess.

use embedded_hal::digital::OutputPin;

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

/// What one tick's solve came to.
#[derive(Clone, Copy, Debug)]
pub struct Solved {
    /// Whether the tolerance was met within the cap.
    pub converged: bool,
    /// Sweeps done.
    pub sweeps: u32,
    /// The relaxation parameter of this tick.
    pub omega: f32,
}

/// The temperature field and what has been learned about solving for it. Degrees Celsius.
pub struct Plate {
    field: [f32; CELLS],
    rhs: [f32; CELLS],
}

impl Plate {
    /// A plate at 0 °C that has learned nothing; [`fill`](Self::fill) it before the first tick.
    pub fn new() -> Result<Self, tinysolve::Error> {
        Ok(Self { field: [0.0; CELLS], rhs: [0.0; CELLS] })
    }

    /// Sets every cell to one temperature.
    pub fn fill(&mut self, celsius: f32) {
        self.field.fill(celsius);
    }

    pub fn advance<P: OutputPin>(&mut self, edge: f32, room: f32, cap: u32, scope: &mut Scope<P>) -> Solved {
        load(&mut self.rhs, &self.field, edge, room);
        let omega = 1.4;
        let norm: f32 = self.rhs.iter().map(|b| b * b).sum();
        for sweep in 1..=cap {
            let squares = scope.around(|| sweep_once(&self.rhs, &mut self.field, omega));
            if squares < TOLERANCE * TOLERANCE * norm {
                return Solved { converged: true, sweeps: sweep, omega };
            }
        }
        Solved { converged: false, sweeps: cap, omega }
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

fn sweep_once(rhs: &[f32; CELLS], field: &mut [f32; CELLS], omega: f32) -> f32 {
    let centre = 4.0 + STORAGE;
    let mut squares = 0.0;
    for k in 0..CELLS {
        let (x, y) = (k % SIDE, k / SIDE);
        let mut r = rhs[k] - centre * field[k];
        if x > 0 {
            r += field[k - 1];
        }
        if x + 1 < SIDE {
            r += field[k + 1];
        }
        if y > 0 {
            r += field[k - SIDE];
        }
        if y + 1 < SIDE {
            r += field[k + SIDE];
        }
        squares += r * r;
        field[k] += omega / centre * r;
    }
    squares
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec;
    use std::vec::Vec;

    use super::*;
    use crate::simulated::Unconnected;

    fn warm(celsius: f32) -> Plate {
        let mut plate = Plate::new().unwrap();
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
        let mut plate = warm(25.0);
        let mut scope = Scope::new(Unconnected);
        for edge in [25.0, 80.0, 140.0, 60.25, -10.0] {
            let expected = oracle(&plate.field, f64::from(edge), 21.5);
            assert!(plate.advance(edge, 21.5, 100, &mut scope).converged);
            for (cell, (&is, should)) in plate.field.iter().zip(expected).enumerate() {
                assert!((f64::from(is) - should).abs() < 5e-3, "edge {edge}, cell {cell}: {is} instead of {should}");
            }
        }
    }

    #[test]
    fn at_rest_the_middle_is_the_mean_of_the_four_edges() {
        let mut plate = warm(0.0);
        let mut scope = Scope::new(Unconnected);
        for _ in 0..400 {
            plate.advance(100.0, 20.0, 100, &mut scope);
        }
        assert!((plate.middle() - 40.0).abs() < 0.05, "{}", plate.middle());
    }

    #[test]
    fn one_pulse_of_the_scope_for_each_step() {
        use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};
        let pulse = [Transaction::set(State::High), Transaction::set(State::Low)];
        let mut plate = warm(25.0);
        let mut counted = Scope::new(Unconnected);
        let steps = plate.advance(80.0, 25.0, 100, &mut counted).steps;
        let mut plate = warm(25.0);
        let mut pin = Mock::new(&vec![pulse; steps as usize].concat());
        let mut scope = Scope::new(pin.clone());
        plate.advance(80.0, 25.0, 100, &mut scope);
        pin.done();
    }

    #[test]
    fn the_same_ticks_give_the_same_bits() {
        let run = || {
            let mut plate = warm(25.0);
            let mut scope = Scope::new(Unconnected);
            (0..50).for_each(|_| {
                plate.advance(90.0, 25.0, 24, &mut scope);
            });
            plate.digest()
        };
        assert_eq!(run(), run());
        assert_ne!(run(), warm(25.0).digest());
    }
}
