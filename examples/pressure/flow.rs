//! Smoke that rises past a moving disc: velocities on the faces of square cells, smoke in the cells.
//!
//! One time step: forces, advection along the velocity (semi-Lagrangian, Stam 1999), and the projection that takes the
//! divergence out, for which somebody has to solve for the pressure. Cells and time step have size 1. The side y = 0 is
//! open, the others are walls.

use tinysolve::linear::cycle::{FLUID, SOLID, seal_pockets};
use tinysolve_tests::layouts::{OPEN_SIDES, Problem};

/// Lift of smoke of density 1, cells per step squared.
const LIFT: f32 = 0.08;
/// What of the smoke is left after a step.
const FADE: f32 = 0.997;

/// A region of n x n cells.
pub(crate) struct Flow {
    pub(crate) n: usize,
    /// Solid or fluid.
    pub(crate) cells: Vec<u8>,
    /// Density, 0 to 1.
    pub(crate) smoke: Vec<f32>,
    /// Velocity along x at the left faces of cells, n + 1 a line.
    u: Vec<f32>,
    /// Velocity along y at the lower faces of cells, n + 1 lines.
    v: Vec<f32>,
    /// Speed of the disc along x.
    speed: f32,
}

/// Linear between the values of a grid of `nx` x `ny` points; outside it the value of the nearest point.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place")]
fn sample(values: &[f32], nx: usize, ny: usize, x: f32, y: f32) -> f32 {
    let (x, y) = (x.clamp(0.0, (nx - 1) as f32), y.clamp(0.0, (ny - 1) as f32));
    let (column, row) = ((x as usize).min(nx.saturating_sub(2)), (y as usize).min(ny.saturating_sub(2)));
    let (right, up) = (x - column as f32, y - row as f32);
    let at = |dx, dy| values[(row + dy) * nx + column + dx];
    (1.0 - up) * ((1.0 - right) * at(0, 0) + right * at(1, 0)) + up * ((1.0 - right) * at(0, 1) + right * at(1, 1))
}

#[allow(clippy::cast_precision_loss, reason = "columns and lines of a small grid")]
impl Flow {
    pub(crate) fn new(n: usize) -> Self {
        let faces = vec![0.0; n * (n + 1)];
        Self { n, cells: vec![FLUID; n * n], smoke: vec![0.0; n * n], u: faces.clone(), v: faces, speed: 0.0 }
    }

    fn is_fluid(&self, x: usize, y: usize) -> bool {
        x < self.n && y < self.n && self.cells[y * self.n + x] == FLUID
    }

    /// Moves the disc to where it is at `frame`, and leaves a comb of thin walls above it.
    fn place_walls(&mut self, frame: usize) {
        let n = self.n as f32;
        let place = |frame: f32| n * (0.5 + 0.28 * (0.09 * frame).sin());
        let (x0, y0, radius) = (place(frame as f32), 0.55 * n, 0.12 * n);
        self.speed = place(frame as f32 + 1.0) - x0;
        for (index, cell) in self.cells.iter_mut().enumerate() {
            let (column, row) = (index % self.n, index / self.n);
            let (dx, dy) = (column as f32 + 0.5 - x0, row as f32 + 0.5 - y0);
            let in_disc = dx * dx + dy * dy < radius * radius;
            let in_comb = row == self.n / 4 && column % (self.n / 8).max(2) < (self.n / 16).max(1);
            *cell = if in_disc || in_comb { SOLID } else { FLUID };
        }
        let mut queue = vec![0; self.cells.len()];
        // Nothing is refused: the sides are those of the cells.
        let _ = seal_pockets(self.n, self.n, &mut self.cells, OPEN_SIDES, &mut queue);
    }

    /// Whether the solid cell belongs to the disc rather than to a wall that stands still.
    fn wall_speed(&self, x: usize, y: usize) -> f32 {
        let moves = x < self.n && y > self.n / 4 && y < self.n && self.cells[y * self.n + x] == SOLID;
        if moves { self.speed } else { 0.0 }
    }

    /// Walls, smoke and lift of a frame; what the projection has to solve.
    pub(crate) fn begin(&mut self, frame: usize) -> Problem {
        let n = self.n;
        self.place_walls(frame);
        for y in n * 7 / 8..n {
            for x in n * 2 / 5..n * 3 / 5 {
                self.smoke[y * n + x] = 1.0;
            }
        }
        for y in 1..n {
            for x in 0..n {
                self.v[y * n + x] -= LIFT * 0.5 * (self.smoke[y * n + x] + self.smoke[(y - 1) * n + x]);
            }
        }
        self.hold_walls();
        let mut b = vec![0.0; n * n];
        for y in 0..n {
            for x in 0..n {
                if self.is_fluid(x, y) {
                    let along = self.u[y * (n + 1) + x] - self.u[y * (n + 1) + x + 1];
                    b[y * n + x] = f64::from(along + self.v[y * n + x] - self.v[(y + 1) * n + x]);
                }
            }
        }
        Problem { n, cells: self.cells.clone(), b }
    }

    /// Nothing flows through a wall but what it pushes.
    fn hold_walls(&mut self) {
        let n = self.n;
        for y in 0..n {
            for x in 0..=n {
                if !self.is_fluid(x, y) || x == 0 || !self.is_fluid(x - 1, y) {
                    let left = if x == 0 { 0.0 } else { self.wall_speed(x - 1, y) };
                    self.u[y * (n + 1) + x] = if left == 0.0 { self.wall_speed(x, y) } else { left };
                }
            }
        }
        for y in 0..=n {
            for x in 0..n {
                let is_open = y == 0 && self.is_fluid(x, 0);
                if !is_open && (!self.is_fluid(x, y) || y == 0 || !self.is_fluid(x, y - 1)) {
                    self.v[y * n + x] = 0.0;
                }
            }
        }
    }

    /// Takes the gradient of the pressure from the velocities; the largest divergence that is left.
    pub(crate) fn project(&mut self, pressure: &[f32]) -> f32 {
        let n = self.n;
        for y in 0..n {
            for x in 0..n {
                if !self.is_fluid(x, y) {
                    continue;
                }
                let own = pressure[y * n + x];
                if x > 0 && self.is_fluid(x - 1, y) {
                    self.u[y * (n + 1) + x] -= own - pressure[y * n + x - 1];
                }
                if y == 0 {
                    self.v[x] -= own;
                } else if self.is_fluid(x, y - 1) {
                    self.v[y * n + x] -= own - pressure[(y - 1) * n + x];
                }
            }
        }
        let mut largest: f32 = 0.0;
        for y in 0..n {
            for x in 0..n {
                if self.is_fluid(x, y) {
                    let along = self.u[y * (n + 1) + x] - self.u[y * (n + 1) + x + 1];
                    largest = largest.max((along + self.v[y * n + x] - self.v[(y + 1) * n + x]).abs());
                }
            }
        }
        largest
    }

    /// Carries velocities and smoke one step along the velocity.
    pub(crate) fn advect(&mut self) {
        let n = self.n;
        // A place in units of cells, whose corners are whole numbers.
        let velocity = |x: f32, y: f32| (sample(&self.u, n + 1, n, x, y - 0.5), sample(&self.v, n, n + 1, x - 0.5, y));
        let from = |x: f32, y: f32| {
            let (u, v) = velocity(x, y);
            // The middle of the way back, then all of it.
            let (u, v) = velocity(x - 0.5 * u, y - 0.5 * v);
            (x - u, y - v)
        };
        let carried = |values: &[f32], nx: usize, ny: usize, dx: f32, dy: f32| -> Vec<f32> {
            (0..nx * ny)
                .map(|index| {
                    let (x, y) = from((index % nx) as f32 + dx, (index / nx) as f32 + dy);
                    sample(values, nx, ny, x - dx, y - dy)
                })
                .collect()
        };
        let u = carried(&self.u, n + 1, n, 0.0, 0.5);
        let v = carried(&self.v, n, n + 1, 0.5, 0.0);
        let smoke = carried(&self.smoke, n, n, 0.5, 0.5);
        (self.u, self.v) = (u, v);
        self.smoke = smoke;
        for (smoke, cell) in self.smoke.iter_mut().zip(&self.cells) {
            *smoke = if *cell == FLUID { FADE * *smoke } else { 0.0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tinysolve::linear::cycle::Gates;
    use tinysolve_tests::pressure::{Settings, Way, component_aware, solve_for};

    #[test]
    fn the_projection_leaves_no_divergence() {
        let mut flow = Flow::new(32);
        for frame in 0..6 {
            let problem = flow.begin(frame);
            let way = Way::Cycle(Gates::TRAINED, component_aware(32));
            let (_, pressure) = solve_for(&problem, way, Settings::to(1e-6));
            assert!(flow.project(&pressure) < 1e-4);
            flow.advect();
        }
        assert!(flow.smoke.iter().all(|smoke| (0.0..=1.0).contains(smoke)));
        assert!(flow.smoke.iter().sum::<f32>() > 10.0);
    }
}
