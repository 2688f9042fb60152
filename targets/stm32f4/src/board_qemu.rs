//! Stands in for `board.rs` under QEMU, whose STM32F405 has no clock tree: a simulated world, and text by semihosting.
//!
//! Ends with exit code 0 if the thermostat did its work, else 1, also after a panic or a fault.

use cortex_m_rt::{ExceptionFrame, exception};
use cortex_m_semihosting::debug::{self, EXIT_FAILURE, EXIT_SUCCESS};
use cortex_m_semihosting::hprintln;
use tinysolve_stm32f4::app::{App, Line};
use tinysolve_stm32f4::simulated::{self, World};

pub(crate) fn start() -> ! {
    let world = World::new();
    crate::control(simulated::parts(&world))
}

pub(crate) fn watch(app: &App, line: &Line) -> bool {
    simulated::watch(app, line, |text| hprintln!("{}", text))
}

pub(crate) fn finish(app: &App) -> ! {
    exit(simulated::passed(app))
}

fn exit(passed: bool) -> ! {
    debug::exit(if passed { EXIT_SUCCESS } else { EXIT_FAILURE });
    // Reached only where no debugger listens.
    loop {
        cortex_m::asm::wfi();
    }
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo) -> ! {
    hprintln!("{}", info);
    exit(false)
}

// SAFETY: reads the stacked registers it is handed, prints, and does not return.
#[allow(unsafe_code, reason = "the run-time crate asks for an unsafe fn")]
#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    hprintln!("{:?}", frame);
    exit(false)
}
