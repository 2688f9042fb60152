//! Control ticks at an even pace, from any delay and any microsecond clock.

use embedded_hal::delay::DelayNs;

/// Sleeps out the rest of each period, so that the work within it costs no drift.
///
/// `C` answers microseconds on a counter that wraps at 2^32.
pub struct Pace<D, C> {
    delay: D,
    clock: C,
    period_us: u32,
    next_us: u32,
}

impl<D: DelayNs, C: FnMut() -> u32> Pace<D, C> {
    /// The first period begins now. Periods up to 2^31 microseconds (35 minutes); longer ones are cut to that, so that
    /// early and late can be told apart on a counter that wraps.
    pub fn new(delay: D, mut clock: C, period_us: u32) -> Self {
        let period_us = period_us.min(1 << 31);
        let next_us = clock().wrapping_add(period_us);
        Self { delay, clock, period_us, next_us }
    }

    /// Sleeps until the period is over; 0, or by how many microseconds it already was.
    ///
    /// After a late tick the next period begins at once and in full: a loop that fell behind does not hurry to catch
    /// up, which would hand its plant several steps in one.
    pub fn wait(&mut self) -> u32 {
        let now = (self.clock)();
        let left = self.next_us.wrapping_sub(now);
        if left <= self.period_us {
            self.delay.delay_us(left);
            self.next_us = self.next_us.wrapping_add(self.period_us);
            return 0;
        }
        let late = now.wrapping_sub(self.next_us);
        self.next_us = now.wrapping_add(self.period_us);
        late
    }

    /// Microseconds between ticks.
    #[must_use]
    pub const fn period_us(&self) -> u32 {
        self.period_us
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use embedded_hal_mock::eh1::delay::{CheckedDelay, Transaction};

    use super::*;

    /// A delay that moves the clock it stands beside.
    struct Sleep<'c>(&'c Cell<u32>);
    impl DelayNs for Sleep<'_> {
        fn delay_ns(&mut self, ns: u32) {
            self.0.set(self.0.get().wrapping_add(ns / 1000));
        }
    }

    #[test]
    fn sleeps_what_the_work_left_over() {
        let now = Cell::new(0);
        let delay = CheckedDelay::new(&[Transaction::delay_us(700), Transaction::delay_us(1000)]);
        let mut seen = delay.clone();
        let mut pace = Pace::new(delay, || now.get(), 1000);
        now.set(300);
        assert_eq!(pace.wait(), 0);
        now.set(1000);
        assert_eq!(pace.wait(), 0);
        seen.done();
    }

    #[test]
    fn no_drift_over_the_wrap_of_the_counter() {
        let start = u32::MAX - 2500;
        let now = Cell::new(start);
        let mut pace = Pace::new(Sleep(&now), || now.get(), 1000);
        for tick in 1..=10 {
            now.set(now.get().wrapping_add(37 * tick));
            assert_eq!(pace.wait(), 0);
            assert_eq!(now.get().wrapping_sub(start), 1000 * tick);
        }
    }

    #[test]
    fn a_late_tick_says_so_and_starts_a_full_period() {
        let now = Cell::new(50);
        let mut pace = Pace::new(Sleep(&now), || now.get(), 1000);
        now.set(1050);
        assert_eq!(pace.wait(), 0, "exactly on time");
        now.set(2050 + 12);
        assert_eq!(pace.wait(), 12);
        assert_eq!(now.get(), 2062, "late: no sleep");
        assert_eq!(pace.wait(), 0);
        assert_eq!(now.get(), 3062);
    }

    #[test]
    fn the_longest_period_still_tells_early_from_late() {
        let now = Cell::new(7);
        let mut pace = Pace::new(Sleep(&now), || now.get(), u32::MAX);
        assert_eq!(pace.period_us(), 1 << 31);
        now.set(7_u32.wrapping_add(1 << 31).wrapping_add(5));
        assert_eq!(pace.wait(), 5);
    }
}
