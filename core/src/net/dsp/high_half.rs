//! The high half of a product as the one instruction it is, whatever the compiler knows of signs.
#![allow(unsafe_code, reason = "one instruction on two registers")]

use core::arch::asm;

/// (a b + 2^31) >> 32.
#[inline]
pub(in crate::net) fn high_half(a: i32, b: i32) -> i32 {
    let high;
    // SAFETY: reads two registers and writes one, no flags.
    unsafe {
        asm!("smmulr {}, {}, {}", out(reg) high, in(reg) a, in(reg) b, options(pure, nomem, nostack, preserves_flags));
    }
    high
}

/// c + ((a b + 2^31) >> 32), wrapping.
#[inline]
pub(in crate::net) fn high_half_plus(a: i32, b: i32, c: i32) -> i32 {
    let high;
    // SAFETY: reads three registers and writes one, no flags.
    unsafe {
        asm!("smmlar {}, {}, {}, {}", out(reg) high, in(reg) a, in(reg) b, in(reg) c, options(pure, nomem, nostack, preserves_flags));
    }
    high
}
