//! A MAX31855 thermocouple converter on any SPI bus.
//!
//! Facts from the data sheet (Maxim 19-5793):
//! - read only, 32 bits a frame, most significant first; SPI mode 0, clock up to 5 MHz;
//! - D31..D18 thermocouple temperature, signed, 0.25 °C a step, cold junction compensated;
//! - D17 and D3 always read 0; D16 is set if and only if one of D2..D0 is;
//! - D15..D4 temperature of the chip itself, the reference junction, signed, 0.0625 °C a step;
//! - D2 short to the supply, D1 short to ground, D0 open circuit;
//! - a conversion takes up to 100 ms and runs while chip select is high: a frame read sooner repeats the last one.

use embedded_hal::spi::{MODE_0, Mode, SpiDevice};

/// The bus mode of the part: clock idles low, data is taken on the rising edge.
pub const MODE: Mode = MODE_0;
/// Fastest clock the part accepts.
pub const MAX_CLOCK_HZ: u32 = 5_000_000;
/// Longest conversion: read no more often than this to get a new value each time.
pub const CONVERSION_US: u32 = 100_000;

/// Bits that always read 0.
const RESERVED: u32 = 1 << 17 | 1 << 3;
/// Set together with any of the three below.
const FAULT: u32 = 1 << 16;
const SHORT_TO_SUPPLY: u32 = 1 << 2;
const SHORT_TO_GROUND: u32 = 1 << 1;
const OPEN: u32 = 1;

/// Both temperatures of one frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(all(target_arch = "arm", not(feature = "qemu")), derive(defmt::Format))]
pub struct Reading {
    /// Tip of the thermocouple, in quarters of a degree Celsius, -8192 to 8191.
    pub thermocouple_quarters: i16,
    /// The converter chip, in sixteenths of a degree Celsius, -2048 to 2047.
    pub junction_sixteenths: i16,
}

impl Reading {
    /// Tip of the thermocouple in degrees Celsius. Exact.
    #[must_use]
    pub fn thermocouple(self) -> f32 {
        f32::from(self.thermocouple_quarters) * 0.25
    }

    /// The converter chip in degrees Celsius. Exact.
    #[must_use]
    pub fn junction(self) -> f32 {
        f32::from(self.junction_sixteenths) * 0.0625
    }
}

/// Why there is no reading. `E` is the error of the bus.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(all(target_arch = "arm", not(feature = "qemu")), derive(defmt::Format))]
pub enum Error<E> {
    /// The bus failed.
    Bus(E),
    /// No MAX31855 sends this frame: part missing, unpowered, or the data line stuck. A line stuck low reads as all
    /// zeros, which would also be 0 °C at both junctions; that one frame is refused.
    NoReply,
    /// The thermocouple is not connected, or broken.
    Open,
    /// The thermocouple touches ground.
    ShortToGround,
    /// The thermocouple touches the supply.
    ShortToSupply,
}

impl<E> Error<E> {
    /// The same without the bus's own error, so that reports need no type parameter.
    #[must_use]
    pub fn without_bus(self) -> Error<()> {
        match self {
            Self::Bus(_) => Error::Bus(()),
            Self::NoReply => Error::NoReply,
            Self::Open => Error::Open,
            Self::ShortToGround => Error::ShortToGround,
            Self::ShortToSupply => Error::ShortToSupply,
        }
    }
}

/// The converter, behind a bus of its own or a shared one.
pub struct Max31855<S> {
    device: S,
}

impl<S: SpiDevice> Max31855<S> {
    /// Takes the device over. Sends nothing: the part has no registers to write.
    pub const fn new(device: S) -> Self {
        Self { device }
    }

    /// Reads one frame of 4 bytes.
    ///
    /// # Errors
    /// [`Error::Bus`] from the bus, the other kinds from the frame.
    pub fn read(&mut self) -> Result<Reading, Error<S::Error>> {
        let mut frame = [0; 4];
        self.device.read(&mut frame).map_err(Error::Bus)?;
        decode(u32::from_be_bytes(frame))
    }

    /// Gives the device back.
    pub fn release(self) -> S {
        self.device
    }
}

/// Takes a frame apart.
fn decode<E>(frame: u32) -> Result<Reading, Error<E>> {
    let kinds = frame & (SHORT_TO_SUPPLY | SHORT_TO_GROUND | OPEN);
    if frame == 0 || frame & RESERVED != 0 || (frame & FAULT != 0) != (kinds != 0) {
        return Err(Error::NoReply);
    }
    // A broken wire also lets the inputs float into the other two limits, so it is named first.
    if kinds & OPEN != 0 {
        return Err(Error::Open);
    }
    if kinds & SHORT_TO_GROUND != 0 {
        return Err(Error::ShortToGround);
    }
    if kinds & SHORT_TO_SUPPLY != 0 {
        return Err(Error::ShortToSupply);
    }
    let [t1, t0, j1, j0] = frame.to_be_bytes();
    Ok(Reading {
        thermocouple_quarters: i16::from_be_bytes([t1, t0]) >> 2,
        junction_sixteenths: i16::from_be_bytes([j1, j0]) >> 4,
    })
}

/// Packs two temperatures as the part does: the other direction, for simulated parts.
#[must_use]
pub fn encode(reading: Reading) -> [u8; 4] {
    let [t1, t0] = (reading.thermocouple_quarters << 2).to_be_bytes();
    let [j1, j0] = (reading.junction_sixteenths << 4).to_be_bytes();
    [t1, t0, j1, j0]
}

#[cfg(test)]
mod tests {
    extern crate std;
    use embedded_hal::spi::ErrorKind;
    use embedded_hal_mock::eh1::spi::{Mock, Transaction};

    use super::*;

    /// Drives the driver through one transaction that answers `frame`.
    fn read(frame: u32) -> Result<Reading, Error<ErrorKind>> {
        let bytes = frame.to_be_bytes().to_vec();
        let mock = Mock::new(&[
            Transaction::transaction_start(),
            Transaction::read_vec(bytes),
            Transaction::transaction_end(),
        ]);
        let mut sensor = Max31855::new(mock);
        let reading = sensor.read();
        sensor.release().done();
        reading
    }

    #[test]
    fn thermocouple_column_of_the_data_sheet() {
        // Table 4: D31..D18; the junction field is held at +25 °C.
        for (bits, celsius) in [
            (0b01_1001_0000_0000_u32, 1600.0),
            (0b00_1111_1010_0000, 1000.0),
            (0b00_0001_1001_0011, 100.75),
            (0b00_0000_0110_0100, 25.0),
            (0b00_0000_0000_0000, 0.0),
            (0b11_1111_1111_1111, -0.25),
            (0b11_1111_1111_1100, -1.0),
            (0b11_1100_0001_1000, -250.0),
        ] {
            let reading = read(bits << 18 | 0x190 << 4).unwrap();
            assert_eq!((reading.thermocouple(), reading.junction()), (celsius, 25.0));
        }
    }

    #[test]
    fn junction_column_of_the_data_sheet() {
        // Table 5: D15..D4; the thermocouple field is held at +25 °C.
        for (bits, celsius) in [
            (0x7f0_u32, 127.0),
            (0x649, 100.5625),
            (0x190, 25.0),
            (0x000, 0.0),
            (0xfff, -0.0625),
            (0xff0, -1.0),
            (0xec0, -20.0),
            (0xc90, -55.0),
        ] {
            let reading = read(0x64 << 18 | bits << 4).unwrap();
            assert_eq!((reading.thermocouple(), reading.junction()), (25.0, celsius));
        }
    }

    #[test]
    fn each_fault_is_named_and_no_number_comes_with_it() {
        let good = 0x64 << 18 | 0x190 << 4;
        assert_eq!(read(good | FAULT | OPEN), Err(Error::Open));
        assert_eq!(read(good | FAULT | SHORT_TO_GROUND), Err(Error::ShortToGround));
        assert_eq!(read(good | FAULT | SHORT_TO_SUPPLY), Err(Error::ShortToSupply));
        assert_eq!(read(good | FAULT | 7), Err(Error::Open));
    }

    #[test]
    fn frames_the_part_cannot_send_are_refused() {
        let good = 0x64 << 18 | 0x190 << 4;
        for frame in [0, u32::MAX, good | 1 << 17, good | 1 << 3, good | FAULT, good | OPEN] {
            assert_eq!(read(frame), Err(Error::NoReply), "{frame:#010x}");
        }
    }

    #[test]
    fn bus_error_comes_through() {
        struct Broken;
        impl embedded_hal::spi::ErrorType for Broken {
            type Error = ErrorKind;
        }
        impl SpiDevice for Broken {
            fn transaction(&mut self, _: &mut [embedded_hal::spi::Operation<'_, u8>]) -> Result<(), ErrorKind> {
                Err(ErrorKind::Overrun)
            }
        }
        assert_eq!(Max31855::new(Broken).read(), Err(Error::Bus(ErrorKind::Overrun)));
    }

    #[test]
    fn encode_is_the_inverse_of_decode() {
        for reading in [(1, 1), (-1, -1), (8191, 2047), (-8192, -2048), (400, -880)] {
            let reading = Reading { thermocouple_quarters: reading.0, junction_sixteenths: reading.1 };
            assert_eq!(decode::<()>(u32::from_be_bytes(encode(reading))), Ok(reading));
        }
    }
}
