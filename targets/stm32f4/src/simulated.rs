//! The world outside the chip, for the host and QEMU: a heated edge, a MAX31855 on it, and time.
//!
//! One [`World`] stands behind the sensor, the heater pin and the delay at once, so that the loop under test acts on
//! what it measures. Time moves only when someone waits: every run is the same, on every machine, to the bit.

use core::cell::Cell;
use core::convert::Infallible;
use core::fmt;

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{self, OutputPin};
use embedded_hal::spi::{self, Operation, SpiDevice};

use crate::app::{App, Config, Line, Parts, TICK_US};
use crate::pace::Pace;
use crate::scope::Scope;
use crate::sensor::{Max31855, Reading, encode};

/// The room, and with it the converter chip: 25 °C in sixteenths.
const ROOM_SIXTEENTHS: i16 = 400;
/// What the heater would bring the edge to above the room, were it never switched off.
const RISE: f32 = 160.0;
/// Time constant of the edge, in seconds.
const LAG: f32 = 20.0;
/// From when until when the thermocouple's plug is out, in microseconds.
const UNPLUGGED: core::ops::Range<u32> = 40_000_000..41_000_000;

/// Ticks a run takes: two minutes of simulated time.
const TICKS: u32 = 480;
const TICKS_PER_LINE: u32 = 16;

/// A hot edge that warms and cools with one time constant.
pub struct World {
    above_room: Cell<f32>,
    heating: Cell<bool>,
    now_us: Cell<u32>,
}

impl World {
    /// Everything at room temperature, heater off, time 0.
    #[must_use]
    pub const fn new() -> Self {
        Self { above_room: Cell::new(0.0), heating: Cell::new(false), now_us: Cell::new(0) }
    }

    /// Microseconds since the start.
    pub fn now_us(&self) -> u32 {
        self.now_us.get()
    }

    /// Whether the heater pin is high.
    pub fn heating(&self) -> bool {
        self.heating.get()
    }

    /// What the converter answers now.
    fn frame(&self) -> [u8; 4] {
        #[allow(clippy::cast_possible_truncation, reason = "at most RISE above the room: 740 quarters")]
        let above_quarters = (self.above_room.get() * 4.0) as i16;
        let mut frame = encode(Reading {
            thermocouple_quarters: ROOM_SIXTEENTHS / 4 + above_quarters,
            junction_sixteenths: ROOM_SIXTEENTHS,
        });
        if UNPLUGGED.contains(&self.now_us.get()) {
            frame[1] |= 1;
            frame[3] |= 1;
        }
        frame
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// The converter on its bus.
pub struct Converter<'w>(pub &'w World);

impl spi::ErrorType for Converter<'_> {
    type Error = Infallible;
}

impl SpiDevice for Converter<'_> {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Infallible> {
        // The part shifts out its frame from the start of each selection, and zeros after it.
        let mut out = self.0.frame().into_iter().chain(core::iter::repeat(0));
        let mut fill = |bytes: &mut [u8]| bytes.iter_mut().zip(&mut out).for_each(|(byte, bits)| *byte = bits);
        for operation in operations {
            match operation {
                Operation::Read(bytes) | Operation::Transfer(bytes, _) | Operation::TransferInPlace(bytes) => {
                    fill(bytes);
                }
                Operation::Write(_) | Operation::DelayNs(_) => {}
            }
        }
        Ok(())
    }
}

/// The pin that switches the heater.
pub struct Heater<'w>(pub &'w World);

impl digital::ErrorType for Heater<'_> {
    type Error = Infallible;
}

impl OutputPin for Heater<'_> {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.0.heating.set(false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.0.heating.set(true);
        Ok(())
    }
}

/// A pin nobody looks at.
pub struct Unconnected;

impl digital::ErrorType for Unconnected {
    type Error = Infallible;
}

impl OutputPin for Unconnected {
    fn set_low(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Waiting, which is what makes time pass.
pub struct Sleep<'w>(pub &'w World);

impl DelayNs for Sleep<'_> {
    fn delay_ns(&mut self, ns: u32) {
        self.delay_us(ns.div_ceil(1000));
    }

    fn delay_us(&mut self, us: u32) {
        let world = self.0;
        world.now_us.set(world.now_us.get().wrapping_add(us));
        #[allow(clippy::cast_precision_loss, reason = "delays of a control tick are below 2^24 microseconds")]
        let seconds = us as f32 * 1e-6;
        let above = world.above_room.get();
        let towards = if world.heating.get() { RISE } else { 0.0 };
        world.above_room.set(above + (towards - above) * (seconds / LAG));
    }
}

/// All parts of a board, in this world.
pub fn parts(
    world: &World,
) -> Parts<Converter<'_>, Heater<'_>, Unconnected, Sleep<'_>, impl FnMut() -> u32 + '_, impl FnMut() + use<>> {
    Parts {
        sensor: Max31855::new(Converter(world)),
        heater: Heater(world),
        scope: Scope::new(Unconnected),
        pace: Pace::new(Sleep(world), || world.now_us(), TICK_US),
        alive: || (),
    }
}

/// Prints a line every four seconds of simulated time and whenever the sensor fails or a tick is late; at the end one
/// number for every bit of the field. False when the time is over.
pub fn watch(app: &App, line: &Line, mut print: impl FnMut(fmt::Arguments<'_>)) -> bool {
    if line.tick.is_multiple_of(TICKS_PER_LINE) || line.reading.is_err() || line.late_us > 0 || !line.switched {
        print(format_args!("{line}"));
    }
    if line.tick < TICKS {
        return true;
    }
    print(format_args!("field {:#010x}", app.plate().digest()));
    false
}

/// Whether the middle of the plate ended where it was to be.
#[must_use]
pub fn passed(app: &App) -> bool {
    (app.plate().middle() - Config::default().set_point).abs() < 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app;
    use crate::sensor::{Error, Max31855};

    #[test]
    fn heater_warms_the_edge_and_the_converter_sees_it() {
        let world = World::new();
        let mut sensor = Max31855::new(Converter(&world));
        let cold = sensor.read().unwrap();
        assert_eq!((cold.thermocouple(), cold.junction()), (25.0, 25.0));
        Heater(&world).set_high().unwrap();
        for _ in 0..80 {
            Sleep(&world).delay_ms(250);
        }
        // One time constant: 1 - 1/e of the rise, less what the first-order step loses.
        let warm = sensor.read().unwrap().thermocouple() - 25.0;
        assert!((warm - RISE * 0.632).abs() < 1.5, "{warm}");
        assert_eq!(world.now_us(), 20_000_000);
    }

    #[test]
    fn the_plug_comes_out_once() {
        let world = World::new();
        let mut sensor = Max31855::new(Converter(&world));
        Sleep(&world).delay_us(UNPLUGGED.start);
        assert_eq!(sensor.read(), Err(Error::Open));
        Sleep(&world).delay_us(UNPLUGGED.end - UNPLUGGED.start);
        assert!(sensor.read().is_ok());
    }

    #[test]
    fn two_minutes_match_the_golden_output() {
        extern crate std;
        use core::fmt::Write;
        use std::string::String;

        let world = World::new();
        let mut app = App::new(Config::default()).unwrap();
        let mut text = String::new();
        let mut sweeps = 0;
        app::run(&mut app, parts(&world), |app, line| {
            sweeps += line.solved.unwrap().unwrap().sweeps;
            watch(app, line, |line| writeln!(text, "{line}").unwrap())
        });
        // The firmware prints the same under QEMU, and the last line holds every bit of the field.
        assert_eq!(text, include_str!("board_qemu.out"), "new text:\n{text}");
        assert!(passed(&app) && sweeps > TICKS);
        assert!(!world.heating(), "left on");
    }
}
