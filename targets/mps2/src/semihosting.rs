//! Lines to the host, the command line from it, and the exit code.

#![allow(unsafe_code, reason = "semihosting calls pass addresses to the host")]

use core::fmt::{self, Write};
use cortex_m_semihosting::{debug, hio, syscall};

/// One line, sent with one call however many pieces it is formatted from.
struct Line {
    bytes: [u8; 512],
    used: usize,
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.used + text.len();
        self.bytes.get_mut(self.used..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.used = end;
        Ok(())
    }
}

/// Prints a line; what is longer than 512 bytes ends with a mark that no golden file contains.
pub fn line(text: fmt::Arguments) {
    let mut line = Line { bytes: [0; 512], used: 0 };
    let whole = line.write_fmt(text).and_then(|()| line.write_str("\n")).is_ok();
    if let Ok(mut out) = hio::hstdout() {
        let bytes = line.bytes.get(..line.used).unwrap_or_default();
        let _ = out.write_all(bytes);
        if !whole {
            let _ = out.write_all(b" [line too long]\n");
        }
    }
}

/// Prints a line to the host.
#[macro_export]
macro_rules! println {
    ($($piece:tt)*) => { $crate::semihosting::line(format_args!($($piece)*)) };
}

/// What stands after the firmware's name on QEMU's semihosting command line, at most `buffer.len() - 1` bytes.
pub fn arguments(buffer: &mut [u8]) -> &str {
    // SAFETY: SYS_GET_CMDLINE reads an address and a length and writes at most that many bytes there.
    let status = unsafe { syscall!(GET_CMDLINE, buffer.as_mut_ptr(), buffer.len()) };
    if status != 0 {
        return "";
    }
    let end = buffer.iter().position(|&byte| byte == 0).unwrap_or(0);
    let text = buffer.get(..end).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default();
    text.split_once(' ').map_or("", |(_, rest)| rest.trim())
}

/// Ends the run: exit code 0 or 1 of QEMU itself.
pub fn exit(passed: bool) -> ! {
    debug::exit(if passed { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}
