//! Lays out the memory of the chip and names the linker scripts. Does nothing on the host.

use core::error::Error;
use std::env;
use std::fs;
use std::path::PathBuf;

/// Both chips have 112 KiB + 16 KiB of RAM in one piece; the 64 KiB of CCM of the STM32F405 are left alone.
const STM32F405RG: &str =
    "MEMORY { FLASH : ORIGIN = 0x08000000, LENGTH = 1024K  RAM : ORIGIN = 0x20000000, LENGTH = 128K }\n";
const STM32F446RE: &str =
    "MEMORY { FLASH : ORIGIN = 0x08000000, LENGTH = 512K  RAM : ORIGIN = 0x20000000, LENGTH = 128K }\n";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_ARCH")? != "arm" {
        return Ok(());
    }
    let with = |feature: &str| env::var_os(format!("CARGO_FEATURE_{feature}")).is_some();
    let memory = match (with("STM32F405"), with("STM32F446")) {
        (true, false) => STM32F405RG,
        (false, true) => STM32F446RE,
        _ => return Err("choose one chip: stm32f405 (default) or --no-default-features --features stm32f446".into()),
    };
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("memory.x"), memory)?;
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    // Without it the linker aligns segments to pages, and one may begin below the flash.
    println!("cargo:rustc-link-arg-bins=--nmagic");
    if !with("QEMU") {
        println!("cargo:rustc-link-arg-bins=-Tdefmt.x");
    }
    // The macros of defmt leave out whatever is below DEFMT_LOG, and without it all but errors.
    println!("cargo:rerun-if-env-changed=DEFMT_LOG");
    if env::var_os("DEFMT_LOG").is_none() {
        println!("cargo:rustc-env=DEFMT_LOG=info");
    }
    Ok(())
}
