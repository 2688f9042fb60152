//! Splitting methods against coordinate descent, direct solvers and each other, from several starts, in both precisions.

#![allow(clippy::cast_precision_loss, clippy::unwrap_used, clippy::float_cmp, reason = "tests")]

mod maps;
mod refusals;
mod regression;
mod solutions;
mod state;
