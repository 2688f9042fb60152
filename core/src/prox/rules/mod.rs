//! What becomes of an operator when its function is changed: wrappers that cost what they say and no more.
//!
//! | function | wrapper | scratch beside that of f |
//! |---|---|---|
//! | f(x - b) | [`Translate`] | |
//! | a f(x) | [`Scale`] | |
//! | f(s x) | [`Dilate`] | |
//! | f(x) + c'x | [`Tilt`] | |
//! | f(x) + r/2 \|x - c\|² | [`Regularise`] | |
//! | f(Q x), Q Q' = a I | [`Orthogonal`] | rows of Q, twice |
//! | f*(x) | [`Conjugate`] | n |
//! | Moreau envelope | [`Envelope`] | n |
//! | f(x_1) + g(x_2) + ... | [`SeparableSum`] | none: the largest of them |
//! | f(x_1) + f(x_2) + ... | [`Repeated`] | |

mod affine;
mod conjugate;
mod envelope;
mod orthogonal;
mod sums;

pub use affine::{Dilate, Regularise, Scale, Tilt, Translate};
pub use conjugate::Conjugate;
pub use envelope::Envelope;
pub use orthogonal::Orthogonal;
pub use sums::{Repeated, SeparableSum};
