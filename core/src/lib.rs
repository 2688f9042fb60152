#![no_std]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        clippy::cast_possible_wrap,
        reason = "tests compare and print"
    )
)]
//! A solver core for microcontrollers: no allocation, no panic, no libc, and the same bits on the chip and on the host.
//!
//! # The map of the house
//! | module | what is there |
//! |---|---|
//! | [`linear`] | A x = b: SOR, SSOR, CG, PCG, SSOR-CG by Eisenstat's trick; pressure on cells by multigrid cycles, trained or not |
//! | [`bandit`] | parameters learned while they are used: Tsallis-INF, `ChebCB`, policies for omega |
//! | [`splitting`] | minimise f + g: quadratic programs and linear MPC, proximal gradient, ADMM, primal-dual methods, PANOC |
//! | [`net`] | quantised networks that run where they lie in flash; learned proximal networks |
//! | [`prox`] | proximal operators and their calculus |
//! | [`recovery`] | low-rank matrices from few, partly wrong measurements; robust and plain matrix completion |
//! | [`matrix`] | what A may be: dense views, compressed sparse rows, stencils |
//! | [`factor`] | small factorisations, eigenvalues and singular values, below every family |
//! | [`container`] | the one file format: learners, checkpoints, weights, with version and checksum |
//! | [`operator`] | what a method may be handed: `LinearOperator`, `Sweep`, `Direction`, `Prox`, `LinearMap`, `Smooth` |
//! | [`solve`] | how every method is driven: `Step`, `Report`, `Solver`, the flight recorder |
//! | [`error`](mod@error) | what a constructor refuses, by field and index |
//! | [`math`], [`real`], [`vector`], [`rng`] | scalars, functions, sums and random numbers with fixed bits |
//!
//! # How it is used
//! The caller owns all memory. A *view* ([`matrix::Csr`], [`matrix::Stencil`], ...) is checked once, when it is made; a
//! method takes views, slices and a workspace whose length a `const fn` tells, checks what is left, and from then on
//! cannot fail: [`solve::Solver::step`] does one bounded piece of work and answers where the solve stands.
//!
//! # The sizing rule
//! Values are run-time fields of `Copy` configurations; shapes are slices, sized by `const fn workspace_len`. So there is
//! one instance of a kernel for all sizes, in Rust and in C, and a `static` workspace is still sized at compile time.
//!
//! # Same bits
//! Sums have a fixed order, `mul_add` is not used, transcendental functions come from one pinned library, random numbers
//! from the library's own generator. Assumed: round to nearest, no flush to zero. NaN payloads are no part of it.
//!
//! # Features
//! | feature | what it adds |
//! |---|---|
//! | `defmt` | `defmt::Format` on configurations, reports, records and errors |
//! | `nalgebra` | `MatRef::from(&matrix)` for matrices nalgebra holds in one piece |
//! | `micromath` | approximate square roots in the learning rates of the bandits; such a build has hashes of its own |
//! | `serde` | `Serialize` and `Deserialize` on configurations and reports |
//!
//! None is on by default; `f32` and `f64` are always there.

#[cfg(test)]
extern crate std;

pub mod bandit;
pub mod container;
pub mod error;
pub mod factor;
pub mod linear;
pub mod math;
pub mod matrix;
pub mod net;
pub mod operator;
pub mod prox;
pub mod real;
pub mod recovery;
pub mod rng;
pub mod solve;
pub mod splitting;
pub mod vector;
mod veil;
mod wide;

pub use error::{Error, Field};
pub use real::Real;

/// The examples of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
