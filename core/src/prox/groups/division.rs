//! How a vector is divided.

use crate::error::{Error, Field};

/// A division of a vector into consecutive groups.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Groups<'a> {
    /// Groups of this many elements, at least 1; the last one may be shorter.
    Equal(usize),
    /// Group j ends before element `ends[j]`; strictly ascending, the last is n.
    Ends(&'a [u32]),
}

impl<'a> Groups<'a> {
    /// Number of groups of n elements.
    #[must_use]
    pub const fn count(self, n: usize) -> usize {
        match self {
            Self::Equal(0) => 0,
            Self::Equal(len) => n.div_ceil(len),
            Self::Ends(ends) => ends.len(),
        }
    }

    /// Whether this divides n elements.
    #[inline(always)]
    pub(in crate::prox) fn check(self, n: usize) -> Result<(), Error> {
        match self {
            Self::Equal(0) => Err(Error::OutOfRange { field: Field::Groups, index: 0 }),
            Self::Equal(_) => Ok(()),
            Self::Ends(ends) => check_ends(n, ends),
        }
    }

    /// Lengths of the groups, given how much is left.
    #[inline(always)]
    fn lens(self) -> impl FnMut(usize) -> usize + use<'a> {
        let (mut start, mut ends) = (0_u32, if let Self::Ends(ends) = self { ends.iter() } else { [].iter() });
        move |left| {
            let Self::Equal(len) = self else {
                let end = ends.next().copied().unwrap_or(0);
                let len = end.saturating_sub(start);
                start = end;
                return usize::try_from(len).unwrap_or(0);
            };
            len.min(left)
        }
    }

    /// The groups of x, to be read.
    pub(in crate::prox) fn of<'x, T>(self, x: &'x [T]) -> impl Iterator<Item = &'x [T]> + use<'a, 'x, T> {
        let (mut rest, mut next) = (x, self.lens());
        core::iter::from_fn(move || {
            let (group, after) = rest.split_at_checked(next(rest.len())).filter(|(group, _)| !group.is_empty())?;
            rest = after;
            Some(group)
        })
    }

    /// The groups of x, to be written.
    #[inline(always)]
    pub(in crate::prox) fn of_mut<'x, T>(self, x: &'x mut [T]) -> impl Iterator<Item = &'x mut [T]> + use<'a, 'x, T> {
        let (mut rest, mut next) = (x, self.lens());
        core::iter::from_fn(move || {
            let len = next(rest.len());
            let (group, after) = core::mem::take(&mut rest).split_at_mut_checked(len)?;
            rest = after;
            if group.is_empty() { None } else { Some(group) }
        })
    }
}

/// Whether these ends divide n elements.
#[inline(never)]
fn check_ends(n: usize, ends: &[u32]) -> Result<(), Error> {
    let field = Field::Groups;
    let starts = core::iter::once(0).chain(ends.iter().copied());
    if let Some(index) = starts.zip(ends).position(|(start, end)| start >= *end) {
        return Err(Error::Unordered { field, index });
    }
    let last = ends.last().copied().unwrap_or(0);
    if usize::try_from(last) == Ok(n) {
        Ok(())
    } else {
        Err(Error::OutOfRange { field, index: ends.len().saturating_sub(1) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn groups_cover_a_vector_once() {
        let x: Vec<u32> = (0..7).collect();
        let lens = |groups: Groups| groups.of(&x).map(<[u32]>::len).collect::<Vec<_>>();
        assert_eq!(lens(Groups::Equal(3)), [3, 3, 1]);
        assert_eq!(lens(Groups::Ends(&[1, 5, 7])), [1, 4, 2]);
        let mut y = x.clone();
        Groups::Ends(&[1, 5, 7]).of_mut(&mut y).for_each(|group| group.reverse());
        assert_eq!(y, [0, 4, 3, 2, 1, 6, 5]);
        assert_eq!((Groups::Equal(3).count(7), Groups::Equal(0).count(7), Groups::Ends(&[7]).count(7)), (3, 0, 1));
        // Unchecked ones must not panic either.
        assert_eq!(lens(Groups::Ends(&[4, 2, 9])), [4]);
        assert_eq!(lens(Groups::Equal(0)), [0; 0]);
    }

    #[test]
    fn refusals_name_the_group() {
        let field = Field::Groups;
        assert_eq!(Groups::Equal(0).check(3), Err(Error::OutOfRange { field, index: 0 }));
        assert_eq!(Groups::Ends(&[2, 2, 3]).check(3), Err(Error::Unordered { field, index: 1 }));
        assert_eq!(Groups::Ends(&[0]).check(0), Err(Error::Unordered { field, index: 0 }));
        assert_eq!(Groups::Ends(&[2, 4]).check(3), Err(Error::OutOfRange { field, index: 1 }));
        assert_eq!(Groups::Ends(&[]).check(1), Err(Error::OutOfRange { field, index: 0 }));
        assert_eq!(Groups::Ends(&[2, 3]).check(3), Ok(()));
    }
}
