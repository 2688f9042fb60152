//! Counts instructions with SysTick under `qemu-system-arm -icount shift=N`.
//!
//! Under icount every instruction takes 2^N ns of virtual time and SysTick counts that time in core clocks, so a
//! difference of two readings is a number of instructions, exactly, as long as an instruction lasts two ticks or more
//! (shift=7 at 25 MHz: 3.2 ticks; shift=6: 1.6, one instruction of doubt). The 24 bits are extended by the SysTick
//! exception, whose own instructions are measured once and taken off again.

#![allow(unsafe_code, reason = "a count kept by an exception handler, and a loop of known length in assembly")]

use core::arch::asm;
use core::hint::black_box;
use core::sync::atomic::{AtomicU32, Ordering};
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;

const WRAP: u32 = 1 << 24;

/// Exceptions taken, that is wraps of the 24 bits. Load and store suffice: only the handler writes.
static WRAPS: AtomicU32 = AtomicU32::new(0);

#[exception]
fn SysTick() {
    WRAPS.store(WRAPS.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
}

/// Core clock in kHz, from the board.
fn clock_khz() -> u64 {
    env!("MPS2_CLOCK_KHZ").bytes().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
}

/// A running, calibrated clock.
pub struct Clock {
    shift: u32,
    /// Instructions of one wrap's exception.
    handler: u64,
    /// Instructions of measuring nothing.
    empty: u64,
}

/// Exactly `2 * turns` instructions in the loop.
#[inline(never)]
fn known_loop(turns: u32) {
    // SAFETY: one scratch register and the flags, both declared.
    unsafe { asm!("2: subs {0}, {0}, #1", "bne 2b", inout(reg) turns => _, options(nomem, nostack)) }
}

/// Ticks since the start, and wraps so far. Read again when a wrap came between.
fn now() -> (u32, u32) {
    loop {
        let before = WRAPS.load(Ordering::Relaxed);
        let value = SYST::get_current();
        if before == WRAPS.load(Ordering::Relaxed) {
            return (before, WRAP - 1 - value);
        }
    }
}

/// Ticks and wraps while `work` runs, measuring included. Kept out of line so that every measurement costs the same. The two
/// hints do nothing; they tell the plugin that estimates cycles (targets/cycles) where the work starts and ends.
#[inline(never)]
fn ticks(work: &mut dyn FnMut()) -> (u64, u32) {
    let start = now();
    cortex_m::asm::sev();
    black_box(work)();
    core::hint::spin_loop();
    let end = now();
    let wraps = end.0.wrapping_sub(start.0);
    (u64::from(wraps) * u64::from(WRAP) + u64::from(end.1) - u64::from(start.1), wraps)
}

impl Clock {
    /// Starts SysTick and finds out how long an instruction lasts; `None` without `-icount`, or with one too fine to
    /// tell single instructions apart.
    #[must_use]
    pub fn start(mut systick: SYST) -> Option<Self> {
        systick.set_clock_source(SystClkSource::Core);
        systick.set_reload(WRAP - 1);
        systick.clear_current();
        systick.enable_counter();
        systick.enable_interrupt();
        let mut clock = Self { shift: 0, handler: 0, empty: 0 };
        // 2^16 instructions, far more than the call around them.
        let (calibration, _) = ticks(&mut || known_loop(1 << 15));
        clock.shift = (0..=10).find(|&shift| {
            let expected = clock_khz() << (16 + shift);
            let got = calibration * 1_000_000;
            got > expected - expected / 16 && got < expected + expected / 16
        })?;
        // An instruction must last longer than a tick, or two counts fall on the same reading.
        if (clock_khz() << clock.shift) <= 1_000_000 {
            return None;
        }
        clock.empty = clock.instructions(&mut || {});
        // A loop of many wraps shows what a wrap costs.
        let loop_of = |turns: u32| ticks(&mut || known_loop(black_box(turns)));
        let turns = 1 << 24;
        let (long, wraps) = loop_of(turns);
        let around = clock.convert(loop_of(1).0) - 2;
        let extra = clock.convert(long).checked_sub(2 * u64::from(turns) + around)?;
        clock.handler = extra / u64::from(wraps.max(1));
        Some(clock)
    }

    /// QEMU's `-icount shift`, as found.
    #[must_use]
    pub fn shift(&self) -> u32 {
        self.shift
    }

    fn convert(&self, ticks: u64) -> u64 {
        let per_instruction = clock_khz() << self.shift;
        (ticks * 1_000_000 + per_instruction / 2) / per_instruction
    }

    /// Instructions that `work` takes, the call of an empty closure taken off.
    pub fn instructions(&self, work: &mut dyn FnMut()) -> u64 {
        let (ticks, wraps) = ticks(work);
        self.convert(ticks).saturating_sub(u64::from(wraps) * self.handler).saturating_sub(self.empty)
    }
}

/// Holds the clock to loops of known length, a short one and one of 30 million instructions that wraps several times.
#[must_use]
pub fn self_test(clock: &Clock) -> [(u64, u64); 3] {
    // One closure for all, its number read at run time: a constant might take an instruction more or less to load.
    let count = |turns: u32| clock.instructions(&mut || known_loop(black_box(turns)));
    let around = count(1) - 2;
    [10, 1000, 15_000_000].map(|turns| (2 * u64::from(turns), count(turns) - around))
}
