//! The C ABI of tinysolve.
#![no_std]
#![allow(unsafe_code, reason = "exported names and raw pointers are what a C ABI consists of")]

/// Major version of the library.
pub const TS_VERSION_MAJOR: u32 = 0;
/// Minor version of the library.
pub const TS_VERSION_MINOR: u32 = 1;
/// Patch version of the library.
pub const TS_VERSION_PATCH: u32 = 0;

/// The library's version, as major * 65536 + minor * 256 + patch.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn ts_version() -> u32 {
    TS_VERSION_MAJOR << 16 | TS_VERSION_MINOR << 8 | TS_VERSION_PATCH
}

#[cfg(all(feature = "panic-handler", not(test)))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
