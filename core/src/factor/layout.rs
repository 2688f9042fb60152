//! Where the lower triangle of a symmetric matrix lies in memory.

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Packed {}
    impl Sealed for super::Square {}
    impl Sealed for super::Band {}
}

/// A way to store a lower triangle row by row. Row i holds the columns `first(i)` to i, in this order, without gaps.
pub trait Layout: sealed::Sealed + Copy {
    /// Dimension n of the matrix.
    fn dim(self) -> usize;

    /// Elements the matrix takes in memory; `usize::MAX`, which no slice has, if they cannot be counted.
    fn len(self) -> usize;

    /// Whether the matrix takes no memory.
    fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The first column stored in row i.
    fn first(self, row: usize) -> usize;

    /// Where element (i, i) lies; for i below n, as the two below.
    fn diagonal(self, row: usize) -> usize;

    /// Unused elements between element (i, i) and the first stored one of row i + 1.
    fn gap(self, row: usize) -> usize;

    /// Where the first stored element of row i lies.
    #[inline]
    fn start(self, row: usize) -> usize {
        self.diagonal(row) - (row - self.first(row))
    }

    /// Where element (i, j) lies, if it is stored: j from `first(i)` to i.
    #[inline]
    fn index(self, row: usize, column: usize) -> Option<usize> {
        let stored = row < self.dim() && column <= row && column >= self.first(row);
        if stored { Some(self.diagonal(row) - (row - column)) } else { None }
    }
}

/// The lower triangle alone, row after row: a00, a10, a11, a20, ... in n (n + 1) / 2 elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Packed(usize);

impl Packed {
    /// Of dimension n.
    #[must_use]
    pub const fn new(n: usize) -> Self {
        Self(n)
    }

    /// Elements for dimension n: n (n + 1) / 2, or `usize::MAX` if that overflows.
    #[must_use]
    pub const fn elements(n: usize) -> usize {
        let (even, odd) = if n.is_multiple_of(2) { (n / 2, n.saturating_add(1)) } else { (n / 2 + 1, n) };
        even.saturating_mul(odd)
    }
}

impl Layout for Packed {
    #[inline]
    fn dim(self) -> usize {
        self.0
    }
    #[inline]
    fn len(self) -> usize {
        Self::elements(self.0)
    }
    #[inline]
    fn first(self, _row: usize) -> usize {
        0
    }
    #[inline]
    fn diagonal(self, row: usize) -> usize {
        row * (row + 3) / 2
    }
    #[inline]
    fn gap(self, _row: usize) -> usize {
        0
    }
}

/// All of a row-major n x n matrix; what lies above the diagonal is neither read nor written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Square(usize);

impl Square {
    /// Of dimension n.
    #[must_use]
    pub const fn new(n: usize) -> Self {
        Self(n)
    }

    /// Elements for dimension n: n squared, or `usize::MAX` if that overflows.
    #[must_use]
    pub const fn elements(n: usize) -> usize {
        n.saturating_mul(n)
    }
}

impl Layout for Square {
    #[inline]
    fn dim(self) -> usize {
        self.0
    }
    #[inline]
    fn len(self) -> usize {
        Self::elements(self.0)
    }
    #[inline]
    fn first(self, _row: usize) -> usize {
        0
    }
    #[inline]
    fn diagonal(self, row: usize) -> usize {
        row * (self.0 + 1)
    }
    #[inline]
    fn gap(self, row: usize) -> usize {
        self.0 - row - 1
    }
}

/// The m diagonals below the main one, row after row: row i holds a(i, i-m) to a(i, i) in m + 1 elements.
///
/// Element (i, j) lies at i (m + 1) + m - (i - j). The first m rows start with elements that are neither read nor
/// written, for the columns left of the matrix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Band {
    n: usize,
    bandwidth: usize,
}

impl Band {
    /// Of dimension n, with a(i, j) = 0 for |i - j| > `bandwidth`.
    #[must_use]
    pub const fn new(n: usize, bandwidth: usize) -> Self {
        Self { n, bandwidth }
    }

    /// Elements for dimension n and bandwidth m: n (m + 1), or `usize::MAX` if that overflows.
    #[must_use]
    pub const fn elements(n: usize, bandwidth: usize) -> usize {
        n.saturating_mul(bandwidth.saturating_add(1))
    }
}

impl Layout for Band {
    #[inline]
    fn dim(self) -> usize {
        self.n
    }
    #[inline]
    fn len(self) -> usize {
        Self::elements(self.n, self.bandwidth)
    }
    #[inline]
    fn first(self, row: usize) -> usize {
        row.saturating_sub(self.bandwidth)
    }
    #[inline]
    fn diagonal(self, row: usize) -> usize {
        row * self.bandwidth.saturating_add(1) + self.bandwidth
    }
    #[inline]
    fn gap(self, row: usize) -> usize {
        self.bandwidth.saturating_sub(row + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn rules<L: Layout + core::fmt::Debug>(layout: L) {
        let mut seen = BTreeSet::new();
        let mut end = layout.index(0, 0).unwrap_or(0);
        for row in 0..layout.dim() {
            for column in 0..layout.dim() {
                let Some(index) = layout.index(row, column) else {
                    assert!(column > row || column < layout.first(row));
                    continue;
                };
                assert_eq!(index, end + column - layout.first(row), "{layout:?} ({row}, {column})");
                assert!(seen.insert(index), "{layout:?} ({row}, {column}) lies on another element");
            }
            assert_eq!(layout.index(row, row), Some(layout.diagonal(row)));
            end = layout.diagonal(row) + 1 + if row + 1 < layout.dim() { layout.gap(row) } else { 0 };
        }
        assert_eq!(end, layout.len());
        assert_eq!(layout.index(layout.dim(), 0), None);
        assert_eq!(layout.is_empty(), layout.dim() == 0);
    }

    #[test]
    fn every_element_has_a_place_of_its_own() {
        for n in 0..9 {
            rules(Packed::new(n));
            rules(Square::new(n));
            for bandwidth in 0..11 {
                rules(Band::new(n, bandwidth));
            }
        }
    }

    #[test]
    fn sizes_that_overflow_fit_no_slice() {
        assert_eq!(Packed::elements(6), 21);
        for n in [usize::MAX, usize::MAX - 1, 1 << (usize::BITS / 2 + 1)] {
            assert_eq!((Packed::elements(n), Square::elements(n)), (usize::MAX, usize::MAX));
        }
        assert_eq!(Band::elements(2, usize::MAX), usize::MAX);
        assert_eq!(Band::elements(usize::MAX, 1), usize::MAX);
    }
}
