//! Convex functions of one number, summed over elements: each with its map, in place, without scratch.
//!
//! Costs are per element: "1 division" means beside a few additions and comparisons.

mod absolute;
mod bounds;
mod exponential;
mod fidelity;
mod finite;
mod hinge;
mod huber;
mod logarithm;
mod logistic;
mod power;
mod quadratic;
mod trivial;

pub use absolute::{ElasticNet, L1, PositivePart};
pub use bounds::{Bounds, Interval, Nonnegative, Nonpositive};
pub use exponential::{Entropy, Exponential};
pub use fidelity::{CrossEntropy, KullbackLeibler};
pub use finite::{Binary, FiniteSet};
pub use hinge::{Hinge, SquaredHinge};
pub use huber::Huber;
pub use logarithm::{NegativeLog, Reciprocal};
pub use logistic::Logistic;
pub use power::{Exponent, Power};
pub use quadratic::SquaredL2;
pub use trivial::{Linear, Point, Zero};
