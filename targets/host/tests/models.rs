//! Real models on their golden inputs: every byte of every layer, both ways of rounding, and what is refused.
#![allow(clippy::std_instead_of_core, clippy::unwrap_used, missing_docs, reason = "a test")]

use serde_json::Value;
use std::path::PathBuf;
use tinysolve::container::{Reader, crc32};
use tinysolve::net::{Event, Inference, Model, Slots, Tag};
use tinysolve::solve::Step;
use tinysolve::{Error, Field};
use tinysolve_host::convert::{Aligned, arena, view};
use tinysolve_host::{Converted, Options, convert, include, report};

fn data(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/models").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn signed(bytes: &[u8]) -> Vec<i8> {
    bytes.iter().map(|byte| byte.cast_signed()).collect()
}

fn manifest() -> Vec<Value> {
    serde_json::from_slice::<Value>(&data("golden/manifest.json")).unwrap().as_array().unwrap().clone()
}

/// Runs every sample; answers the outputs, and calls `check` with sample, operator and output of each layer.
fn run(converted: &Converted, inputs: &[u8], mut check: impl FnMut(usize, usize, &[i8])) -> Vec<u8> {
    let aligned = Aligned::new(&converted.container);
    let model = aligned.model().unwrap();
    let mut memory = arena(&model);
    let mut inference = Inference::new(&model, view(&mut memory)).unwrap();
    let mut out = Vec::new();
    for (sample, input) in inputs.chunks(model.shape().input_len as usize).enumerate() {
        inference.restart();
        inference.input_mut().copy_from_slice(&signed(input));
        for (k, node) in converted.graph.nodes.iter().enumerate() {
            let step = inference.step();
            assert_eq!(step == Step::Running, k + 1 < model.layer_count());
            check(sample, node.index, inference.layer_output(k));
        }
        out.extend(inference.output().iter().map(|byte| byte.cast_unsigned()));
    }
    out
}

#[test]
fn every_layer_of_every_model() {
    let long = std::env::var("TINYSOLVE_LONG").is_ok_and(|long| long == "1");
    for entry in manifest() {
        let name = entry["model"].as_str().unwrap();
        let stem = name.strip_suffix(".tflite").unwrap();
        let mut inputs = data(&format!("golden/{stem}.in.bin"));
        let mut outputs = data(&format!("golden/{stem}.out.bin"));
        let file = data(name);
        let all = entry["samples"].as_array().unwrap().len();
        let (input, output) = (inputs.len() / all, outputs.len() / all);
        // The large models take seconds a sample without optimisation.
        let few = if long || input < 3000 { all } else { 2 };
        inputs.truncate(few * input);
        outputs.truncate(few * output);
        let whole = convert(&file, &Options { keep_channels: true, ..Options::default() }).unwrap();
        let samples = entry["samples"].as_array().unwrap();
        let mut compared = 0;
        let got = run(&whole, &inputs, |sample, operator, out| {
            let bytes: Vec<u8> = out.iter().map(|byte| byte.cast_unsigned()).collect();
            let crc = format!("{:08x}", crc32(&bytes));
            assert_eq!(
                samples[sample]["op_output_crc32"][operator], crc,
                "{name}, sample {sample}, operator {operator}"
            );
            compared += 1;
        });
        assert_eq!(compared, few * whole.graph.nodes.len());
        assert_eq!(got, outputs, "{name}");
        for dense in [false, true] {
            let folded = convert(&file, &Options { dense, ..Options::default() }).unwrap();
            assert_eq!(run(&folded, &inputs, |_, _, _| {}), outputs, "{name}, channels left out");
        }
    }
}

#[test]
fn fully_connected_layers_that_round_once() {
    for stem in ["ad01_int8", "hello_world_int8"] {
        let options = Options { single: vec!["FULLY_CONNECTED".into()], ..Options::default() };
        let converted = convert(&data(&format!("{stem}.tflite")), &options).unwrap();
        let got = run(&converted, &data(&format!("golden/{stem}.in.bin")), |_, _, _| {});
        assert_eq!(got, data(&format!("golden/{stem}.out.litert_ref.bin")), "{stem}");
        assert_ne!(got, data(&format!("golden/{stem}.out.bin")), "{stem}: rounding makes no difference");
    }
}

#[test]
fn memory_is_as_planned() {
    for (stem, activations, scratch) in [
        ("kws_ref_model", 16_000, 2_304),
        ("vww_96_int8", 55_296, 4_608),
        ("pretrainedResnet_quant", 49_152, 4_608),
        ("ad01_int8", 768, 1_280),
    ] {
        let converted = convert(&data(&format!("{stem}.tflite")), &Options::default()).unwrap();
        let aligned = Aligned::new(&converted.container);
        let shape = *aligned.model().unwrap().shape();
        assert!(shape.activations <= activations && shape.scratch <= scratch, "{stem}: {shape:?}");
        assert!(report::report(&aligned.model().unwrap(), aligned.bytes().len()).contains("arena"));
    }
    let vww = convert(&data("vww_96_int8.tflite"), &Options::default()).unwrap();
    assert!(vww.removed > 1000, "{} channels left out", vww.removed);
}

/// Guard bytes around the arena stay, and what is too short, misaligned or not there is refused before anything is written.
#[test]
fn an_inference_keeps_to_its_arena() {
    let converted = convert(&data("kws_ref_model.tflite"), &Options::default()).unwrap();
    let aligned = Aligned::new(&converted.container);
    let model = aligned.model().unwrap();
    let mut memory = vec![[0x3c_i8; 16]; model.arena_len().div_ceil(16) + 2];
    let bytes = view(&mut memory);
    let len = model.arena_len();
    let short = Inference::new(&model, &mut bytes[16..15 + len]).err();
    assert_eq!(short, Some(Error::Length { field: Field::Arena, need: len, got: len - 1 }));
    assert_eq!(Inference::new(&model, &mut bytes[17..17 + len]).err(), Some(Error::Misaligned { field: Field::Arena }));
    let beyond = Error::OutOfRange { field: Field::Layers, index: 99 };
    assert_eq!(Inference::resume(&model, &mut bytes[16..16 + len], 99).err(), Some(beyond));
    assert!(bytes.iter().all(|byte| *byte == 0x3c));
    let mut events = Vec::new();
    let mut inference = Inference::new(&model, &mut bytes[16..16 + len]).unwrap();
    inference.run_profiled(|event| events.push(event));
    assert_eq!(inference.step(), Step::Converged);
    assert_eq!(events.len(), 2 * model.layer_count());
    assert!(events.chunks(2).enumerate().all(|(k, pair)| {
        matches!(pair, [Event { layer, done: false, .. }, Event { layer: same, done: true, .. }] if *layer == k && *same == k)
    }));
    assert!(bytes[..16].iter().chain(&bytes[16 + len..]).all(|byte| *byte == 0x3c));
}

#[test]
fn two_slots() {
    let models: Vec<Aligned> = ["hello_world_int8.tflite", "ad01_int8.tflite"]
        .iter()
        .map(|name| Aligned::new(&convert(&data(name), &Options::default()).unwrap().container))
        .collect();
    let mut slots = Slots::new(models[0].model().unwrap(), models[0].model().unwrap());
    slots.replace(models[1].model().unwrap());
    assert_eq!((slots.active(), slots.current().layer_count()), (0, 3));
    slots.swap();
    assert_eq!((slots.active(), slots.current().layer_count()), (1, 10));
    assert_eq!(slots.arena_len(), 2048);
    slots.swap();
    assert_eq!(slots.current().layer_count(), 3);
}

/// Two models take turns in one arena, each inference with the model that is in use when it begins.
#[test]
fn models_share_an_arena() {
    let names = ["hello_world_int8", "ad01_int8"];
    let containers = names
        .map(|name| Aligned::new(&convert(&data(&format!("{name}.tflite")), &Options::default()).unwrap().container));
    let slots = Slots::new(containers[0].model().unwrap(), containers[1].model().unwrap());
    let mut memory = vec![[0x55_i8; 16]; slots.arena_len().div_ceil(16)];
    for turn in 0..16 {
        let (name, sample) = (names[slots.active()], turn / 2);
        let model = *slots.current();
        let mut inference = Inference::new(&model, view(&mut memory)).unwrap();
        // What comes now is for the inference after this one.
        slots.swap();
        let part = |end: &str, len: u32| {
            let (bytes, len) = (data(&format!("golden/{name}.{end}.bin")), len as usize);
            signed(&bytes[sample * len..(sample + 1) * len])
        };
        inference.input_mut().copy_from_slice(&part("in", model.shape().input_len));
        assert_eq!(inference.run(), part("out", model.shape().output_len), "{name}, sample {sample}");
    }
}

/// Every byte of a small model changed: refused by the checksum; and with the checksum put right, refused or harmless.
#[test]
fn damaged_models() {
    let converted = convert(&data("hello_world_int8.tflite"), &Options::default()).unwrap();
    let good = converted.container;
    let mut accepted = 0;
    for at in 0..good.len() {
        for change in [1, 0x80, 0xff] {
            let mut bad = good.clone();
            bad[at] ^= change;
            assert!(Aligned::new(&bad).model().is_err(), "byte {at}");
            let crc = [&bad[..20], &bad[24..]].concat();
            let crc = crc32(&crc).to_le_bytes();
            bad[20..24].copy_from_slice(&crc);
            let aligned = Aligned::new(&bad);
            let Ok(model) = aligned.model() else { continue };
            if model.arena_len() > 1 << 20 {
                continue;
            }
            accepted += 1;
            let mut memory = arena(&model);
            let mut inference = Inference::new(&model, view(&mut memory)).unwrap();
            inference.run();
        }
    }
    assert!(accepted > 100, "{accepted} accepted: the checks say no to everything");
    for len in 0..good.len() {
        assert!(Aligned::new(&good[..len]).model().is_err());
    }
}

/// Columns that only fill up a row of the window have weights of zero, or the bytes behind it would count.
#[test]
fn padding_has_no_weight() {
    let good = convert(&data("hello_world_int8.tflite"), &Options::default()).unwrap().container;
    let aligned = Aligned::new(&good);
    let layer = aligned.model().unwrap().layer(0).unwrap();
    let reader = Reader::new(aligned.bytes()).unwrap();
    let weights = reader.find(Tag::Weights as u32).unwrap().values::<i8>().unwrap();
    let start = weights.as_ptr().addr() - aligned.bytes().as_ptr().addr() + layer.weights as usize;
    assert_eq!((layer.columns, layer.shape), (4, [1, 1, 1]));
    for k in 0..64 {
        let mut bad = good.clone();
        bad[start + k] ^= 1;
        let crc = crc32(&[&bad[..20], &bad[24..]].concat()).to_le_bytes();
        bad[20..24].copy_from_slice(&crc);
        let refused = Model::new(Aligned::new(&bad).bytes()).err();
        let expected = Error::OutOfRange { field: Field::Weights, index: 0 };
        assert_eq!(refused, (k % 4 != 0).then_some(expected), "weight {k}");
    }
}

/// A file with any byte changed is converted or refused, and never anything else.
#[test]
fn damaged_files() {
    let file = data("hello_world_int8.tflite");
    for at in 0..file.len() {
        for change in [1, 0x80, 0xff] {
            let mut bad = file.clone();
            bad[at] ^= change;
            let _ = convert(&bad, &Options::default());
        }
    }
    for len in 0..file.len() {
        let _ = convert(&file[..len], &Options::default());
    }
}

#[test]
fn refusals_name_what_they_refuse() {
    let say = |bytes: &[u8]| format!("{:#}", convert(bytes, &Options::default()).unwrap_err());
    assert!(say(b"no").contains("not a .tflite file"));
    let unknown = Options { single: vec!["CONV_3D".into()], ..Options::default() };
    let error = convert(&data("hello_world_int8.tflite"), &unknown).unwrap_err();
    assert!(format!("{error:#}").contains("CONV_3D"));
}

#[test]
fn source_text() {
    let text = include::rust(&[1, 2, 3], 64, "a.tflite");
    assert!(text.contains("pub const ARENA: usize = 64;") && text.contains("Aligned<3>"));
    let text = include::c(&[1, 2, 3], 64, "a.tflite", "a");
    assert!(text.contains("#define A_ARENA 64u") && text.contains("a_model[A_LEN]"));
}
