//! The one return type, and the numbers in it.

use core::num::NonZeroI32;

use tinysolve::solve::Step;
use tinysolve::{Error, Field};

/// What every function answers: 0 for "done" or "running", a positive `TS_STEP_...` for the outcome of a solve, a
/// negative number for a refused argument. A negative number packs what was wrong, with what, and where: see
/// `TS_ERROR_KIND`, `TS_ERROR_FIELD` and `TS_ERROR_INDEX`. Nothing the caller owns was written then.
pub type ts_status_t = i32;

/// Done; or, from a step, not finished yet.
pub const TS_OK: i32 = 0;

/// Not finished: call the step again.
pub const TS_STEP_RUNNING: i32 = 0;
/// The recomputed residual meets the target.
pub const TS_STEP_CONVERGED: i32 = 1;
/// The iteration limit came first.
pub const TS_STEP_ITERATION_CAP: i32 = 2;
/// No further gain: the rounding floor of this precision, as a rule.
pub const TS_STEP_STAGNATED: i32 = 3;
/// The residual grew beyond the divergence factor, or is no longer finite.
pub const TS_STEP_DIVERGED: i32 = 4;
/// An inner product over- or underflowed: the recurrence cannot go on.
pub const TS_STEP_BREAKDOWN: i32 = 5;
/// p'Ap < 0 was met: the operator is not positive definite.
pub const TS_STEP_NOT_POSITIVE_DEFINITE: i32 = 6;
/// r'z < 0 was met: the preconditioner is not positive definite.
pub const TS_STEP_INDEFINITE_PRECONDITIONER: i32 = 7;
/// The caller's function asked to stop; the solve can go on later.
pub const TS_STEP_INTERRUPTED: i32 = 8;
/// No point satisfies the constraints; there is a certificate.
pub const TS_STEP_PRIMAL_INFEASIBLE: i32 = 9;
/// The objective falls without bound, or no dual point is feasible; there is a certificate.
pub const TS_STEP_DUAL_INFEASIBLE: i32 = 10;
/// A recovery ended without a certificate: what it left is a guess.
pub const TS_STEP_NOT_CERTIFIED: i32 = 11;
/// The recomputed residual meets the target, but the search direction had failed on the way: the answer is right, the
/// direction is not.
pub const TS_STEP_HANDED_OVER: i32 = 12;

/// An array has the wrong length; the index is the length given.
pub const TS_ERROR_LENGTH: u32 = 1;
/// A NaN or an infinity, at the index.
pub const TS_ERROR_NOT_FINITE: u32 = 2;
/// A value outside the documented range, at the index.
pub const TS_ERROR_OUT_OF_RANGE: u32 = 3;
/// Elements not in the required order, from the index on.
pub const TS_ERROR_UNORDERED: u32 = 4;
/// A row without a diagonal entry, or with a zero one; the index is the row.
pub const TS_ERROR_ZERO_DIAGONAL: u32 = 5;
/// A negative diagonal entry where a positive one is needed; the index is the row.
pub const TS_ERROR_NEGATIVE_DIAGONAL: u32 = 6;
/// A matrix that has to be symmetric is not; the index is the row.
pub const TS_ERROR_ASYMMETRIC: u32 = 7;
/// A size that does not fit the address space or the index type.
pub const TS_ERROR_TOO_LARGE: u32 = 8;
/// A container or saved state is not what it says.
pub const TS_ERROR_CORRUPT: u32 = 9;
/// A factorisation met a pivot that is zero, negative or not finite; the index is the row.
pub const TS_ERROR_PIVOT: u32 = 10;
/// A null pointer.
pub const TS_ERROR_NULL: u32 = 11;
/// A pointer that is not aligned for its type.
pub const TS_ERROR_MISALIGNED: u32 = 12;
/// Two buffers that must be disjoint overlap; the field names the one that would have been written.
pub const TS_ERROR_OVERLAP: u32 = 13;
/// An object that was not initialised, or was by another version or function.
pub const TS_ERROR_UNINITIALISED: u32 = 14;
/// Well-formed, but of a kind this library does not know.
pub const TS_ERROR_UNSUPPORTED: u32 = 15;

/// The object a function was given.
pub const TS_FIELD_OBJECT: u32 = 1;
/// The matrix or operator as a whole.
pub const TS_FIELD_MATRIX: u32 = 2;
/// Row starts of a sparse matrix.
pub const TS_FIELD_ROW_POINTERS: u32 = 3;
/// Column indices of a sparse matrix.
pub const TS_FIELD_COLUMNS: u32 = 4;
/// Stored values of a matrix.
pub const TS_FIELD_VALUES: u32 = 5;
/// The diagonal of a matrix.
pub const TS_FIELD_DIAGONAL: u32 = 6;
/// The cell mask of a stencil.
pub const TS_FIELD_MASK: u32 = 7;
/// The right-hand side b.
pub const TS_FIELD_RIGHT_HAND_SIDE: u32 = 8;
/// The iterate x.
pub const TS_FIELD_ITERATE: u32 = 9;
/// The workspace.
pub const TS_FIELD_WORKSPACE: u32 = 10;
/// The relaxation parameter omega.
pub const TS_FIELD_OMEGA: u32 = 11;
/// A tolerance.
pub const TS_FIELD_TOLERANCE: u32 = 12;
/// An iteration limit, window or interval.
pub const TS_FIELD_ITERATIONS: u32 = 13;
/// The preconditioner.
pub const TS_FIELD_PRECONDITIONER: u32 = 14;
/// A grid of bandit arms.
pub const TS_FIELD_ARMS: u32 = 15;
/// The context handed to a contextual bandit, or its range.
pub const TS_FIELD_CONTEXT: u32 = 16;
/// The cost handed to a bandit, or its cap.
pub const TS_FIELD_COST: u32 = 17;
/// The header of a container.
pub const TS_FIELD_HEADER: u32 = 18;
/// The section table of a container.
pub const TS_FIELD_SECTIONS: u32 = 19;
/// The bytes of a container or of a saved state.
pub const TS_FIELD_BYTES: u32 = 20;
/// A number of rows, columns, points or cells.
pub const TS_FIELD_SIZE: u32 = 21;
/// A configuration, or a value in it without a field of its own.
pub const TS_FIELD_CONFIGURATION: u32 = 22;
/// An elimination order.
pub const TS_FIELD_ORDER: u32 = 23;
/// A function pointer.
pub const TS_FIELD_FUNCTION: u32 = 24;
/// An output buffer or output object.
pub const TS_FIELD_OUTPUT: u32 = 25;
/// The symbolic part of a sparse factorisation.
pub const TS_FIELD_SYMBOLIC: u32 = 26;
/// Row starts of a constraint matrix.
pub const TS_FIELD_CONSTRAINT_ROWS: u32 = 27;
/// Column indices of a constraint matrix.
pub const TS_FIELD_CONSTRAINT_COLUMNS: u32 = 28;
/// Stored values of a constraint matrix.
pub const TS_FIELD_CONSTRAINT_VALUES: u32 = 29;
/// The linear term of an objective.
pub const TS_FIELD_LINEAR_TERM: u32 = 30;
/// A penalty: rho or sigma of a splitting method.
pub const TS_FIELD_PENALTY: u32 = 31;
/// The dual variables.
pub const TS_FIELD_DUAL: u32 = 32;
/// The step of a proximal operator.
pub const TS_FIELD_STEP: u32 = 36;
/// Weights of elements or groups.
pub const TS_FIELD_WEIGHTS: u32 = 37;
/// How a vector is divided into groups or blocks.
pub const TS_FIELD_GROUPS: u32 = 38;
/// Lower or upper bounds.
pub const TS_FIELD_BOUNDS: u32 = 39;
/// The measurements y.
pub const TS_FIELD_MEASUREMENTS: u32 = 40;
/// The rank, or the largest rank to try.
pub const TS_FIELD_RANK: u32 = 41;
/// The factors of the matrix that is sought.
pub const TS_FIELD_FACTORS: u32 = 42;
/// The scratch memory of a measurement operator.
pub const TS_FIELD_SCRATCH: u32 = 43;

/// The memory the tensors of a network live in.
pub const TS_FIELD_ARENA: u32 = 50;
/// The layers of a network model; the index is the layer.
pub const TS_FIELD_LAYERS: u32 = 51;
/// Rows of requantisation; the index is the layer.
pub const TS_FIELD_REQUANTISE: u32 = 53;
/// The input of a network.
pub const TS_FIELD_INPUT: u32 = 54;

/// A negative status. `Result<(), Refusal>` is as large as the status itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Refusal(NonZeroI32);

impl Refusal {
    /// Of these `TS_ERROR_...`, `TS_FIELD_...` and index below 65,536.
    #[allow(clippy::cast_possible_wrap, reason = "errors and fields are small")]
    pub(crate) const fn new(error: u32, field: u32, index: u32) -> Self {
        match NonZeroI32::new(-((error << 24 | field << 16 | index) as i32)) {
            Some(code) => Self(code),
            None => Self(NonZeroI32::MIN),
        }
    }
}

impl From<Error> for Refusal {
    #[cold]
    #[inline(never)]
    fn from(error: Error) -> Self {
        Self(NonZeroI32::new(error.code()).unwrap_or(NonZeroI32::MIN))
    }
}

/// 0, or the refusal.
pub(crate) fn done(result: Result<(), Refusal>) -> ts_status_t {
    match result {
        Ok(()) => TS_OK,
        Err(Refusal(code)) => code.get(),
    }
}

/// The outcome of a step, or the refusal.
pub(crate) fn outcome(result: Result<Step, Refusal>) -> ts_status_t {
    match result {
        Ok(step) => step as ts_status_t,
        Err(Refusal(code)) => code.get(),
    }
}

/// A flag from C.
pub(crate) fn flag(value: u32, index: usize) -> Result<bool, Error> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::OutOfRange { field: Field::Configuration, index }),
    }
}

/// A number from C as a size.
pub(crate) const fn size(number: u32) -> usize {
    const { assert!(size_of::<usize>() >= size_of::<u32>()) }
    number as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_the_codes_of_errors() {
        let cases = [
            (TS_ERROR_LENGTH, Error::Length { field: Field::Object, need: 1, got: 0 }),
            (TS_ERROR_NOT_FINITE, Error::NotFinite { field: Field::Object, index: 0 }),
            (TS_ERROR_OUT_OF_RANGE, Error::OutOfRange { field: Field::Object, index: 0 }),
            (TS_ERROR_UNORDERED, Error::Unordered { field: Field::Object, index: 0 }),
            (TS_ERROR_TOO_LARGE, Error::TooLarge { field: Field::Object }),
            (TS_ERROR_CORRUPT, Error::Corrupt { field: Field::Object, index: 0 }),
            (TS_ERROR_NULL, Error::Null { field: Field::Object }),
            (TS_ERROR_MISALIGNED, Error::Misaligned { field: Field::Object }),
            (TS_ERROR_OVERLAP, Error::Overlap { field: Field::Object }),
            (TS_ERROR_UNINITIALISED, Error::Uninitialised { field: Field::Object }),
            (TS_ERROR_UNSUPPORTED, Error::Unsupported { field: Field::Object, index: 0 }),
        ];
        for (number, error) in cases {
            assert_eq!(Refusal::new(number, TS_FIELD_OBJECT, 0), Refusal::from(error), "{error:?}");
        }
        let row = 7;
        for (number, field, error) in [
            (TS_ERROR_ZERO_DIAGONAL, TS_FIELD_DIAGONAL, Error::ZeroDiagonal { row }),
            (TS_ERROR_NEGATIVE_DIAGONAL, TS_FIELD_DIAGONAL, Error::NegativeDiagonal { row }),
            (TS_ERROR_ASYMMETRIC, TS_FIELD_MATRIX, Error::Asymmetric { row }),
            (TS_ERROR_PIVOT, TS_FIELD_MATRIX, Error::Pivot { row }),
        ] {
            assert_eq!(Refusal::new(number, field, 7), Refusal::from(error), "{error:?}");
        }
        assert_eq!(size_of::<Result<(), Refusal>>(), size_of::<ts_status_t>());
    }

    #[test]
    fn fields_have_the_numbers_of_the_library() {
        let fields = [
            (TS_FIELD_OBJECT, Field::Object),
            (TS_FIELD_MATRIX, Field::Matrix),
            (TS_FIELD_ROW_POINTERS, Field::RowPointers),
            (TS_FIELD_COLUMNS, Field::Columns),
            (TS_FIELD_VALUES, Field::Values),
            (TS_FIELD_DIAGONAL, Field::Diagonal),
            (TS_FIELD_MASK, Field::Mask),
            (TS_FIELD_RIGHT_HAND_SIDE, Field::RightHandSide),
            (TS_FIELD_ITERATE, Field::Iterate),
            (TS_FIELD_WORKSPACE, Field::Workspace),
            (TS_FIELD_OMEGA, Field::Omega),
            (TS_FIELD_TOLERANCE, Field::Tolerance),
            (TS_FIELD_ITERATIONS, Field::Iterations),
            (TS_FIELD_PRECONDITIONER, Field::Preconditioner),
            (TS_FIELD_ARMS, Field::Arms),
            (TS_FIELD_CONTEXT, Field::Context),
            (TS_FIELD_COST, Field::Cost),
            (TS_FIELD_HEADER, Field::Header),
            (TS_FIELD_SECTIONS, Field::Sections),
            (TS_FIELD_BYTES, Field::Bytes),
            (TS_FIELD_SIZE, Field::Size),
            (TS_FIELD_CONFIGURATION, Field::Configuration),
            (TS_FIELD_ORDER, Field::Order),
            (TS_FIELD_FUNCTION, Field::Function),
            (TS_FIELD_OUTPUT, Field::Output),
            (TS_FIELD_SYMBOLIC, Field::Symbolic),
            (TS_FIELD_CONSTRAINT_ROWS, Field::ConstraintRows),
            (TS_FIELD_CONSTRAINT_COLUMNS, Field::ConstraintColumns),
            (TS_FIELD_CONSTRAINT_VALUES, Field::ConstraintValues),
            (TS_FIELD_LINEAR_TERM, Field::LinearTerm),
            (TS_FIELD_PENALTY, Field::Penalty),
            (TS_FIELD_DUAL, Field::Dual),
            (TS_FIELD_STEP, Field::Step),
            (TS_FIELD_WEIGHTS, Field::Weights),
            (TS_FIELD_GROUPS, Field::Groups),
            (TS_FIELD_BOUNDS, Field::Bounds),
            (TS_FIELD_MEASUREMENTS, Field::Measurements),
            (TS_FIELD_RANK, Field::Rank),
            (TS_FIELD_FACTORS, Field::Factors),
            (TS_FIELD_SCRATCH, Field::Scratch),
            (TS_FIELD_ARENA, Field::Arena),
            (TS_FIELD_LAYERS, Field::Layers),
            (TS_FIELD_REQUANTISE, Field::Requantise),
            (TS_FIELD_INPUT, Field::Input),
        ];
        for (number, field) in fields {
            assert_eq!(number, field as u32, "{field:?}");
        }
    }

    #[test]
    fn outcomes_have_the_numbers_of_the_library() {
        let outcomes = [
            (TS_STEP_RUNNING, Step::Running),
            (TS_STEP_CONVERGED, Step::Converged),
            (TS_STEP_ITERATION_CAP, Step::IterationCap),
            (TS_STEP_STAGNATED, Step::Stagnated),
            (TS_STEP_DIVERGED, Step::Diverged),
            (TS_STEP_BREAKDOWN, Step::Breakdown),
            (TS_STEP_NOT_POSITIVE_DEFINITE, Step::NotPositiveDefinite),
            (TS_STEP_INDEFINITE_PRECONDITIONER, Step::IndefinitePreconditioner),
            (TS_STEP_INTERRUPTED, Step::Interrupted),
            (TS_STEP_PRIMAL_INFEASIBLE, Step::PrimalInfeasible),
            (TS_STEP_DUAL_INFEASIBLE, Step::DualInfeasible),
            (TS_STEP_NOT_CERTIFIED, Step::NotCertified),
            (TS_STEP_HANDED_OVER, Step::HandedOver),
        ];
        for (number, step) in outcomes {
            assert_eq!(number, outcome(Ok(step)));
        }
    }
}
