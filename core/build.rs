//! Maps target and CPU to the cfgs that stable Rust does not offer.
//!
//! `tinysolve_softfp_vsqrt`: a soft-float calling convention on a core that has a single-precision FPU, that is
//! `thumbv7em-none-eabi` built with `-C target-cpu=cortex-m4` or `cortex-m7`.
//!
//! `tinysolve_dsp`: a core with the DSP extension. All of Armv7E-M has it; of Armv8-M the Cortex-M33 may, and is taken to
//! when it is named with `-C target-cpu` (one without it runs code for Armv7-M), and so may the Cortex-M55.
//!
//! `tinysolve_asm`: a core with the DSP extension, or the Cortex-M3: loops by hand.
//!
//! `tinysolve_helium`: a Cortex-M55 named so, taken to have the vector extension (one without it is named `cortex-m33`).

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
    let target = var("TARGET");
    let named = target.starts_with("thumbv8m.main") && matches!(cpu.as_str(), "cortex-m33" | "cortex-m55");
    if target.starts_with("thumbv7em") || named {
        println!("cargo:rustc-cfg=tinysolve_dsp");
    }
    if target.starts_with("thumbv7m") || target.starts_with("thumbv7em") || named {
        println!("cargo:rustc-cfg=tinysolve_asm");
    }
    if named {
        println!("cargo:rustc-cfg=tinysolve_dsp_v8m");
    }
    if named && cpu == "cortex-m55" {
        println!("cargo:rustc-cfg=tinysolve_helium");
    }
}
