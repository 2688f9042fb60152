//! Maps target and CPU to the cfgs that stable Rust does not offer.
//!
//! `tinysolve_softfp_vsqrt`: a soft-float calling convention on a core that has a single-precision FPU, that is
//! `thumbv7em-none-eabi` built with `-C target-cpu=cortex-m4` or `cortex-m7`.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let var = |name: &str| env::var(name).unwrap_or_default();
    let flags = var("CARGO_ENCODED_RUSTFLAGS");
    let cpu = flags
        .split('\u{1f}')
        .filter_map(|flag| flag.split_once("target-cpu="))
        .map(|(_, cpu)| cpu.to_owned())
        .next_back()
        .unwrap_or_default();
    let has_single_fpu = matches!(cpu.as_str(), "cortex-m4" | "cortex-m7" | "cortex-m33" | "cortex-m55");
    if var("CARGO_CFG_TARGET_ARCH") == "arm" && var("CARGO_CFG_TARGET_ABI") == "eabi" && has_single_fpu {
        println!("cargo:rustc-cfg=tinysolve_softfp_vsqrt");
    }
}
