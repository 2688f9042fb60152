use super::super::{ChebCb, ChebCbConfig, ContextualTsallisInf, Learner, TsallisInf, TsallisInfConfig};
use super::*;
use crate::rng::Xoshiro128;
use std::vec;
use std::vec::Vec;

type Bins<S> = ContextualTsallisInf<S, 4>;

/// Plays rounds and tells the arms; ends between a draw and its cost, where a power cut hurts most.
fn play(learner: &mut dyn Learner, seed: u64, rounds: usize) -> Vec<usize> {
    let mut world = Xoshiro128::new(seed);
    (0..rounds)
        .map(|_| {
            learner.update(20.0 + 9.0 * world.unit());
            learner.select(world.unit())
        })
        .collect()
}

/// Stores in flash, forgets everything else, loads into memory that holds nothing sensible, and draws the same arms.
/// Before that, every flipped bit and every cut of the container is refused and the memory left alone.
macro_rules! power_cycle {
    ($new:expr, $load:expr, $len:expr, $memory:expr) => {{
        let mut learner = $new;
        play(&mut learner, 3, 300);
        let mut flash = vec![0xff_u8; $len + 5];
        assert_eq!(learner.store(&mut flash[..$len - 1]).err(), Some(short($len, $len - 1)));
        assert!(flash.iter().all(|byte| *byte == 0xff));
        // At an odd address, as flash may be.
        assert_eq!(learner.store(&mut flash[1..]).unwrap().len(), $len);
        assert!(flash[0] == 0xff && flash[$len + 1..].iter().all(|byte| *byte == 0xff));
        let mut memory = vec![7.5_f32; $memory];
        for bit in 0..$len * 8 {
            flash[1 + bit / 8] ^= 1 << (bit % 8);
            assert!($load(&mut memory[..], &flash[1..=$len]).is_err(), "bit {bit}");
            flash[1 + bit / 8] ^= 1 << (bit % 8);
        }
        for len in 0..$len {
            assert!($load(&mut memory[..], &flash[1..=len]).is_err(), "{len} bytes");
        }
        assert!(memory.iter().all(|value| *value == 7.5));
        let mut again = $load(&mut memory[..], &flash[1..=$len]).unwrap();
        assert_eq!(play(&mut again, 4, 200), play(&mut learner, 4, 200));
        flash[1..=$len].to_vec()
    }};
}

fn short(need: usize, got: usize) -> Error {
    Error::Length { field: Field::Output, need, got }
}

#[test]
fn learners_survive_a_power_cycle() {
    let tsallis_inf = power_cycle!(
        TsallisInf::new([0.0; 24], TsallisInfConfig::default()).unwrap(),
        TsallisInf::load,
        TsallisInf::container_len(12),
        24
    );
    let bins = power_cycle!(
        Bins::new([0.0; 24], [0.1, 0.9], TsallisInfConfig::default()).unwrap(),
        Bins::load,
        ContextualTsallisInf::container_len(3, 4),
        24
    );
    let config = ChebCbConfig { low: 0.1, high: 0.9, ..ChebCbConfig::default() };
    let cheb_cb = power_cycle!(ChebCb::new([0.0; 99], config).unwrap(), ChebCb::load, ChebCb::container_len(3), 99);
    // One learner is not another, and not one of another size.
    let missing = Some(Error::OutOfRange { field: Field::Sections, index: 3 });
    assert_eq!(TsallisInf::load([0.0; 24], &bins).err(), missing);
    assert_eq!(TsallisInf::load([0.0; 24], &cheb_cb).err(), missing);
    assert_eq!(Bins::load([0.0; 24], &tsallis_inf).err(), missing);
    assert_eq!(ChebCb::load([0.0; 33], &tsallis_inf).err(), missing);
    let other = |need, got| Some(Error::Length { field: Field::Sections, need, got });
    assert_eq!(TsallisInf::load([0.0; 26], &tsallis_inf).err(), other(26, 24));
    assert_eq!(ContextualTsallisInf::<_, 2>::load([0.0; 24], &bins).err(), other(20, 40));
    assert!(TsallisInf::load([0.0; 3], &tsallis_inf).is_err() && Bins::load([0.0; 3], &bins).is_err());
}

/// Damage under a right checksum: a writer other than `store`.
#[test]
fn a_sound_container_with_senseless_content_is_refused() {
    let state = [1, 2, 3, 4, 0, f32::NAN.to_bits(), u32::MAX, 0, 0, 0];
    let specs = [SectionSpec::of::<u32>(1, 10), SectionSpec::of::<f32>(MEMORY, 4), SectionSpec::of::<u32>(RANGE, 0)];
    let mut bytes = [0; TsallisInf::container_len(2)];
    let mut container = |version, state: [u32; 10], memory: [f32; 4]| {
        let mut writer = Writer::new(&mut bytes, Kind::LearnerState, version, &specs).unwrap();
        writer.put(state).unwrap();
        writer.put(memory).unwrap();
        writer.put([0_u32; 0]).unwrap();
        let mut place = [7.0; 4];
        let error = TsallisInf::load(&mut place[..], writer.finish().unwrap()).err();
        assert!(error.is_none() || place == [7.0; 4]);
        error
    };
    assert_eq!(container(1, state, [0.0; 4]), Some(Error::Corrupt { field: Field::Bytes, index: 0 }));
    let state = [1, 2, 3, 4, 0, 0, u32::MAX, 0, 0, 1.0_f32.to_bits()];
    for (place, word) in [(6, 70_000), (7, 2.0_f32.to_bits()), (8, 2), (9, f32::INFINITY.to_bits())] {
        let mut senseless = state;
        senseless[place] = word;
        assert_eq!(
            container(1, senseless, [0.0; 4]),
            Some(Error::Corrupt { field: Field::Bytes, index: 0 }),
            "{place}"
        );
    }
    let infinite = [0.0, 0.0, f32::INFINITY, 0.0];
    assert_eq!(container(1, state, infinite), Some(Error::Corrupt { field: Field::Bytes, index: 2 }));
    assert_eq!(container(1, state, [0.0; 4]), None);
    assert!(container(2, state, [0.0; 4]).is_some(), "a version of the future");
}
