//! `tinysolve_thumb2`: a core whose only instruction set is Thumb-2, all of it. Stable Rust tells it neither from the Baseline of
//! Armv8-M nor from the 32-bit Arm of larger cores.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = env::var("TARGET").unwrap_or_default();
    if target.starts_with("thumbv7m-") || target.starts_with("thumbv7em-") || target.starts_with("thumbv8m.main-") {
        println!("cargo:rustc-cfg=tinysolve_thumb2");
    }
}
