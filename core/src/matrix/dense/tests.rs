use super::*;
use std::vec::Vec;

#[test]
fn rows_columns_and_strides() {
    let data = [1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0];
    let a = MatRef::row_major(&data, 2, 3).unwrap();
    assert_eq!(a.row(1).collect::<Vec<_>>(), [4.0, 5.0, 6.0]);
    assert_eq!(a.transposed().row(1).collect::<Vec<_>>(), [2.0, 5.0]);
    let c = MatRef::column_major(&data, 2, 3).unwrap();
    assert_eq!(c.row(1).collect::<Vec<_>>(), [2.0, 4.0, 6.0]);
    let every_other = MatRef::strided(&data, 2, 2, 1, 3).unwrap();
    assert_eq!(every_other.row(1).collect::<Vec<_>>(), [2.0, 5.0]);
    assert!(MatRef::strided(&data, 2, 3, 1, 0).is_err());
    assert_eq!((a.get(1, 2), a.get(2, 0), a.get(0, 3)), (Some(6.0), None, None));
    assert_eq!(a.row(2).count(), 0);
}

#[test]
fn sizes_that_wrap_are_refused() {
    let data = [0.0_f32; 4];
    let huge = usize::MAX / 2 + 1;
    assert_eq!(MatRef::row_major(&data, huge, 4).err(), Some(Error::TooLarge { field: Field::Size }));
    let short = Error::Length { field: Field::Values, need: 6, got: 4 };
    assert_eq!(MatRef::row_major(&data, 2, 3).err(), Some(short));
    assert_eq!(MatMut::row_major(&mut [0.0_f32; 4], 2, 3).err(), Some(short));
    assert!(MatRef::row_major(&data, 0, huge).is_ok());
}

#[cfg(feature = "nalgebra")]
#[test]
fn nalgebra_is_viewed_in_place() {
    let matrix = nalgebra::Matrix2x3::new(1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0);
    assert_eq!(MatRef::from(&matrix).row(1).collect::<Vec<_>>(), [4.0, 5.0, 6.0]);
}

#[test]
fn writing_a_row() {
    let mut data = [0.0_f32; 4];
    let mut a = MatMut::row_major(&mut data, 2, 2).unwrap();
    a.row_mut(1).copy_from_slice(&[1.0, 2.0]);
    assert!(a.row_mut(2).is_empty());
    assert_eq!(a.as_ref().get(1, 1), Some(2.0));
}
