//! The numbers a section may hold.

mod sealed {
    pub trait Sealed {}
}

/// The type of the elements of a section, as stored in its table record. Numbers are never reused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
#[repr(u16)]
pub enum ElementType {
    /// Bytes.
    U8 = 1,
    /// Signed bytes: quantised weights.
    I8 = 2,
    /// Unsigned 16-bit: indices, counts.
    U16 = 3,
    /// Signed 16-bit.
    I16 = 4,
    /// Unsigned 32-bit: indices, counters, generator words.
    U32 = 5,
    /// Signed 32-bit: biases.
    I32 = 6,
    /// Unsigned 64-bit: generator state.
    U64 = 7,
    /// Single precision.
    F32 = 8,
    /// Double precision.
    F64 = 9,
}

impl ElementType {
    /// The type with this number, if there is one.
    #[must_use]
    pub const fn from_number(number: u16) -> Option<Self> {
        Some(match number {
            1 => Self::U8,
            2 => Self::I8,
            3 => Self::U16,
            4 => Self::I16,
            5 => Self::U32,
            6 => Self::I32,
            7 => Self::U64,
            8 => Self::F32,
            9 => Self::F64,
            _ => return None,
        })
    }

    /// Bytes of one element, which is also the alignment it needs.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::F64 => 8,
        }
    }
}

/// A number that a section may hold. Sealed: the zero-copy view relies on every bit pattern being a value.
pub trait Element: sealed::Sealed + Copy + 'static {
    /// Its type in the table.
    const TYPE: ElementType;

    /// The elements of little-endian bytes, whatever their alignment; a remainder is left out.
    fn decode(bytes: &[u8]) -> impl ExactSizeIterator<Item = Self>;

    /// Writes the elements into `bytes`, as many as both have; answers whether both ended together.
    fn encode(values: impl Iterator<Item = Self>, bytes: &mut [u8]) -> bool;
}

macro_rules! element {
    ($($number:ident $kind:ident),*) => {$(
        impl sealed::Sealed for $number {}
        impl Element for $number {
            const TYPE: ElementType = ElementType::$kind;

            #[inline]
            fn decode(bytes: &[u8]) -> impl ExactSizeIterator<Item = Self> {
                bytes.as_chunks::<{ size_of::<$number>() }>().0.iter().map(|chunk| $number::from_le_bytes(*chunk))
            }

            #[inline]
            fn encode(mut values: impl Iterator<Item = Self>, bytes: &mut [u8]) -> bool {
                let (chunks, rest) = bytes.as_chunks_mut::<{ size_of::<$number>() }>();
                for chunk in chunks {
                    let Some(value) = values.next() else { return false };
                    *chunk = value.to_le_bytes();
                }
                rest.is_empty() && values.next().is_none()
            }
        }
    )*};
}

element!(u8 U8, i8 I8, u16 U16, i16 I16, u32 U32, i32 I32, u64 U64, f32 F32, f64 F64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip_and_sizes_are_the_types_own() {
        fn check<T: Element>() {
            assert_eq!(ElementType::from_number(T::TYPE as u16), Some(T::TYPE));
            assert_eq!(T::TYPE.size(), size_of::<T>());
            assert!(align_of::<T>() <= T::TYPE.size());
        }
        check::<u8>();
        check::<i8>();
        check::<u16>();
        check::<i16>();
        check::<u32>();
        check::<i32>();
        check::<u64>();
        check::<f32>();
        check::<f64>();
        assert_eq!(ElementType::from_number(0), None);
        assert_eq!(ElementType::from_number(10), None);
    }

    #[test]
    fn encoding_tells_a_wrong_count() {
        let mut bytes = [0_u8; 8];
        assert!(u32::encode([1, 2].into_iter(), &mut bytes));
        assert_eq!(bytes, [1, 0, 0, 0, 2, 0, 0, 0]);
        assert!(!u32::encode([1].into_iter(), &mut bytes));
        assert!(!u32::encode([1, 2, 3].into_iter(), &mut bytes));
        assert!(!u32::encode([1].into_iter(), &mut [0; 5]));
    }
}
