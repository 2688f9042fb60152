//! The firmware: a board, and the control loop of the library on it.
//!
//! What differs from board to board stands in the `board` module alone: `start` sets up clocks and pins and calls
//! [`control`], `watch` hears of every tick, `finish` is reached only where time ends.

#![cfg_attr(target_arch = "arm", no_std, no_main)]

#[cfg_attr(not(target_arch = "arm"), path = "board_host.rs")]
#[cfg_attr(all(target_arch = "arm", feature = "qemu"), path = "board_qemu.rs")]
mod board;

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::OutputPin;
use embedded_hal::spi::SpiDevice;
// Brings the interrupt vectors of the chip in, also where nothing else of the HAL is used.
#[cfg(target_arch = "arm")]
use stm32f4xx_hal as _;
use tinysolve_stm32f4::app::{self, App, Config, Parts};

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
fn main() -> ! {
    board::start()
}

/// Runs the thermostat on the parts of a board.
fn control<S, H, P, D, C, W>(parts: Parts<S, H, P, D, C, W>) -> !
where
    S: SpiDevice,
    H: OutputPin,
    P: OutputPin,
    D: DelayNs,
    C: FnMut() -> u32,
    W: FnMut(),
{
    let mut app = match App::new(Config::default()) {
        Ok(app) => app,
        Err(error) => panic!("configuration refused: {}", error.code()),
    };
    app::run(&mut app, parts, board::watch);
    board::finish(&app)
}
