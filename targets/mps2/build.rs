//! Puts the memory map of the board in the linker's path and tells the firmware how its SysTick runs.
//!
//! The board follows from the target; `MPS2_BOARD` overrides it (`microbit`, `mps2`, `an505`, `an547`).

use std::path::PathBuf;
use std::{env, fs};

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
}
