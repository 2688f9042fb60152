//! What every core computes: one list of cases, run by the host test and by the firmware.
//!
//! A case does two things: it hands the bits of its result to [`Meter::result`], which must come out the same
//! everywhere, and it hands the work worth counting to [`Meter::count`], which only a chip can count.
//!
//! To add a case, write `pub fn name(meter: &mut dyn Meter)` in the file of its family and one line in [`CASES`].
//! Then `cargo xtask qemu m4f` shows its counts and `cargo xtask qemu m4f --bless` records its hash.
#![no_std]

#[cfg(test)]
extern crate std;

mod bandit;
mod dcd;
pub mod denoise;
mod direction;
mod hash;
mod linear;
mod math;
mod net;
pub mod osqp;
mod pattern;
mod prox;
mod quadratic;
pub mod quadrotor;
mod recovery;
pub mod sensors;
mod splitting;

pub use hash::Hash;
pub use pattern::Pattern;

/// One case: its name, how much RAM it wants, and what to do.
#[derive(Clone, Copy)]
pub struct Case {
    /// `family/case`, unique, the key of the golden file.
    pub name: &'static str,
    /// Bytes of stack the case needs at most. A core with less leaves it out and says so.
    pub ram: usize,
    /// The work.
    pub run: fn(&mut dyn Meter),
}

/// Every case, in the order of the golden file.
pub const CASES: &[Case] = &[
    Case { name: "math/sqrt", ram: 1024, run: math::sqrt },
    Case { name: "math/exp", ram: 1024, run: math::exp },
    Case { name: "math/ln", ram: 1024, run: math::ln },
    Case { name: "math/sin", ram: 1024, run: math::sin },
    Case { name: "math/sqrt_f64", ram: 1024, run: math::sqrt_f64 },
    Case { name: "linear/sweep_constant", ram: 24 * 1024, run: linear::sweep_constant },
    Case { name: "linear/sweep_plane", ram: 34 * 1024, run: linear::sweep_plane },
    Case { name: "linear/sweep_masked", ram: 28 * 1024, run: linear::sweep_masked },
    Case { name: "linear/sweep_solid", ram: 28 * 1024, run: linear::sweep_solid },
    Case { name: "linear/sweep_variable", ram: 64 * 1024, run: linear::sweep_variable },
    Case { name: "linear/sweep_shapes", ram: 5 * 1024, run: linear::sweep_shapes },
    Case { name: "linear/sweep_csr", ram: 48 * 1024, run: linear::sweep_csr },
    Case { name: "linear/sor", ram: 4 * 1024, run: linear::sor },
    Case { name: "linear/cg", ram: 6 * 1024, run: linear::cg },
    Case { name: "linear/ssor_cg", ram: 7 * 1024, run: linear::ssor_cg },
    Case { name: "linear/heat", ram: 72 * 1024, run: linear::heat },
    Case { name: "dcd/odd_21", ram: 32 * 1024, run: dcd::odd },
    Case { name: "dcd/narrow", ram: 32 * 1024, run: dcd::narrow },
    Case { name: "dcd/solve_32", ram: 96 * 1024, run: dcd::solve_32 },
    Case { name: "dcd/solve_64", ram: 320 * 1024, run: dcd::solve_64 },
    Case { name: "bandit/tsallis_inf", ram: 2 * 1024, run: bandit::tsallis_inf },
    Case { name: "bandit/cheb_cb", ram: 5 * 1024, run: bandit::cheb_cb },
    Case { name: "prox/separable", ram: 5 * 1024, run: prox::separable },
    Case { name: "prox/sets", ram: 2 * 1024, run: prox::sets },
    Case { name: "prox/sums", ram: 6 * 1024, run: prox::sums },
    Case { name: "prox/edges", ram: 2 * 1024, run: prox::edges },
    Case { name: "prox/ordered", ram: 7 * 1024, run: prox::ordered },
    Case { name: "prox/variation", ram: 8 * 1024, run: prox::variation },
    Case { name: "prox/spectral", ram: 2 * 1024, run: prox::spectral },
    Case { name: "recovery/sign_pass", ram: 24 * 1024, run: recovery::sign_pass },
    Case { name: "recovery/ladder_ram", ram: 25 * 1024, run: recovery::ladder_ram },
    Case { name: "recovery/ladder", ram: 6 * 1024, run: recovery::ladder },
    Case { name: "recovery/vectors", ram: 6 * 1024, run: recovery::vectors },
    Case { name: "recovery/masked", ram: 17 * 1024, run: recovery::masked },
    Case { name: "recovery/sensors", ram: 20 * 1024, run: recovery::sensors },
    Case { name: "recovery/entries", ram: 5 * 1024, run: recovery::entries },
    Case { name: "net/connected_640", ram: 94 * 1024, run: net::connected_640 },
    Case { name: "net/convolution_32", ram: 34 * 1024, run: net::convolution_32 },
    Case { name: "net/pointwise_64", ram: 28 * 1024, run: net::pointwise_64 },
    Case { name: "net/first_layer", ram: 8 * 1024, run: net::first_layer },
    Case { name: "net/depthwise_64", ram: 26 * 1024, run: net::depthwise_64 },
    Case { name: "net/add", ram: 32 * 1024, run: net::add },
    Case { name: "net/softmax", ram: 6 * 1024, run: net::softmax },
    Case { name: "net/forms", ram: 6 * 1024, run: net::forms },
    Case { name: "net/direction_bytes", ram: 32 * 1024, run: net::direction_bytes },
    Case { name: "net/direction_plane", ram: 36 * 1024, run: direction::plane },
    Case { name: "net/direction_solid", ram: 26 * 1024, run: direction::solid },
    Case { name: "splitting/denoise", ram: 48 * 1024, run: splitting::denoise },
    Case { name: "splitting/mpc", ram: 160 * 1024, run: splitting::mpc },
    Case { name: "splitting/qp", ram: 8 * 1024, run: quadratic::qp },
];

/// The cases of a core with this much RAM: what can never run there is not linked either.
#[must_use]
pub const fn fitting(ram: usize) -> [Case; CASES.len()] {
    let mut cases = [CASES[0]; CASES.len()];
    let mut k = 0;
    while k < cases.len() {
        let run: fn(&mut dyn Meter) = if CASES[k].ram > ram { |_| {} } else { CASES[k].run };
        cases[k] = Case { run, ..CASES[k] };
        k += 1;
    }
    cases
}

/// One row of the bench table, still without its value.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Method family, such as `linear`.
    pub family: &'static str,
    /// The kernel counted, such as `sor::sweep`.
    pub kernel: &'static str,
    /// Size and kind of input, such as `stencil nx=50`.
    pub case: &'static str,
    /// What one unit of the value is, such as `instructions/point`.
    pub unit: &'static str,
    /// Points, rows, nonzeros or calls in the counted work: the value is the count divided by this.
    pub per: u32,
    /// The core the goal speaks of, such as `m4f`; other cores print the row without it. Empty for every core.
    pub goal_target: &'static str,
    /// What must be reached, as a decimal number; empty where nothing is promised.
    pub goal: &'static str,
    /// Where the goal is not reached yet: what must not be exceeded on the way there; empty otherwise.
    pub ceiling: &'static str,
    /// What it is measured against, as a decimal number; empty where there is nothing.
    pub reference: &'static str,
    /// Where the reference comes from.
    pub reference_name: &'static str,
}

impl Row {
    /// A row without goal and reference.
    #[must_use]
    pub const fn new(family: &'static str, kernel: &'static str, case: &'static str) -> Self {
        Self {
            family,
            kernel,
            case,
            unit: "instructions",
            per: 1,
            goal_target: "",
            goal: "",
            ceiling: "",
            reference: "",
            reference_name: "",
        }
    }

    /// The value is the count divided by `per`, and `unit` names that.
    #[must_use]
    pub const fn per(mut self, per: u32, unit: &'static str) -> Self {
        self.per = per;
        self.unit = unit;
        self
    }

    /// At most `goal` is promised on core `target`.
    #[must_use]
    pub const fn goal(mut self, target: &'static str, goal: &'static str) -> Self {
        self.goal_target = target;
        self.goal = goal;
        self
    }

    /// The goal is missed so far, and the value is kept below this.
    #[must_use]
    pub const fn ceiling(mut self, ceiling: &'static str) -> Self {
        self.ceiling = ceiling;
        self
    }

    /// The figure to read the value against, and where it comes from.
    #[must_use]
    pub const fn reference(mut self, reference: &'static str, name: &'static str) -> Self {
        self.reference = reference;
        self.reference_name = name;
        self
    }
}

/// What a case reports to.
pub trait Meter {
    /// Takes the bits of one result. A case with several results says so with several names.
    fn result(&mut self, name: &str, hash: u64);

    /// Runs `work` once; a chip counts its instructions, calls and set-up of its own not included.
    fn count(&mut self, row: &Row, work: &mut dyn FnMut());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;
    use std::string::String;

    #[derive(Default)]
    struct Lines(String);

    impl Meter for Lines {
        fn result(&mut self, name: &str, hash: u64) {
            self.0 += &format!("hash {name} {hash:016x}\n");
        }

        fn count(&mut self, _: &Row, work: &mut dyn FnMut()) {
            work();
        }
    }

    /// The same bits on the host as in the golden file that every core is held to.
    #[test]
    fn host_agrees_with_golden() {
        let mut lines = Lines::default();
        for case in CASES {
            (case.run)(&mut lines);
        }
        let golden = include_str!("../../mps2/src/bin/cases.golden");
        assert_eq!(golden, lines.0, "left: golden file, right: this host");
    }

    #[test]
    fn names_are_unique() {
        for (k, case) in CASES.iter().enumerate() {
            assert!(CASES.iter().skip(k + 1).all(|other| other.name != case.name), "{}", case.name);
        }
    }
}
