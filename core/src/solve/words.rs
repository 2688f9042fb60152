//! Plain data in 32-bit words: what is put away between two steps, between two calls from C, or in flash.
//!
//! The words mean the same on every target. Whoever takes data back checks every enumeration and every flag, so that
//! scrambled words are an error or wrong numbers, never undefined behaviour.

use crate::error::{self, Error, Field};
use crate::real::Real;

/// Visits the fields of a value in their order: one list serves writing and reading.
///
/// Every method is one of the two directions: a writer leaves the value alone, a reader replaces it or refuses.
pub(crate) trait Codec {
    /// A number that may have any value.
    fn number(&mut self, value: &mut u32) -> Result<(), Error>;

    /// A size or position; the same two words on every target.
    #[inline]
    fn size(&mut self, value: &mut usize) -> Result<(), Error> {
        let bits = *value as u64;
        let mut low = u32::try_from(bits & 0xffff_ffff).unwrap_or(0);
        let mut high = u32::try_from(bits >> 32).unwrap_or(0);
        self.number(&mut low)?;
        self.number(&mut high)?;
        let wide = u64::from(high) << 32 | u64::from(low);
        *value = usize::try_from(wide).map_err(|_| self.refusal())?;
        Ok(())
    }

    /// A scalar: one word or two.
    #[inline]
    fn real<T: Real>(&mut self, value: &mut T) -> Result<(), Error> {
        let bits = value.to_bits_u64();
        let mut low = u32::try_from(bits & 0xffff_ffff).unwrap_or(0);
        let mut high = u32::try_from(bits >> 32).unwrap_or(0);
        self.number(&mut low)?;
        if words_of::<T>() > 1 {
            self.number(&mut high)?;
        }
        *value = T::from_bits_u64(u64::from(high) << 32 | u64::from(low));
        Ok(())
    }

    /// A flag: 0 or 1.
    #[inline]
    fn flag(&mut self, value: &mut bool) -> Result<(), Error> {
        *value = self.choice(u32::from(*value), |number| match number {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        })?;
        Ok(())
    }

    /// The value, among those that `decode` knows, whose number is written or read.
    #[inline]
    fn choice<V>(&mut self, number: u32, decode: impl Fn(u32) -> Option<V>) -> Result<V, Error> {
        let mut number = number;
        self.number(&mut number)?;
        decode(number).ok_or(self.refusal())
    }

    /// Fails unless `holds`, which a writer's own data always does.
    #[inline]
    fn require(&mut self, holds: bool) -> Result<(), Error> {
        if holds { Ok(()) } else { Err(self.refusal()) }
    }

    /// What is answered where the data cannot be true.
    fn refusal(&self) -> Error {
        Error::Corrupt { field: Field::Bytes, index: 0 }
    }
}

/// Words a scalar takes.
pub(crate) const fn words_of<T>() -> usize {
    size_of::<T>() / size_of::<u32>()
}

/// A value whose fields a [`Codec`] can visit.
pub(crate) trait Plain: Sized {
    /// Words it takes.
    const WORDS: usize;

    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error>;

    /// Writes exactly [`WORDS`](Self::WORDS) words.
    #[inline]
    fn write(mut self, words: &mut [u32]) -> Result<(), Error> {
        error::exact(Field::Bytes, Self::WORDS, words.len())?;
        self.visit(&mut Writer(words.iter_mut()))
    }

    /// Reads exactly [`WORDS`](Self::WORDS) words over `self`.
    #[inline]
    fn read(mut self, words: &[u32]) -> Result<Self, Error> {
        error::exact(Field::Bytes, Self::WORDS, words.len())?;
        self.visit(&mut Reader(words.iter()))?;
        Ok(self)
    }
}

struct Writer<'a>(core::slice::IterMut<'a, u32>);

impl Codec for Writer<'_> {
    #[inline]
    fn number(&mut self, value: &mut u32) -> Result<(), Error> {
        match self.0.next() {
            Some(word) => *word = *value,
            None => return Err(self.refusal()),
        }
        Ok(())
    }
}

struct Reader<'a>(core::slice::Iter<'a, u32>);

impl Codec for Reader<'_> {
    #[inline]
    fn number(&mut self, value: &mut u32) -> Result<(), Error> {
        *value = *self.0.next().ok_or(self.refusal())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, PartialEq, Debug)]
    struct Sample {
        number: u32,
        size: usize,
        single: f32,
        double: f64,
        flag: bool,
    }

    impl Plain for Sample {
        const WORDS: usize = 7;
        fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
            codec.number(&mut self.number)?;
            codec.size(&mut self.size)?;
            codec.real(&mut self.single)?;
            codec.real(&mut self.double)?;
            codec.flag(&mut self.flag)
        }
    }

    const SAMPLE: Sample = Sample { number: 7, size: 0x1_0000_0002, single: -1.5, double: 1e300, flag: true };
    const BLANK: Sample = Sample { number: 0, size: 0, single: 0.0, double: 0.0, flag: false };

    #[test]
    fn what_is_written_is_read() {
        let mut words = [0; 7];
        SAMPLE.write(&mut words).unwrap();
        assert_eq!(words[..3], [7, 2, 1]);
        assert_eq!(BLANK.read(&words), Ok(SAMPLE));
        assert!(SAMPLE.write(&mut [0; 8]).is_err());
        assert!(BLANK.read(&[0; 6]).is_err());
    }

    #[test]
    fn a_flag_that_is_neither_is_refused() {
        let mut words = [0; 7];
        SAMPLE.write(&mut words).unwrap();
        words[6] = 2;
        assert!(BLANK.read(&words).is_err());
    }
}
