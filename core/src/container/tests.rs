//! Tests of the format as a whole: what is written is read, and nothing damaged is.

use super::header::{CRC_AT, checksum};
use super::*;
use crate::error::{Error, Field};
use proptest::prelude::*;
use std::vec::Vec;

#[repr(align(16))]
struct Aligned([u8; 512]);

const FLOATS: [f32; 5] = [1.0, -0.0, f32::INFINITY, 1e-42, 3.25];
const BYTES: [i8; 3] = [-128, 0, 127];
const WORDS: [u64; 2] = [u64::MAX, 0x0123_4567_89ab_cdef];
const LEN: usize = container_len(&[5 * 4, 3, 0, 2 * 8]);

fn specs() -> [SectionSpec; 4] {
    [
        SectionSpec::of::<f32>(10, 5),
        SectionSpec::of::<i8>(20, 3),
        SectionSpec::of::<u16>(30, 0),
        SectionSpec::of::<u64>(40, 2),
    ]
}

fn sample(memory: &mut [u8]) -> usize {
    let mut writer = Writer::new(memory, Kind::LearnerState, 2, &specs()).unwrap();
    writer.put(FLOATS).unwrap();
    writer.put(BYTES).unwrap();
    writer.put::<u16>([]).unwrap();
    writer.put(WORDS).unwrap();
    writer.finish().unwrap().len()
}

fn sealed(bytes: &mut [u8]) {
    let crc = checksum(bytes);
    bytes[CRC_AT..CRC_AT + 4].copy_from_slice(&crc.to_le_bytes());
}

#[test]
fn what_is_written_is_read_in_place() {
    let mut memory = Aligned([0xa5; 512]);
    let len = sample(&mut memory.0);
    assert_eq!(len, LEN);
    assert!(memory.0[LEN..].iter().all(|byte| *byte == 0xa5), "wrote past the container");
    assert_eq!(stored_len(&memory.0), Ok(LEN));
    let reader = Reader::new(&memory.0[..LEN]).unwrap();
    assert_eq!((reader.kind(), reader.version(), reader.section_count()), (Kind::LearnerState, 2, 4));
    let floats = reader.find(10).unwrap().values::<f32>().unwrap();
    assert!(floats.iter().zip(FLOATS).all(|(a, b)| a.to_bits() == b.to_bits()));
    assert_eq!(reader.find(20).unwrap().values::<i8>().unwrap(), BYTES);
    assert_eq!(reader.section(3).unwrap().values::<u64>().unwrap(), WORDS);
    let empty = reader.find(30).unwrap();
    assert!(empty.is_empty() && empty.values::<u16>().unwrap().is_empty());
    for section in reader.sections() {
        assert_eq!(section.bytes().as_ptr().addr() % 16, 0);
        assert_eq!(section.len() * section.element_type().size(), section.bytes().len());
    }
    assert_eq!(reader.find(99).err(), Some(Error::OutOfRange { field: Field::Sections, index: 4 }));
    assert_eq!(reader.section(4).err(), Some(Error::OutOfRange { field: Field::Sections, index: 4 }));
    let wrong_type = reader.find(20).unwrap().values::<u8>().err();
    assert_eq!(wrong_type, Some(Error::OutOfRange { field: Field::Sections, index: 1 }));
    assert!(reader.require(Kind::LearnerState, 2).is_ok());
    assert_eq!(reader.require(Kind::LearnerState, 1), Err(Error::OutOfRange { field: Field::Header, index: 10 }));
    assert_eq!(reader.require(Kind::SymbolicFactor, 9), Err(Error::OutOfRange { field: Field::Header, index: 8 }));
}

#[test]
fn the_bytes_are_those_of_the_table_in_the_module_page() {
    let mut memory = [0; 112];
    let mut writer =
        Writer::new(&mut memory, Kind::LearnerState, 7, &[SectionSpec::of::<u16>(0x0403_0201, 2)]).unwrap();
    writer.put([0x0b0a_u16, 0x0d0c]).unwrap();
    let bytes = writer.finish().unwrap();
    let mut expected = std::vec![b'T', b'S', b'L', b'V', 1, 0, 64, 0, 1, 0, 7, 0, 96, 0, 0, 0, 1, 0, 0, 0];
    expected.extend([0; 4 + 40]);
    expected.extend([1, 2, 3, 4, 80, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0]);
    expected.extend([0x0a, 0x0b, 0x0c, 0x0d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    sealed(&mut expected);
    assert_eq!(bytes, expected);
}

#[test]
fn unaligned_bytes_are_copied_but_not_viewed() {
    let mut memory = Aligned([0; 512]);
    sample(&mut memory.0[..]);
    memory.0.copy_within(..LEN, 4);
    let bytes = &memory.0[4..4 + LEN];
    assert_eq!(Reader::new(bytes).err(), Some(Error::Misaligned { field: Field::Bytes }));
    let reader = Reader::unaligned(bytes).unwrap();
    let words = reader.find(40).unwrap();
    assert_eq!(words.values::<u64>().err(), Some(Error::Misaligned { field: Field::Bytes }));
    assert_eq!(words.iter::<u64>().unwrap().collect::<Vec<_>>(), WORDS);
    let mut copy = [0_u64; 3];
    let short = Error::Length { field: Field::Output, need: 2, got: 3 };
    assert_eq!(words.copy_to(&mut copy), Err(short));
    words.copy_to(&mut copy[..2]).unwrap();
    assert_eq!(copy, [WORDS[0], WORDS[1], 0]);
}

#[test]
fn a_container_of_bytes_needs_no_alignment() {
    let mut memory = Aligned([0; 512]);
    let mut writer = Writer::new(&mut memory.0[1..], Kind::LearnerState, 1, &[SectionSpec::of::<u8>(1, 2)]).unwrap();
    writer.put([1_u8, 2]).unwrap();
    assert!(Reader::new(writer.finish().unwrap()).is_ok());
}

#[test]
fn every_flipped_bit_and_every_cut_is_refused() {
    let mut memory = Aligned([0; 512]);
    sample(&mut memory.0);
    for bit in 0..LEN * 8 {
        memory.0[bit / 8] ^= 1 << (bit % 8);
        assert!(Reader::unaligned(&memory.0[..LEN]).is_err(), "bit {bit}");
        memory.0[bit / 8] ^= 1 << (bit % 8);
    }
    for len in (0..512).filter(|len| *len != LEN) {
        let error = Reader::unaligned(&memory.0[..len]).err();
        let (field, need) = if len < 64 { (Field::Header, 64) } else { (Field::Bytes, LEN) };
        assert_eq!(error, Some(Error::Length { field, need, got: len }));
    }
}

#[test]
fn each_rule_of_the_table_names_its_section() {
    let mut memory = Aligned([0; 512]);
    sample(&mut memory.0);
    let refused = |at: usize, value: [u8; 2]| {
        let mut bytes = memory.0[..LEN].to_vec();
        bytes[at..at + 2].copy_from_slice(&value);
        sealed(&mut bytes);
        Reader::unaligned(&bytes).err()
    };
    let record = |index: usize| 64 + 16 * index;
    let corrupt = |index| Some(Error::Corrupt { field: Field::Sections, index });
    assert_eq!(refused(record(1) + 4, [8, 0]), corrupt(1), "offset not aligned");
    assert_eq!(refused(record(1) + 12, [0, 0]), corrupt(1), "type 0");
    assert_eq!(refused(record(2) + 12, [77, 0]), corrupt(2), "unknown type");
    assert_eq!(refused(record(3) + 14, [1, 0]), corrupt(3), "reserved");
    assert_eq!(refused(record(0) + 8, [19, 0]), corrupt(0), "part of an element");
    let unordered = |index| Some(Error::Unordered { field: Field::Sections, index });
    assert_eq!(refused(record(0) + 4, [112, 0]), unordered(0), "inside the table");
    assert_eq!(refused(record(1) + 4, [128, 0]), unordered(1), "overlap");
    assert_eq!(refused(record(0) + 8, [36, 0]), unordered(1), "overlap by length");
    let beyond = |index| Some(Error::OutOfRange { field: Field::Sections, index });
    assert_eq!(refused(record(3) + 4, [0, 4]), beyond(3), "offset past the end");
    assert_eq!(refused(record(3) + 8, [0, 1]), beyond(3), "too long");
    assert_eq!(refused(record(3) + 10, [255, 255]), beyond(3), "offset + length wraps");
    assert_eq!(refused(18, [255, 255]), Some(Error::OutOfRange { field: Field::Header, index: 16 }));
    let mut odd = memory.0[..LEN + 8].to_vec();
    odd[12..16].copy_from_slice(&u32::try_from(LEN + 8).unwrap().to_le_bytes());
    sealed(&mut odd);
    assert_eq!(Reader::unaligned(&odd).err(), Some(Error::OutOfRange { field: Field::Header, index: 12 }));
}

#[test]
fn a_writer_refuses_before_it_writes() {
    let mut memory = [0x77_u8; LEN];
    let short = Error::Length { field: Field::Output, need: LEN, got: LEN - 1 };
    assert_eq!(Writer::new(&mut memory[..LEN - 1], Kind::LearnerState, 1, &specs()).err(), Some(short));
    let version = Error::OutOfRange { field: Field::Header, index: 10 };
    assert_eq!(Writer::new(&mut memory, Kind::LearnerState, 0, &specs()).err(), Some(version));
    let huge = [SectionSpec::of::<f64>(1, usize::MAX / 2)];
    assert_eq!(
        Writer::new(&mut memory, Kind::LearnerState, 1, &huge).err(),
        Some(Error::TooLarge { field: Field::Size })
    );
    assert!(memory.iter().all(|byte| *byte == 0x77));

    let mut writer = Writer::new(&mut memory, Kind::LearnerState, 1, &specs()).unwrap();
    let wrong = |index| Err(Error::OutOfRange { field: Field::Sections, index });
    assert_eq!(writer.put([1.0_f64; 5]), wrong(0));
    assert_eq!(writer.put([1.0_f32; 4]), Err(Error::Length { field: Field::Sections, need: 5, got: 4 }));
    writer.put(FLOATS).unwrap();
    writer.put(BYTES).unwrap();
    assert_eq!(writer.finish().err(), Some(Error::Length { field: Field::Sections, need: 4, got: 2 }));
    assert!(Reader::unaligned(&memory).is_err(), "an unfinished container must not be accepted");

    let mut writer = Writer::new(&mut memory, Kind::LearnerState, 1, &[]).unwrap();
    assert_eq!(writer.put([1_u8]), wrong(0));
    assert_eq!(writer.finish().unwrap().len(), HEADER_LEN);
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Reader::new(&bytes).is_err());
    }

    /// Damage that the checksum does not see: the table is random, the checksum right. Whatever is accepted can be used.
    #[test]
    fn a_forged_table_never_reaches_outside(
        damage in prop::collection::vec((0..LEN, any::<u8>()), 1..6),
    ) {
        let mut memory = Aligned([0; 512]);
        sample(&mut memory.0);
        for (at, value) in damage {
            memory.0[at] = value;
        }
        sealed(&mut memory.0[..LEN]);
        if let Ok(reader) = Reader::new(&memory.0[..LEN]) {
            let ends: Vec<_> = reader.sections().map(|s| s.bytes().as_ptr_range()).collect();
            prop_assert!(ends.windows(2).all(|pair| pair[0].end <= pair[1].start));
            prop_assert_eq!(ends.len(), reader.section_count());
            for section in reader.sections() {
                let _ = section.values::<f32>();
                let _ = section.values::<u64>();
            }
        }
    }

    #[test]
    fn round_trip(
        words in prop::collection::vec(any::<u32>(), 0..20),
        halves in prop::collection::vec(any::<i16>(), 0..20),
        version in 1..u16::MAX,
    ) {
        let len = container_len(&[words.len() * 4, halves.len() * 2]);
        let mut memory = std::vec![0xff_u8; len + 8];
        let specs = [SectionSpec::of::<u32>(1, words.len()), SectionSpec::of::<i16>(2, halves.len())];
        let mut writer = Writer::new(&mut memory, Kind::SymbolicFactor, version, &specs).unwrap();
        writer.put(words.iter().copied()).unwrap();
        writer.put(halves.iter().copied()).unwrap();
        prop_assert_eq!(writer.finish().unwrap().len(), len);
        let reader = Reader::unaligned(&memory[..len]).unwrap();
        prop_assert_eq!(reader.version(), version);
        prop_assert_eq!(reader.find(1).unwrap().iter::<u32>().unwrap().collect::<Vec<_>>(), words);
        prop_assert_eq!(reader.find(2).unwrap().iter::<i16>().unwrap().collect::<Vec<_>>(), halves);
        prop_assert!(memory[len..].iter().all(|byte| *byte == 0xff));
    }
}
