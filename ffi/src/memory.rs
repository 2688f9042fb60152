//! Copies and fills for chips, in a few bytes each.
//!
//! The compiler asks for these functions by name. Those of its own runtime are made for speed and take a kilobyte of
//! flash together; what is copied here is a configuration or a view, and the kernels move vectors in loops of their own.
//! In an archive the names stay local, so no C program sees them. All of them count down: no register but the arguments
//! and r3 is used, and every core can do it.

#![cfg(all(target_arch = "arm", target_os = "none"))]

use core::arch::naked_asm;

/// Defines functions with one body: (r0: to, r1: from, r2: bytes), answering r0.
macro_rules! routine {
    ($($name:ident)+: $code:literal) => {$(
        // SAFETY: touches the bytes the ABI names and registers the caller gives up.
        #[unsafe(no_mangle)]
        #[unsafe(naked)]
        unsafe extern "C" fn $name() {
            naked_asm!($code)
        }
    )+};
}

routine! { memcpy __aeabi_memcpy: "
    2: subs r2, #1
    bcc 3f
    ldrb r3, [r1, r2]
    strb r3, [r0, r2]
    b 2b
    3: bx lr
" }

routine! { __aeabi_memcpy4 __aeabi_memcpy8: "
    2: lsls r3, r2, #30
    beq 3f
    subs r2, #1
    ldrb r3, [r1, r2]
    strb r3, [r0, r2]
    b 2b
    3: subs r2, #4
    bcc 4f
    ldr r3, [r1, r2]
    str r3, [r0, r2]
    b 3b
    4: bx lr
" }

routine! { memmove __aeabi_memmove __aeabi_memmove4 __aeabi_memmove8: "
    cmp r0, r1
    bhi 2f
    push {{r4, lr}}
    movs r4, #0
    5: cmp r4, r2
    beq 6f
    ldrb r3, [r1, r4]
    strb r3, [r0, r4]
    adds r4, #1
    b 5b
    6: pop {{r4, pc}}
    2: subs r2, #1
    bcc 3f
    ldrb r3, [r1, r2]
    strb r3, [r0, r2]
    b 2b
    3: bx lr
" }

// (r0: to, r1: byte, r2: bytes).
routine! { memset: "
    2: subs r2, #1
    bcc 3f
    strb r1, [r0, r2]
    b 2b
    3: bx lr
" }

// (r0: to, r1: bytes, r2: byte).
routine! { __aeabi_memset __aeabi_memset4 __aeabi_memset8: "
    2: subs r1, #1
    bcc 3f
    strb r2, [r0, r1]
    b 2b
    3: bx lr
" }

// (r0: to, r1: bytes).
routine! { __aeabi_memclr: "
    movs r2, #0
    2: subs r1, #1
    bcc 3f
    strb r2, [r0, r1]
    b 2b
    3: bx lr
" }

routine! { __aeabi_memclr4 __aeabi_memclr8: "
    movs r2, #0
    2: lsls r3, r1, #30
    beq 3f
    subs r1, #1
    strb r2, [r0, r1]
    b 2b
    3: subs r1, #4
    bcc 4f
    str r2, [r0, r1]
    b 3b
    4: bx lr
" }
