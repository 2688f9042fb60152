//! Puts the memory map of the board in the linker's path and tells the firmware how its SysTick runs.
//!
//! The board follows from the target; `MPS2_BOARD` overrides it (`microbit`, `mps2`, `an505`, `an547`).

use std::path::{Path, PathBuf};
use std::{env, fs};

use tinysolve_host::convert::Aligned;
use tinysolve_host::{Options, convert};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=memory");
    println!("cargo:rerun-if-env-changed=MPS2_BOARD");
    println!("cargo:rustc-check-cfg=cfg(firmware, softfp, roomy)");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("none") {
        return;
    }
    println!("cargo:rustc-cfg=firmware");
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    if env::var("CARGO_CFG_TARGET_ABI").as_deref() == Ok("eabi") && flags.contains("target-cpu=cortex-m4") {
        println!("cargo:rustc-cfg=softfp");
    }
    let target = env::var("TARGET").expect("cargo sets TARGET");
    let board = env::var("MPS2_BOARD").ok().filter(|board| !board.is_empty()).unwrap_or_else(|| {
        match target.split('-').next() {
            Some("thumbv6m") => "microbit",
            Some("thumbv8m.main") => "an505",
            _ => "mps2",
        }
        .into()
    });
    // SysTick on the core clock, kHz.
    let clock = match board.as_str() {
        "microbit" => 16_000,
        "mps2" => 25_000,
        "an505" => 20_000,
        "an547" => 32_000,
        other => panic!("MPS2_BOARD={other}: known boards are microbit, mps2, an505, an547"),
    };
    println!("cargo:rustc-env=MPS2_CLOCK_KHZ={clock}");
    println!("cargo:rustc-env=MPS2_BOARD={board}");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::copy(format!("memory/{board}.x"), out.join("memory.x")).expect("memory map copied");
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    // Without it the loader would see a text segment that is not aligned to its page size.
    println!("cargo:rustc-link-arg-bins=--nmagic");
    if board != "microbit" {
        println!("cargo:rustc-cfg=roomy");
    }
    models(&out, &board);
}

/// The models of the repository, those behind a slash with layers that round once as LiteRT does: name, goal in million
/// instructions, goal for the arena in bytes, how many of the golden samples are run where not all are.
const MODELS: &[(&str, &str, &str, usize)] = &[
    ("hello_world_int8", "", "", 24),
    ("hello_world_int8/single", "", "", 24),
    ("kws_ref_model", "4.5", "18304", 13),
    ("micro_speech_quantized", "", "", 12),
    ("ad01_int8", "0.36", "2048", 8),
    ("ad01_int8/single", "", "", 8),
    ("pretrainedResnet_quant", "15", "53760", 2),
    ("vww_96_int8", "10", "59904", 1),
];

/// Flash and RAM that models may take.
fn room(board: &str) -> [usize; 2] {
    match board {
        "microbit" => [160 << 10, 4 << 10],
        "an547" => [416 << 10, 256 << 10],
        _ => [3 << 20, 1 << 20],
    }
}

/// Converts the models and writes them, their golden samples and the checksums of all layers as tables of Rust.
fn models(out: &Path, board: &str) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/models");
    println!("cargo:rerun-if-changed={}", data.display());
    let read = |path: PathBuf| fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let manifest: serde_json::Value =
        serde_json::from_slice(&read(data.join("golden/manifest.json"))).expect("the manifest is JSON");
    let [flash, ram] = room(board);
    let (mut table, mut left_out, mut arena, mut used) = (String::new(), String::new(), 0, 0);
    for (name, goal, arena_goal, few) in MODELS {
        let (stem, single) = name.split_once('/').map_or((*name, false), |(stem, _)| (stem, true));
        let file = read(data.join(format!("{stem}.tflite")));
        let convert = |keep_channels| {
            let single = if single { vec!["FULLY_CONNECTED".to_owned()] } else { Vec::new() };
            let options = Options { keep_channels, single, ..Options::default() };
            convert(&file, &options).unwrap_or_else(|error| panic!("{name}: {error:#}"))
        };
        let (folded, whole) = (convert(false), convert(true));
        let needs = |container: &[u8]| Aligned::new(container).model().map_or(usize::MAX, |model| model.arena_len());
        let need = needs(&folded.container).max(needs(&whole.container));
        let inputs = read(data.join(format!("golden/{stem}.in.bin")));
        let end = if single { "out.litert_ref" } else { "out" };
        let outputs = read(data.join(format!("golden/{stem}.{end}.bin")));
        let same = folded.container == whole.container;
        let bytes = folded.container.len() + if same { 0 } else { whole.container.len() } + inputs.len();
        if need > ram || used + bytes > flash {
            left_out += &format!("    (\"{name}\", {need}, {bytes}),\n");
            continue;
        }
        (arena, used) = (arena.max(need), used + bytes);
        let write = |end: &str, bytes: &[u8]| {
            let file = format!("{}.{end}", name.replace('/', "_"));
            fs::write(out.join(&file), bytes).expect("table written");
            format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\"))")
        };
        let aligned = |end: &str, bytes: &[u8]| {
            let include = write(end, bytes);
            format!("{{ static MODEL: Aligned<{}> = Aligned(*{include}); &MODEL.0 }}", bytes.len())
        };
        let samples =
            manifest.as_array().and_then(|all| all.iter().find(|one| one["model"] == format!("{stem}.tflite")));
        let samples = samples.and_then(|one| one["samples"].as_array()).expect("samples of the model");
        let checksum = |sample: &serde_json::Value, index: usize| {
            let text = sample["op_output_crc32"][index].as_str().expect("a checksum for each operator");
            u32::from_str_radix(text, 16).expect("hexadecimal")
        };
        // The checksums of layers are those of rounding twice.
        let known = if single { &[][..] } else { &samples[..] };
        let checksums: Vec<u32> =
            known.iter().flat_map(|sample| whole.graph.nodes.iter().map(|node| checksum(sample, node.index))).collect();
        table += &format!(
            "    Entry {{ name: \"{name}\", goal: \"{goal}\", arena_goal: \"{arena_goal}\", few: {few},\n        \
             folded: {},\n        whole: {},\n        inputs: {}, outputs: {},\n        checksums: &{checksums:?} }},\n",
            aligned("ts", &folded.container),
            if same { "&[]".into() } else { aligned("whole", &whole.container) },
            write("in", &inputs),
            write("out", &outputs),
        );
    }
    let text = format!(
        "pub(crate) const ARENA: usize = {arena};\n\
         pub(crate) const MODELS: &[Entry] = &[\n{table}];\n\
         pub(crate) const LEFT_OUT: &[(&str, usize, usize)] = &[\n{left_out}];\n"
    );
    fs::write(out.join("models.rs"), text).expect("table written");
}
