//! The chip: every clock, pin and peripheral that is set up. Feature `qemu` leaves this file out.
//!
//! | pin | to | Feather STM32F405 | Nucleo-F446RE |
//! |---|---|---|---|
//! | PB13 | MAX31855 SCK (SPI2) | SCK | PB13 (morpho) |
//! | PB14 | MAX31855 SO (SPI2 MISO) | MI | PB14 (morpho) |
//! | PB9 | MAX31855 CS | D10 | D14 |
//! | PB8 | heater driver, high = on | D9 | D15 |
//! | PC7 | scope: high during each solver step | D5 | D9 |

use defmt_rtt as _;
use embedded_hal_bus::spi::ExclusiveDevice;
use panic_probe as _;
use stm32f4xx_hal::dwt::DwtExt;
use stm32f4xx_hal::gpio::{PinState, Speed};
use stm32f4xx_hal::pac;
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::rcc::Config;
use stm32f4xx_hal::spi::Spi;
use stm32f4xx_hal::watchdog::IndependentWatchdog;
use tinysolve_stm32f4::app::{App, Line, Parts, TICK_US};
use tinysolve_stm32f4::pace::Pace;
use tinysolve_stm32f4::scope::Scope;
use tinysolve_stm32f4::sensor::{MAX_CLOCK_HZ, MODE, Max31855};

/// Full speed of the chip.
const CORE_MHZ: u32 = if cfg!(feature = "stm32f446") { 180 } else { 168 };
/// A tick that takes longer than this is not late but lost: the watchdog resets the chip and with it the heater pin.
const WATCHDOG_MS: u32 = 2_000;
/// One line of log a second.
const TICKS_PER_LINE: u32 = 4;

pub(crate) fn start() -> ! {
    let (Some(chip), Some(core)) = (pac::Peripherals::take(), cortex_m::Peripherals::take()) else {
        unreachable!("nothing ran before this");
    };

    // The internal oscillator drives the PLL: no board's crystal has to be known, and a thermostat needs no better.
    let mut rcc = chip.RCC.freeze(Config::hsi().sysclk(CORE_MHZ.MHz()));
    let port_b = chip.GPIOB.split(&mut rcc);
    let port_c = chip.GPIOC.split(&mut rcc);
    let heater = port_b.pb8.into_push_pull_output_in_state(PinState::Low);
    let mut scope = port_c.pc7.into_push_pull_output_in_state(PinState::Low);
    scope.set_speed(Speed::High);

    let delay = core.DWT.constrain(core.DCB, &rcc.clocks).delay();
    let select = port_b.pb9.into_push_pull_output_in_state(PinState::High);
    // Pulled up, so that a missing converter reads as ones, which no converter sends.
    let data = port_b.pb14.internal_pull_up(true);
    let bus = Spi::new(
        chip.SPI2,
        (Some(port_b.pb13), Some(data), pac::SPI2::NoMosi),
        MODE,
        (MAX_CLOCK_HZ / 2).Hz(),
        &mut rcc,
    );
    let Ok(device) = ExclusiveDevice::new(bus, select, delay);

    let mut clock = chip.TIM2.counter_us(&mut rcc);
    // Wraps after 2^32 - 1 counts, one short of what `Pace` takes it for: one tick an hour is a microsecond long.
    if clock.start(u32::MAX.micros()).is_err() {
        unreachable!("TIM2 has 32 bits");
    }

    let mut watchdog = IndependentWatchdog::new(chip.IWDG);
    watchdog.stop_on_debug(&chip.DBGMCU, true);
    watchdog.start(WATCHDOG_MS.millis());

    defmt::info!("STM32F4 at {=u32} MHz, a tick every {=u32} us", CORE_MHZ, TICK_US);
    crate::control(Parts {
        sensor: Max31855::new(device),
        heater,
        scope: Scope::new(scope),
        pace: Pace::new(core.SYST.delay(&rcc.clocks), move || clock.now().ticks(), TICK_US),
        alive: move || watchdog.feed(),
    })
}

pub(crate) fn watch(_: &App, line: &Line) -> bool {
    if line.reading.is_err() || line.late_us > 0 {
        defmt::warn!("{}", line);
    } else if line.tick.is_multiple_of(TICKS_PER_LINE) {
        defmt::info!("{}", line);
    }
    true
}

pub(crate) fn finish(_: &App) -> ! {
    unreachable!("watch never ends the loop")
}
