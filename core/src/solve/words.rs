//! Plain data in 32-bit words: what is put away between two steps, between two calls from C, or in flash.
//!
//! The words mean the same on every target. Whoever takes data back checks every enumeration and every flag, so that
//! scrambled words are an error or wrong numbers, never undefined behaviour.

use core::marker::PhantomData;

use crate::error::{self, Error, Field};
use crate::real::Real;

/// Visits the fields of a value in their order: one list serves writing and reading.
///
/// Every method is one of the two directions: a writer leaves the value alone, a reader replaces it or refuses.
pub(crate) trait Codec {
    /// A number that may have any value.
    fn number(&mut self, value: &mut u32) -> Result<(), Error>;

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

    /// A choice; a number that stands for none is refused.
    #[inline]
    fn code<C: Choice>(&mut self, value: &mut Code<C>) -> Result<(), Error> {
        self.number(&mut value.number)?;
        let known = C::from_number(value.number).is_some();
        self.require(known)
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

/// One of a few values, each with a number of its own.
pub(crate) trait Choice: Copy {
    /// What a number that stands for none is taken for.
    const OTHERWISE: Self;

    fn number(self) -> u32;
    fn from_number(number: u32) -> Option<Self>;
}

impl Choice for bool {
    const OTHERWISE: Self = true;

    #[inline]
    fn number(self) -> u32 {
        u32::from(self)
    }

    #[inline]
    fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

/// A choice kept as its number. So a state is made of numbers alone: any bits are one, and C may hold it.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct Code<C> {
    number: u32,
    choice: PhantomData<C>,
}

impl<C: Choice> Code<C> {
    #[inline]
    pub(crate) fn new(choice: C) -> Self {
        Self { number: choice.number(), choice: PhantomData }
    }

    #[inline]
    pub(crate) fn set(&mut self, choice: C) {
        self.number = choice.number();
    }

    #[inline]
    pub(crate) fn get(self) -> C {
        C::from_number(self.number).unwrap_or(C::OTHERWISE)
    }

    /// Whether it is this very choice.
    #[inline]
    pub(crate) fn is(self, choice: C) -> bool {
        self.number == choice.number()
    }
}

impl Code<bool> {
    /// Any number but 0 is yes: the same as `get`, in one comparison.
    #[inline]
    pub(crate) fn holds(self) -> bool {
        self.number != 0
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

    #[derive(Clone, Copy, Debug)]
    struct Sample {
        number: u32,
        single: f32,
        double: f64,
        flag: Code<bool>,
    }

    impl Plain for Sample {
        const WORDS: usize = 5;
        fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
            codec.number(&mut self.number)?;
            codec.real(&mut self.single)?;
            codec.real(&mut self.double)?;
            codec.code(&mut self.flag)
        }
    }

    fn sample() -> Sample {
        Sample { number: 7, single: -1.5, double: 1e300, flag: Code::new(true) }
    }

    fn blank() -> Sample {
        Sample { number: 0, single: 0.0, double: 0.0, flag: Code::new(false) }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut words = [0; 5];
        sample().write(&mut words).unwrap();
        assert_eq!([words[0], words[1], words[4]], [7, (-1.5_f32).to_bits(), 1]);
        let read = blank().read(&words).unwrap();
        assert_eq!((read.number, read.single, read.double, read.flag.get()), (7, -1.5, 1e300, true));
        assert!(sample().write(&mut [0; 6]).is_err());
        assert!(blank().read(&[0; 4]).is_err());
    }

    #[test]
    fn a_flag_that_is_neither_is_refused_from_words_and_true_where_it_lies() {
        let mut words = [0; 5];
        sample().write(&mut words).unwrap();
        words[4] = 2;
        assert!(blank().read(&words).is_err());
        assert!(Code::<bool> { number: 2, choice: PhantomData }.get());
    }
}
