//! Real files with a few words, bytes or the end changed: refused, or converted to a container that computes what the slow
//! interpreter computes.
#![allow(clippy::std_instead_of_core, clippy::unwrap_used, missing_docs, reason = "a test")]

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use std::cell::Cell;
use std::path::PathBuf;
use tinysolve_host::convert::Aligned;
use tinysolve_host::{Options, convert, report};

/// Products above which a network is not run: hostile shapes are large.
const PRODUCTS: usize = 4_000_000;

fn file(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/models").join(name);
    std::fs::read(&path).unwrap()
}

/// One change.
#[derive(Clone, Debug)]
enum Change {
    Byte(usize, u8),
    /// A number that shapes, offsets and counts break at.
    Word(usize, u32),
    /// One word of the file in the place of another.
    Copy(usize, usize),
    Cut(usize),
}

fn change() -> impl Strategy<Value = Change> {
    let special =
        prop::sample::select(vec![0, 1, 2, 3, 4, 255, 256, 65_535, 65_536, 0x7fff_ffff, 0x8000_0000, u32::MAX]);
    prop_oneof![
        4 => (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        4 => (any::<usize>(), special).prop_map(|(at, word)| Change::Word(at, word)),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(to, from)| Change::Copy(to, from)),
        1 => any::<usize>().prop_map(Change::Cut),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let words = bytes.len() / 4;
    match *change {
        _ if words == 0 => {}
        Change::Byte(at, byte) => {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        Change::Word(at, word) => {
            let at = at % words * 4;
            bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
        }
        Change::Copy(to, from) => {
            let (to, from) = (to % words * 4, from % words * 4);
            bytes.copy_within(from..from + 4, to);
        }
        Change::Cut(len) => bytes.truncate(len % bytes.len()),
    }
}

/// Whether the file was converted.
fn convert_and_run(bytes: &[u8], changes: &[Change]) -> bool {
    let mut bytes = bytes.to_vec();
    changes.iter().for_each(|change| apply(&mut bytes, change));
    let Ok(converted) = convert(&bytes, &Options::default()) else { return false };
    let aligned = Aligned::new(&converted.container);
    let model = aligned.model().unwrap();
    let layers = (0..model.layer_count()).filter_map(|k| model.layer(k));
    let products: usize = layers.map(|layer| layer.pixels() * report::stored(&layer, &model).max(1)).sum();
    if products < PRODUCTS && model.arena_len() < 1 << 20 {
        converted.self_test(1).unwrap();
    }
    true
}

#[test]
fn changed_files() {
    let long = std::env::var("TINYSOLVE_LONG").is_ok_and(|long| long == "1");
    for (name, cases) in [("hello_world_int8.tflite", 900), ("micro_speech_quantized.tflite", 100)] {
        let bytes = file(name);
        let config = ProptestConfig {
            cases: if long { 100 * cases } else { cases },
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let count = Cell::new((0_usize, 0_usize));
        runner
            .run(&prop::collection::vec(change(), 1..4), |changes| {
                let (yes, all) = count.get();
                count.set((yes + usize::from(convert_and_run(&bytes, &changes)), all + 1));
                Ok(())
            })
            .unwrap();
        let (accepted, seen) = count.get();
        assert!(accepted * 20 > seen && accepted < seen, "{name}: {accepted} of {seen} accepted");
    }
}
