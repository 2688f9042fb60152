//! Says which checks `cargo test` leaves out: a test without a harness, so that its lines are shown.

use std::process::Command;

const LEFT_OUT: &[(&str, &str)] = &[
    ("firmware on simulated Cortex-M0, M3, M4F, M7 and M33", "qemu-system-arm"),
    ("archives and the proof of no undefined and no panic symbol", "arm-none-eabi-ld"),
    ("C firmware that links the archives", "arm-none-eabi-gcc"),
    ("C and C++ programs under both compilers and the sanitizers", "clang"),
];

fn main() {
    for (check, tool) in LEFT_OUT {
        let is_here = Command::new(tool).arg("--version").output().is_ok();
        let state = if is_here { "is here" } else { "is missing; `cargo xtask setup` installs it" };
        println!("left out: {check} ({tool} {state})");
    }
    println!("left out: format, lints, header drift, sizes, instruction goals\n`cargo xtask test` runs them all");
}
