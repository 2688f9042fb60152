//! The C interface: no mathematics of its own, one file per family.
//!
//! How it is kept:
//! - The caller allocates everything. Objects are arrays of `uint64_t` without a pointer in them, of the same size on
//!   every target; only descriptors (`ts_operator_t`, `ts_preconditioner_t`) hold pointers.
//! - An extern function gathers its arguments and hands them on; everything that can be wrong with a pointer is checked
//!   in `checks`, before anything is written, and slices are made in few places, each with the reason why it may.
//! - Numbers come from C, never a Rust `enum` or `bool`.
//! - What depends on precision is written for `f32`; `cargo xtask header` makes the twins in `double` of the files that
//!   are listed there. What does not depend on precision lives in files that are not.

#![no_std]
#![allow(unsafe_code, reason = "pointers come from C; every block says why it may trust them")]
#![allow(non_camel_case_types, reason = "types are named as in the header")]
#![allow(clippy::missing_safety_doc, reason = "the header opens with the one rule for all pointers")]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests compare"))]

#[cfg(test)]
extern crate std;

pub mod cg;
pub mod cheb_cb;
mod checks;
pub mod completion;
mod composition;
pub mod contextual;
pub mod csr;
pub mod cycle;
pub mod dcd;
pub mod dense;
#[cfg(feature = "f64")]
pub mod double;
pub mod entries;
pub mod factor;
pub mod function;
pub mod ladder;
mod learner;
pub mod lengths;
pub mod lpn;
pub mod masked;
pub mod measurement;
#[cfg(feature = "panic-handler")]
mod memory;
mod method;
pub mod model;
pub mod network;
pub mod objects;
pub mod omega;
pub mod online;
pub mod operator;
mod over_terms;
pub mod pcg;
pub mod plane;
pub mod preconditioner;
pub mod pressure;
pub mod pressure_compact;
pub mod pressure_config;
mod pressure_forms;
pub mod pressure_memory;
pub mod prox_cones;
pub mod prox_elements;
pub mod prox_function;
pub mod prox_groups;
pub mod prox_intersection;
pub mod prox_nonconvex;
pub mod prox_norms;
pub mod prox_quadratic;
pub mod prox_rules;
pub mod prox_separable;
pub mod prox_sets;
pub mod prox_spectral;
pub mod prox_terms;
pub mod prox_values;
mod proximal;
mod proximal_scratch;
pub mod qp;
mod qp_arguments;
pub mod qp_shape;
pub mod qp_solve;
pub mod qp_update;
pub mod recorder;
pub mod recovery;
pub mod recovery_lengths;
pub mod solve;
pub mod sor;
mod spans;
pub mod spectrum;
pub mod splitting;
pub mod splitting_functions;
pub mod splitting_gradient;
mod splitting_method;
pub mod splitting_primal_dual;
pub mod splitting_steps;
pub mod splitting_two;
pub mod ssor_cg;
pub mod status;
pub mod stencil;
pub mod subgm;
pub mod subgm_values;
pub mod term_kinds;
pub mod tsallis_inf;
pub mod variable_stencil;
pub mod varying;
pub mod version;

#[cfg(all(feature = "panic-handler", not(test)))]
#[panic_handler]
fn stop(_: &core::panic::PanicInfo<'_>) -> ! {
    // Nothing in the library panics, which the archive proves by its symbols; the compiler wants a handler all the same.
    loop {}
}
