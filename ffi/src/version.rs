//! Which library this is, and whether the processor computes as it assumes.

use core::hint::black_box;

/// First number of the version.
pub const TS_VERSION_MAJOR: u32 = 0;
/// Second number of the version.
pub const TS_VERSION_MINOR: u32 = 1;
/// Third number of the version.
pub const TS_VERSION_PATCH: u32 = 0;
/// Changes whenever an object, a structure or a function of this header does: header and library must agree.
pub const TS_ABI_VERSION: u32 = 1;

const fn number(digits: &str) -> u32 {
    let (mut value, mut rest) = (0, digits.as_bytes());
    while let [digit, others @ ..] = rest {
        value = 10 * value + (*digit - b'0') as u32;
        rest = others;
    }
    value
}

const _: () = assert!(TS_VERSION_MAJOR == number(env!("CARGO_PKG_VERSION_MAJOR")));
const _: () = assert!(TS_VERSION_MINOR == number(env!("CARGO_PKG_VERSION_MINOR")));
const _: () = assert!(TS_VERSION_PATCH == number(env!("CARGO_PKG_VERSION_PATCH")));

/// The version of the library: equals `TS_VERSION` if the header belongs to it.
#[unsafe(no_mangle)]
pub extern "C" fn ts_version() -> u32 {
    TS_VERSION_MAJOR << 16 | TS_VERSION_MINOR << 8 | TS_VERSION_PATCH
}

/// The version of the binary interface: equals `TS_ABI_VERSION` if the header belongs to the library.
#[unsafe(no_mangle)]
pub extern "C" fn ts_abi_version() -> u32 {
    TS_ABI_VERSION
}

/// 1 if the processor rounds to nearest and keeps subnormal numbers, as the same bits everywhere need; else 0. Call it
/// once at start, and again where other code may have changed the floating-point settings (on Cortex-M: FPSCR with FZ =
/// 0 and RMode = 0).
#[unsafe(no_mangle)]
pub extern "C" fn ts_fpenv_ok() -> u32 {
    // The compiler must not compute these: it always rounds to nearest.
    let one = black_box(1.0_f32);
    let quarter = black_box(f32::EPSILON / 4.0);
    let smallest = black_box(f32::MIN_POSITIVE);
    let half = black_box(0.5_f32);
    // Up would give the next number in the first, down and towards zero in the second.
    let nearest = one + quarter == one && one - quarter / 2.0 == one;
    let halved = black_box(smallest * half);
    let gradual = halved.to_bits() != 0 && halved / half == smallest;
    u32::from(nearest && gradual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compose() {
        assert_eq!(ts_version(), 0x100);
        assert_eq!(number("120"), 120);
    }

    #[test]
    fn the_host_computes_as_assumed() {
        assert_eq!(ts_fpenv_ok(), 1);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn other_settings_are_noticed() {
        use core::arch::asm;
        let load = |mxcsr: u32| {
            // SAFETY: sets the control register, of which every bit given is defined.
            unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const mxcsr, options(nostack, readonly)) };
        };
        let usual = 0x1f80;
        // Round down, up, towards zero; flush to zero; subnormal numbers are zero.
        for setting in [0x2000, 0x4000, 0x6000, 0x8000, 0x0040] {
            load(usual | setting);
            let ok = ts_fpenv_ok();
            load(usual);
            assert_eq!(ok, 0, "{setting:#x}");
        }
        assert_eq!(ts_fpenv_ok(), 1);
    }
}
