//! The control loop: read the edges, carry the plate on, switch the heater, report, sleep.

use core::fmt;

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::OutputPin;
use embedded_hal::spi::SpiDevice;
use tinysolve::Error;

use crate::pace::Pace;
use crate::plate::{Plate, Solved};
use crate::scope::Scope;
use crate::sensor::{self, Max31855, Reading};

/// Microseconds between ticks: [`TICK_SECONDS`](crate::plate::TICK_SECONDS). Longer than a conversion of the sensor, so
/// that each tick has a reading of its own.
pub const TICK_US: u32 = 250_000;
const _: () = assert!(TICK_US > sensor::CONVERSION_US);

/// What a board hands to the loop.
pub struct Parts<S, H, P, D, C, W> {
    /// The thermocouple converter.
    pub sensor: Max31855<S>,
    /// Switches the heater; high is on.
    pub heater: H,
    /// High during each solver step.
    pub scope: Scope<P>,
    /// Sleeps out each tick.
    pub pace: Pace<D, C>,
    /// Told once a tick that the loop lives: feeds a watchdog.
    pub alive: W,
}

/// What the thermostat is set to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Config {
    /// Temperature the middle of the plate is to have, in degrees Celsius.
    pub set_point: f32,
    /// Degrees the edge is driven beyond its resting value per degree the middle lacks, at least 0.
    pub gain: f32,
    /// The heated edge is never driven above this, whatever the model says, in degrees Celsius.
    pub edge_limit: f32,
    /// Most sweeps a tick may spend, at least 1.
    pub sweeps_per_tick: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { set_point: 40.0, gain: 4.0, edge_limit: 150.0, sweeps_per_tick: 24 }
    }
}

/// One tick, for the log.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(all(target_arch = "arm", not(feature = "qemu")), derive(defmt::Format))]
pub struct Line {
    /// Ticks before this one.
    pub tick: u32,
    /// What the sensor said, or why it said nothing.
    pub reading: Result<Reading, sensor::Error<()>>,
    /// Computed temperature of the middle, in degrees Celsius.
    pub middle: f32,
    /// What the solver did; None before the first reading.
    pub solved: Option<Result<Solved, Error>>,
    /// Whether the heater is on from now.
    pub heating: bool,
    /// Whether the heater's pin could be set.
    pub switched: bool,
    /// Microseconds by which this tick came late.
    pub late_us: u32,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tick {:3}", self.tick)?;
        match self.reading {
            Ok(reading) => write!(f, "  edge {:7.2}  room {:7.4}", reading.thermocouple(), reading.junction())?,
            Err(error) => write!(f, "  sensor fault {error:?}")?,
        }
        write!(f, "  middle {:7.3}", self.middle)?;
        match self.solved {
            Some(Ok(Solved { step, sweeps, omega })) => write!(f, "  {sweeps:2} sweeps at omega {omega:.2}, {step:?}")?,
            Some(Err(error)) => write!(f, "  solver refused: {error:?}")?,
            None => {}
        }
        f.write_str(if self.heating { "  heating" } else { "" })?;
        f.write_str(if self.switched { "" } else { "  heater pin failed" })?;
        if self.late_us > 0 { write!(f, "  late by {} us", self.late_us) } else { Ok(()) }
    }
}

/// The thermostat.
pub struct App {
    config: Config,
    plate: Plate,
    /// Edge and room as last read: held through a fault of the sensor. None before the first reading.
    edges: Option<(f32, f32)>,
    ticks: u32,
}

impl App {
    /// A cold start: nothing read, nothing learned, heater off.
    ///
    /// # Errors
    /// What the solver refuses of the configuration.
    pub fn new(config: Config) -> Result<Self, Error> {
        Ok(Self { config, plate: Plate::new(config.sweeps_per_tick)?, edges: None, ticks: 0 })
    }

    /// The computed field.
    #[must_use]
    pub const fn plate(&self) -> &Plate {
        &self.plate
    }

    /// One tick: reads, computes, switches. Bounded work: one frame, at most `sweeps_per_tick` sweeps.
    ///
    /// Without a reading, or a field, the heater is off. Without a reading the field goes on from the edges as last seen.
    pub fn tick<S: SpiDevice, H: OutputPin, P: OutputPin>(
        &mut self,
        sensor: &mut Max31855<S>,
        heater: &mut H,
        scope: &mut Scope<P>,
    ) -> Line {
        let reading = sensor.read();
        if let Ok(reading) = reading {
            if self.edges.is_none() {
                // Cold start: whatever the plate is, it is nearer to the room than to zero.
                self.plate.fill(reading.junction());
            }
            self.edges = Some((reading.thermocouple(), reading.junction()));
        }
        let solved = self.edges.map(|(edge, room)| self.plate.advance(edge, room, scope));
        let usable = matches!(solved, Some(Ok(solved)) if solved.is_usable());
        if !usable {
            // A field that is beyond use is started anew from the next reading.
            self.edges = None;
        }
        let middle = self.plate.middle();
        let heating = match &reading {
            Ok(reading) if usable => reading.thermocouple() < self.wanted_edge(reading.junction(), middle),
            _ => false,
        };
        let switched = if heating { heater.set_high() } else { heater.set_low() };
        let line = Line {
            tick: self.ticks,
            reading: reading.map_err(sensor::Error::without_bus),
            middle,
            solved,
            heating,
            switched: switched.is_ok(),
            late_us: 0,
        };
        self.ticks = self.ticks.wrapping_add(1);
        line
    }

    /// The edge that brings the middle to the set point: at rest the middle of a square is the mean of its four edges,
    /// so the one that is heated has to rise four times as far; what the middle still lacks comes on top.
    ///
    /// A middle that is not a number wants no heat.
    fn wanted_edge(&self, room: f32, middle: f32) -> f32 {
        let Config { set_point, gain, edge_limit, .. } = self.config;
        let wanted = room + 4.0 * (set_point - room) + gain * (set_point - middle);
        if wanted < edge_limit {
            wanted
        } else if wanted.is_nan() {
            f32::NEG_INFINITY
        } else {
            edge_limit
        }
    }
}

/// Ticks until `watch`, which is shown each line, answers false. The heater is off when this returns.
pub fn run<S, H, P, D, C, W>(
    app: &mut App,
    mut parts: Parts<S, H, P, D, C, W>,
    mut watch: impl FnMut(&App, &Line) -> bool,
) where
    S: SpiDevice,
    H: OutputPin,
    P: OutputPin,
    D: DelayNs,
    C: FnMut() -> u32,
    W: FnMut(),
{
    let mut late_us = 0;
    loop {
        let line = Line { late_us, ..app.tick(&mut parts.sensor, &mut parts.heater, &mut parts.scope) };
        (parts.alive)();
        if !watch(app, &line) {
            // Nothing is left to do about a pin that cannot be set.
            let _ = parts.heater.set_low();
            return;
        }
        late_us = parts.pace.wait();
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use embedded_hal_mock::eh1::MockError;
    use embedded_hal_mock::eh1::digital::{Mock as Pin, State, Transaction as Level};
    use embedded_hal_mock::eh1::spi::{Mock as Spi, Transaction as Frame};
    use std::string::ToString;
    use std::vec::Vec;
    use tinysolve::solve::Step;

    use super::*;
    use crate::sensor::encode;
    use crate::simulated::Unconnected;

    fn degrees(edge: i16, room: i16) -> [u8; 4] {
        encode(Reading { thermocouple_quarters: edge * 4, junction_sixteenths: room * 16 })
    }

    const OPEN: [u8; 4] = [0, 1, 0, 1];

    /// Ticks once per frame and checks the level of the heater pin after each.
    fn ticks(app: &mut App, frames: &[([u8; 4], State)]) -> Vec<Line> {
        let bus = frames.iter().flat_map(|(frame, _)| {
            [Frame::transaction_start(), Frame::read_vec(frame.to_vec()), Frame::transaction_end()]
        });
        let mut sensor = Max31855::new(Spi::new(&bus.collect::<Vec<_>>()));
        let mut heater = Pin::new(&frames.iter().map(|&(_, level)| Level::set(level)).collect::<Vec<_>>());
        let mut scope = Scope::new(Unconnected);
        let lines = frames.iter().map(|_| app.tick(&mut sensor, &mut heater, &mut scope)).collect();
        sensor.release().done();
        heater.done();
        lines
    }

    #[test]
    fn a_cold_plate_is_heated_from_the_temperature_of_the_room() {
        let mut app = App::new(Config::default()).unwrap();
        let lines = ticks(&mut app, &[(degrees(20, 20), State::High)]);
        assert!((lines[0].middle - 20.0).abs() < 0.01, "{}", lines[0]);
        assert!(lines[0].heating && lines[0].switched);
    }

    #[test]
    fn no_heat_without_a_reading_and_the_field_goes_on() {
        let mut app = App::new(Config::default()).unwrap();
        let lines = ticks(
            &mut app,
            &[
                (OPEN, State::Low),
                (degrees(80, 20), State::High),
                (OPEN, State::Low),
                ([0; 4], State::Low),
                (degrees(80, 20), State::High),
            ],
        );
        assert_eq!((lines[0].reading, lines[0].solved), (Err(sensor::Error::Open), None));
        assert_eq!(lines[3].reading, Err(sensor::Error::NoReply));
        // The edge is held at 80 through the fault, so the middle keeps rising.
        assert!(lines.windows(2).skip(1).all(|pair| pair[1].middle > pair[0].middle), "{lines:?}");
    }

    #[test]
    fn the_edge_is_never_driven_above_its_limit() {
        let config = Config { set_point: 200.0, edge_limit: 90.0, ..Config::default() };
        let mut app = App::new(config).unwrap();
        ticks(
            &mut app,
            &[(degrees(89, 20), State::High), (degrees(90, 20), State::Low), (degrees(91, 20), State::Low)],
        );
    }

    #[test]
    fn a_setting_that_is_not_a_number_wants_no_heat() {
        for config in [
            Config { set_point: f32::NAN, ..Config::default() },
            Config { gain: f32::NAN, ..Config::default() },
            Config { gain: f32::INFINITY, set_point: f32::NEG_INFINITY, ..Config::default() },
        ] {
            ticks(&mut App::new(config).unwrap(), &[(degrees(20, 20), State::Low)]);
        }
    }

    #[test]
    fn a_broken_field_is_told_and_started_anew() {
        let mut app = App::new(Config::default()).unwrap();
        ticks(&mut app, &[(degrees(20, 20), State::High)]);
        app.plate.fill(f32::NAN);
        let lines = ticks(&mut app, &[(degrees(20, 20), State::Low), (degrees(20, 20), State::High)]);
        assert!(matches!(lines[0].solved, Some(Err(Error::NotFinite { .. }))), "{}", lines[0]);
        assert!((lines[1].middle - 20.0).abs() < 0.01, "{}", lines[1]);
    }

    #[test]
    fn sweeps_are_capped_and_the_line_says_so() {
        let mut app = App::new(Config { sweeps_per_tick: 2, ..Config::default() }).unwrap();
        let lines = ticks(&mut app, &[(degrees(120, 20), State::High)]);
        let solved = lines[0].solved.unwrap().unwrap();
        assert_eq!((solved.sweeps, solved.step), (2, Step::IterationCap));
        assert!(lines[0].to_string().contains("IterationCap"), "{}", lines[0]);
        assert!(App::new(Config { sweeps_per_tick: 0, ..Config::default() }).is_err());
    }

    #[test]
    fn a_heater_pin_that_fails_is_told() {
        let mut app = App::new(Config::default()).unwrap();
        let frame = degrees(20, 20).to_vec();
        let bus = [Frame::transaction_start(), Frame::read_vec(frame), Frame::transaction_end()];
        let mut sensor = Max31855::new(Spi::new(&bus));
        let error = MockError::Io(std::io::ErrorKind::NotConnected);
        let mut heater = Pin::new(&[Level::set(State::High).with_error(error)]);
        let line = app.tick(&mut sensor, &mut heater, &mut Scope::new(Unconnected));
        assert!(!line.switched);
        assert!(line.to_string().contains("heater pin failed"), "{line}");
        sensor.release().done();
        heater.done();
    }
}
