//! A pin that is high while something runs, so that a scope or logic analyser shows how long it takes and how often.

use embedded_hal::digital::OutputPin;

/// Holds `P` high around closures.
///
/// The pin is an onlooker: whether it works never changes what runs. Failures are counted instead.
pub struct Scope<P> {
    pin: P,
    failures: u32,
}

impl<P: OutputPin> Scope<P> {
    /// Takes the pin over and leaves its level alone.
    pub const fn new(pin: P) -> Self {
        Self { pin, failures: 0 }
    }

    /// Runs `work` with the pin high and answers what it answers. On the chip the two writes of the pin are all it costs.
    pub fn around<R>(&mut self, work: impl FnOnce() -> R) -> R {
        let up = self.pin.set_high();
        let answer = work();
        let down = self.pin.set_low();
        let failed = u32::from(up.is_err()) + u32::from(down.is_err());
        self.failures = self.failures.saturating_add(failed);
        answer
    }

    /// Writes of the pin that failed so far.
    #[must_use]
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// Gives the pin back.
    pub fn release(self) -> P {
        self.pin
    }
}

#[cfg(test)]
mod tests {
    use embedded_hal_mock::eh1::MockError;
    use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};

    use super::*;

    #[test]
    fn high_then_work_then_low() {
        let pin = Mock::new(&[
            Transaction::set(State::High),
            Transaction::set(State::Low),
            Transaction::set(State::High),
            Transaction::set(State::Low),
        ]);
        let mut seen = pin.clone();
        let mut scope = Scope::new(pin);
        assert_eq!(scope.around(|| 7), 7);
        assert_eq!(scope.around(|| 8), 8);
        assert_eq!(scope.failures(), 0);
        seen.done();
    }

    #[test]
    fn pin_is_high_during_the_work() {
        use core::cell::Cell;
        struct Level<'c>(&'c Cell<bool>);
        impl embedded_hal::digital::ErrorType for Level<'_> {
            type Error = core::convert::Infallible;
        }
        impl OutputPin for Level<'_> {
            fn set_low(&mut self) -> Result<(), Self::Error> {
                self.0.set(false);
                Ok(())
            }
            fn set_high(&mut self) -> Result<(), Self::Error> {
                self.0.set(true);
                Ok(())
            }
        }
        let level = Cell::new(false);
        assert!(Scope::new(Level(&level)).around(|| level.get()));
        assert!(!level.get());
    }

    #[test]
    fn a_broken_pin_is_counted_and_the_work_still_done() {
        let error = MockError::Io(extern_std::io::ErrorKind::NotConnected);
        let pin = Mock::new(&[
            Transaction::set(State::High).with_error(error.clone()),
            Transaction::set(State::Low).with_error(error),
        ]);
        let mut scope = Scope::new(pin);
        assert_eq!(scope.around(|| "done"), "done");
        assert_eq!(scope.failures(), 2);
        scope.release().done();
    }

    extern crate std as extern_std;
}
