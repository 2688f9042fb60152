//! What every firmware does first and last.

#![allow(unsafe_code, reason = "the FPU of a soft-calling build is switched on before main")]

use crate::clock::Clock;
use crate::{println, semihosting};
use core::panic::PanicInfo;

/// Full access to CP10 and CP11. `cortex-m-rt` does this for hard-float targets; a soft calling convention with FPU
/// code inside has nobody else to do it, and `main` itself may begin by saving FPU registers.
#[cfg(softfp)]
#[cortex_m_rt::pre_init]
unsafe fn fpu_on() {
    const CPACR: *mut u32 = 0xE000_ED88 as *mut u32;
    // SAFETY: the coprocessor access register of an Armv7E-M core; memory has not been set up, none is used.
    unsafe { CPACR.write_volatile(CPACR.read_volatile() | 0xF << 20) };
    cortex_m::asm::dsb();
    cortex_m::asm::isb();
}

/// Starts the clock.
#[must_use]
pub fn start() -> Option<Clock> {
    let peripherals = cortex_m::Peripherals::take()?;
    Clock::start(peripherals.SYST)
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    println!("panic {info}");
    semihosting::exit(false)
}
