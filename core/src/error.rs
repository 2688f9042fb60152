//! What a constructor answers when its arguments do not fit: which field, and where in it.
//!
//! Errors are for constructors and loaders only. What is found while a method runs is a [`Step`](crate::solve::Step).
//! An error is returned before anything the caller owns has been written.

/// The argument an [`Error`] speaks of. Numbers are stable: the C ABI carries them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
#[repr(u8)]
pub enum Field {
    /// The object a C function was given: null, misaligned, or not initialised.
    Object = 1,
    /// The matrix or operator as a whole.
    Matrix = 2,
    /// Row starts of a sparse matrix.
    RowPointers = 3,
    /// Column indices of a sparse matrix.
    Columns = 4,
    /// Stored values of a matrix.
    Values = 5,
    /// The diagonal of a matrix.
    Diagonal = 6,
    /// The cell mask of a stencil.
    Mask = 7,
    /// The right-hand side b.
    RightHandSide = 8,
    /// The iterate x, which is also the starting guess.
    Iterate = 9,
    /// The workspace the caller lends.
    Workspace = 10,
    /// The relaxation parameter omega.
    Omega = 11,
    /// A tolerance, relative or absolute.
    Tolerance = 12,
    /// An iteration limit, window or interval.
    Iterations = 13,
    /// The preconditioner.
    Preconditioner = 14,
    /// A grid of bandit arms.
    Arms = 15,
    /// The context handed to a contextual bandit, or its range.
    Context = 16,
    /// The cost handed to a bandit, or its cap.
    Cost = 17,
    /// The header of a container.
    Header = 18,
    /// The section table of a container.
    Sections = 19,
    /// The bytes of a container or of a saved state.
    Bytes = 20,
    /// A number of rows, columns, points or cells.
    Size = 21,
    /// A configuration value without a field of its own.
    Configuration = 22,
    /// An elimination order (permutation).
    Order = 23,
    /// A function pointer from C.
    Function = 24,
    /// An output buffer or output object.
    Output = 25,
    /// The symbolic part of a sparse factorisation.
    Symbolic = 26,
    /// Row starts of a constraint matrix.
    ConstraintRows = 27,
    /// Column indices of a constraint matrix.
    ConstraintColumns = 28,
    /// Stored values of a constraint matrix.
    ConstraintValues = 29,
    /// The linear term of an objective.
    LinearTerm = 30,
    /// A penalty: rho or sigma of a splitting method.
    Penalty = 31,
    /// The dual variables, which are a starting guess too.
    Dual = 32,
    /// The step of a proximal operator.
    Step = 36,
    /// Weights of elements or groups.
    Weights = 37,
    /// How a vector is divided into groups or blocks.
    Groups = 38,
    /// Lower or upper bounds.
    Bounds = 39,
    /// The measurements y, or one of them.
    Measurements = 40,
    /// The rank, or the largest rank to try.
    Rank = 41,
    /// The factors of the matrix that is sought.
    Factors = 42,
    /// The scratch memory of a measurement operator.
    Scratch = 43,
    /// The memory the tensors of a network live in.
    Arena = 50,
    /// The layers of a network model; the index is the layer.
    Layers = 51,
    /// Rows of requantisation; the index is the layer.
    Requantise = 53,
    /// The input of a network.
    Input = 54,
}

/// Why a constructor refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
// Numbered as in a code, what is carried always in one place: so a code is put together without a case for each.
#[repr(u8)]
pub enum Error {
    /// A slice has the wrong length: `need` elements, `got` were given. For a workspace, longer is fine.
    Length {
        /// Which slice.
        field: Field,
        /// Elements given.
        got: usize,
        /// Elements needed.
        need: usize,
    } = 1,
    /// A NaN or an infinity.
    NotFinite {
        /// Which argument.
        field: Field,
        /// Element index, 0 for a scalar.
        index: usize,
    } = 2,
    /// A value outside the documented range.
    OutOfRange {
        /// Which argument.
        field: Field,
        /// Element index, 0 for a scalar.
        index: usize,
    } = 3,
    /// Elements are not in the required (strictly ascending, or permuted once) order.
    Unordered {
        /// Which argument.
        field: Field,
        /// Index of the first element out of order.
        index: usize,
    } = 4,
    /// A row without a diagonal entry, or with a zero one.
    ZeroDiagonal {
        /// The row.
        row: usize,
    } = 5,
    /// A negative diagonal entry where the method needs a positive one.
    NegativeDiagonal {
        /// The row.
        row: usize,
    } = 6,
    /// A matrix that has to be symmetric is not.
    Asymmetric {
        /// First row whose entry has no equal mirror image.
        row: usize,
    } = 7,
    /// A product of sizes does not fit the address space or the index type.
    TooLarge {
        /// Which size.
        field: Field,
    } = 8,
    /// A container or saved state is not what it says: magic, version, kind or checksum.
    Corrupt {
        /// Which part.
        field: Field,
        /// Record or section index, 0 for the header.
        index: usize,
    } = 9,
    /// A factorisation met a pivot that is zero, negative or not finite.
    Pivot {
        /// The row.
        row: usize,
    } = 10,
    /// A null pointer came through the C ABI.
    Null {
        /// Which pointer.
        field: Field,
    } = 11,
    /// A pointer from C is not aligned for its element type.
    Misaligned {
        /// Which pointer.
        field: Field,
    } = 12,
    /// Two buffers that must be disjoint overlap.
    Overlap {
        /// The buffer that would have been written.
        field: Field,
    } = 13,
    /// An object was not initialised, or by another version or function.
    Uninitialised {
        /// Which object.
        field: Field,
    } = 14,
    /// Well-formed, but of a kind this library does not know.
    Unsupported {
        /// Which part.
        field: Field,
        /// Where in it.
        index: usize,
    } = 15,
}

impl Error {
    /// Packs kind, field and index into one negative number for the C ABI:
    /// `-(kind << 24 | field << 16 | min(index, 65535))`.
    #[must_use]
    #[inline]
    pub const fn code(self) -> i32 {
        let kind = match self {
            Self::Length { .. } => 1,
            Self::NotFinite { .. } => 2,
            Self::OutOfRange { .. } => 3,
            Self::Unordered { .. } => 4,
            Self::ZeroDiagonal { .. } => 5,
            Self::NegativeDiagonal { .. } => 6,
            Self::Asymmetric { .. } => 7,
            Self::TooLarge { .. } => 8,
            Self::Corrupt { .. } => 9,
            Self::Pivot { .. } => 10,
            Self::Null { .. } => 11,
            Self::Misaligned { .. } => 12,
            Self::Overlap { .. } => 13,
            Self::Uninitialised { .. } => 14,
            Self::Unsupported { .. } => 15,
        };
        let field = match self {
            Self::Length { field, .. }
            | Self::NotFinite { field, .. }
            | Self::OutOfRange { field, .. }
            | Self::Unordered { field, .. }
            | Self::TooLarge { field }
            | Self::Corrupt { field, .. }
            | Self::Null { field }
            | Self::Misaligned { field }
            | Self::Overlap { field }
            | Self::Uninitialised { field }
            | Self::Unsupported { field, .. } => field,
            Self::ZeroDiagonal { .. } | Self::NegativeDiagonal { .. } => Field::Diagonal,
            Self::Asymmetric { .. } | Self::Pivot { .. } => Field::Matrix,
        };
        let index = match self {
            Self::NotFinite { index, .. }
            | Self::OutOfRange { index, .. }
            | Self::Unordered { index, .. }
            | Self::Corrupt { index, .. }
            | Self::Unsupported { index, .. }
            | Self::ZeroDiagonal { row: index }
            | Self::NegativeDiagonal { row: index }
            | Self::Asymmetric { row: index }
            | Self::Pivot { row: index }
            | Self::Length { got: index, .. } => index,
            Self::TooLarge { .. }
            | Self::Null { .. }
            | Self::Misaligned { .. }
            | Self::Overlap { .. }
            | Self::Uninitialised { .. } => 0,
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "at most 16 bits")]
        let index = if index > 0xffff { 0xffff } else { index as i32 };
        -((kind << 24) | ((field as i32) << 16) | index)
    }
}

/// `Err` unless `got` elements are exactly `need`.
pub(crate) const fn exact(field: Field, need: usize, got: usize) -> Result<(), Error> {
    if need == got { Ok(()) } else { Err(Error::Length { field, need, got }) }
}

/// `Err` unless `got` elements are at least `need`.
pub(crate) const fn at_least(field: Field, need: usize, got: usize) -> Result<(), Error> {
    if got >= need { Ok(()) } else { Err(Error::Length { field, need, got }) }
}

/// `Err` naming the first element of `values` that is NaN or infinite.
pub(crate) fn finite<T: crate::real::Real>(field: Field, values: &[T]) -> Result<(), Error> {
    match crate::wide::find(values, |value| !value.is_finite()) {
        Some((index, _)) => Err(Error::NotFinite { field, index }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_negative_and_unpack() {
        let code = -Error::NotFinite { field: Field::RightHandSide, index: 7 }.code();
        assert_eq!((code >> 24, (code >> 16) & 0xff, code & 0xffff), (2, 8, 7));
        let far = -Error::ZeroDiagonal { row: 1_000_000 }.code();
        assert_eq!(far & 0xffff, 0xffff);
    }
}
