//! How deep the stack went: paint what is below, run, look how much paint is left.

#![allow(unsafe_code, reason = "the paint goes below the stack pointer, where no variable lives")]

use core::arch::asm;
use core::ptr;

const PAINT: u32 = 0xACCE_551B;
/// Painted below the stack pointer at most.
const DEPTH: usize = 128 * 1024;

unsafe extern "C" {
    /// The end of the program's statics; below it the stack must not go.
    static mut __sheap: u32;
}

#[inline(always)]
fn stack_pointer() -> usize {
    let sp: usize;
    // SAFETY: reads one register.
    unsafe { asm!("mov {}, sp", out(reg) sp, options(nomem, nostack, preserves_flags)) }
    sp
}

/// Bytes of RAM between the statics and here: what a case may use.
#[must_use]
pub fn free() -> usize {
    stack_pointer().saturating_sub(&raw const __sheap as usize)
}

/// Bytes of stack `work` and everything below it used, to a word; from here on; at most 128 KiB are watched.
#[inline(never)]
pub fn used(work: &mut dyn FnMut()) -> usize {
    let top = stack_pointer() & !3;
    let bottom = (&raw const __sheap as usize).max(top.saturating_sub(DEPTH)).next_multiple_of(4);
    // An exception while painting would leave its frame in the paint.
    cortex_m::interrupt::free(|_| {
        for address in (bottom..top).step_by(4) {
            // SAFETY: between the statics and the stack pointer there is RAM that nothing owns, and the loop calls
            // nothing that would push there.
            unsafe { ptr::write_volatile(address as *mut u32, PAINT) };
        }
    });
    work();
    let deepest = (bottom..top)
        .step_by(4)
        // SAFETY: the same RAM as above, read back.
        .find(|&address| unsafe { ptr::read_volatile(address as *const u32) } != PAINT)
        .unwrap_or(top);
    top.saturating_sub(deepest)
}
