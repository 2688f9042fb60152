//! The published direction network, of random weights: one direction, in 2-D and 3-D, of numbers and of bytes.

use crate::{Hash, Meter, Pattern, Row};
use tinysolve::container::{Kind, Reader, SectionSpec, Writer};
use tinysolve::net::direction::{DirectionNetwork, OnGrid};
use tinysolve::operator::Direction;

const CHANNELS: usize = 8;
/// Residual blocks: one on the fine grid, one on the coarse one.
const BLOCKS: [u32; 3] = [1, 1, 0];

/// Room for a container, at a multiple of 16.
#[repr(C, align(16))]
struct Room<const N: usize>([u8; N]);

#[allow(clippy::cast_possible_truncation, reason = "the top byte of a pattern")]
fn build(memory: &mut [u8], dimensions: u32, is_small: bool) -> Option<&[u8]> {
    let mut pattern = Pattern::new(dimensions);
    let taps = if dimensions == 2 { 9 } else { 27 };
    let layers = 2 + 2 * BLOCKS.iter().sum::<u32>() as usize;
    let biases = (layers + 1) * CHANNELS + 1;
    let weights = (taps + 1) * CHANNELS + layers * taps * CHANNELS * CHANNELS;
    let shape = SectionSpec::of::<u32>(1, 5);
    let [single, bytes] = [SectionSpec::of::<f32>(3, weights), SectionSpec::of::<i8>(3, weights)];
    let (offsets, scales) = (SectionSpec::of::<f32>(2, biases), SectionSpec::of::<f32>(4, biases));
    let (small, large) = ([shape, offsets, bytes, scales], [shape, offsets, single]);
    let specs: &[SectionSpec] = if is_small { &small } else { &large };
    let mut writer = Writer::new(memory, Kind::DirectionNetwork, 1, specs).ok()?;
    let [fine, coarse, up] = BLOCKS;
    writer.put([dimensions, CHANNELS as u32, fine, coarse, up]).ok()?;
    writer.put((0..biases).map(|_| pattern.between(-0.1, 0.1))).ok()?;
    if is_small {
        writer.put((0..weights).map(|_| (pattern.word() >> 24) as i8)).ok()?;
        writer.put((0..biases).map(|_| pattern.between(0.001, 0.002))).ok()?;
    } else {
        writer.put((0..weights).map(|_| pattern.between(-0.2, 0.2))).ok()?;
    }
    writer.finish().ok().map(|bytes| &*bytes)
}

fn measure<const N: usize, const FLASH: usize, const ARENA: usize>(
    meter: &mut dyn Meter,
    sides: [usize; 3],
    is_small: bool,
    case: &'static str,
    name: &str,
) {
    let mut room = Room([0; FLASH]);
    let dimensions = if sides.last() == Some(&1) { 2 } else { 3 };
    let Some(bytes) = build(&mut room.0, dimensions, is_small) else { return };
    let Ok(network) = Reader::new(bytes).and_then(|reader| DirectionNetwork::load(&reader)) else { return };
    let mut pattern = Pattern::new(9);
    let mut mask = [0_u8; N];
    let (mut r, mut d, mut arena) = ([0.0; N], [0.0; N], [0.0; ARENA]);
    mask.iter_mut().for_each(|cell| *cell = u8::from(pattern.word() >> 29 > 0));
    r.iter_mut().for_each(|r| *r = pattern.between(-1.0, 1.0));
    let Ok(mut direction) = OnGrid::new(&network, sides, Some(&mask), &mut arena) else { return };
    let work = u32::try_from(direction.multiply_adds()).unwrap_or(u32::MAX);
    let row = Row::new("net", "direction network", case).per(work, "instructions/product");
    meter.count(&row, &mut || direction.direction(&r, &mut d));
    meter.result(name, Hash::default().f32s(&d).finish());
}

/// 16 x 16 cells, weights of single precision and of bytes.
pub(crate) fn plane(meter: &mut dyn Meter) {
    measure::<256, 14_528, 2_944>(meter, [16, 16, 1], false, "16x16, 8 channels, f32", "net/direction_plane/f32");
    measure::<256, 4_176, 2_944>(meter, [16, 16, 1], true, "16x16, 8 channels, i8", "net/direction_plane/i8");
}

/// 4 x 6 x 8 cells, bytes.
pub(crate) fn solid(meter: &mut dyn Meter) {
    measure::<192, 11_232, 2_304>(meter, [4, 6, 8], true, "4x6x8, 8 channels, i8", "net/direction_solid");
}
