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
    println!("cargo:rustc-check-cfg=cfg(firmware, softfp)");
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
    models(&out);
}

/// Converts the models of the repository: name, goal in million instructions, golden samples kept.
fn models(out: &Path) {
    const MODELS: &[(&str, &str, usize)] = &[
        ("hello_world_int8", "", 24),
        ("kws_ref_model", "4.5", 2),
        ("ad01_int8", "0.36", 2),
        ("micro_speech_quantized", "", 2),
        ("pretrainedResnet_quant", "15", 1),
        ("vww_96_int8", "10", 1),
    ];
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/models");
    println!("cargo:rerun-if-changed={}", data.display());
    let (mut table, mut arena) = (String::new(), 0);
    for (name, goal, samples) in MODELS {
        let read = |path: PathBuf| fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file = read(data.join(format!("{name}.tflite")));
        let converted = convert(&file, &Options::default()).unwrap_or_else(|error| panic!("{name}: {error:#}"));
        let aligned = Aligned::new(&converted.container);
        let model = aligned.model().unwrap_or_else(|error| panic!("{name}: {error:#}"));
        arena = arena.max(model.arena_len());
        let golden = |end: &str, len: u32| {
            let mut bytes = read(data.join(format!("golden/{name}.{end}.bin")));
            bytes.truncate(samples * len as usize);
            fs::write(out.join(format!("{name}.{end}")), bytes).expect("sample written");
        };
        golden("in", model.shape().input_len);
        golden("out", model.shape().output_len);
        fs::write(out.join(format!("{name}.ts")), &converted.container).expect("container written");
        let include = |end: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.{end}\"))");
        table += &format!(
            "    (\"{name}\", \"{goal}\", {{ static MODEL: Aligned<{}> = Aligned(*{}); &MODEL.0 }}, {}, {}),\n",
            converted.container.len(),
            include("ts"),
            include("in"),
            include("out"),
        );
    }
    let text = format!(
        "pub(crate) const ARENA: usize = {arena};\n\
         pub(crate) const MODELS: &[(&str, &str, &[u8], &[u8], &[u8])] = &[\n{table}];\n"
    );
    fs::write(out.join("models.rs"), text).expect("table written");
}
