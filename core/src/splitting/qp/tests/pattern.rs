//! Patterns: what is factored, and what is refused.

use super::super::pattern::*;
use crate::error::{Error, Field};
use std::vec;
use std::vec::Vec;

#[test]
fn the_system_leaves_bound_rows_out() {
    // P = [1 .; 2 3], A = [4 .; 5 6; . 7]: rows 0 and 2 are bounds.
    let pattern = QpPattern::new(&[0_u16, 1, 3], &[0, 0, 1], &[0, 1, 3, 4], &[0, 0, 1, 1]).unwrap();
    assert_eq!((pattern.variables(), pattern.constraints(), pattern.bound_rows()), (2, 3, 2));
    assert_eq!((pattern.system_dim(), pattern.system_entries(), pattern.values_len()), (3, 8, 10));
    let (mut starts, mut columns) = ([9; 4], [9; 8]);
    pattern.write_system(&mut starts, &mut columns).unwrap();
    assert_eq!(starts, [0, 2, 5, 8]);
    assert_eq!(columns, [0, 0, 0, 1, 1, 0, 1, 2]);
    let places: Vec<_> = pattern.p_rows().chain(pattern.a_rows()).map(|(_, range)| range).collect();
    assert_eq!(places, [0..2, 2..5, 8..9, 5..8, 9..10]);
    assert!(pattern.write_system(&mut starts, &mut [0; 7]).is_err());
    assert!(pattern.write_system(&mut [0; 3], &mut columns).is_err());
}

#[test]
fn what_is_wrong_is_named() {
    let refused = |p: (&[u16], &[u16]), a: (&[u16], &[u16])| QpPattern::new(p.0, p.1, a.0, a.1).err();
    let p: (&[u16], &[u16]) = (&[0, 1, 2], &[0, 1]);
    let a: (&[u16], &[u16]) = (&[0, 2], &[0, 1]);
    assert_eq!(refused(p, a), None);
    assert_eq!(refused((&[], &[]), a), Some(Error::Length { field: Field::RowPointers, need: 1, got: 0 }));
    assert_eq!(refused(p, (&[], &[])), Some(Error::Length { field: Field::ConstraintRows, need: 1, got: 0 }));
    assert_eq!(refused((&[0, 1, 3], &[0, 1]), a), Some(Error::Length { field: Field::Columns, need: 3, got: 2 }));
    assert_eq!(
        refused(p, (&[0, 1], &[0, 1])),
        Some(Error::Length { field: Field::ConstraintColumns, need: 1, got: 2 })
    );
    assert_eq!(refused((&[0, 1, 2], &[1, 1]), a), Some(Error::OutOfRange { field: Field::Columns, index: 0 }));
    assert_eq!(refused(p, (&[0, 2], &[0, 2])), Some(Error::OutOfRange { field: Field::ConstraintColumns, index: 1 }));
    assert_eq!(refused(p, (&[0, 2], &[1, 0])), Some(Error::Unordered { field: Field::ConstraintColumns, index: 1 }));
    assert_eq!(refused(p, (&[0, 2], &[1, 1])), Some(Error::Unordered { field: Field::ConstraintColumns, index: 1 }));
    assert_eq!(refused(p, (&[0, 3, 2], &[0, 1])), Some(Error::Unordered { field: Field::ConstraintRows, index: 1 }));
    assert_eq!(refused((&[1, 1, 2], &[0, 1]), a), Some(Error::Unordered { field: Field::RowPointers, index: 0 }));
    // 65,535 numbers in all are one too many for 16-bit indices.
    let starts: Vec<u16> = vec![0; 65_536];
    assert_eq!(refused((&starts, &[]), (&[0], &[])), Some(Error::TooLarge { field: Field::Matrix }));
    assert_eq!(refused((&starts[..65_535], &[]), (&[0], &[])), None);
}
