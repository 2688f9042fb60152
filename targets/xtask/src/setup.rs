//! `cargo xtask setup`: installs what is missing and nothing else.

use crate::abi::ABIS;
use crate::shell;
use crate::toolchain::{FORCE_BUILD_STD, Toolchain, debian_can_build_std, debian_is_too_old};
use anyhow::{Result, bail};
use std::env;
use std::process::Command;

/// Installs what is missing; quick when nothing is. What needs root and has it not is printed as a command to copy.
#[derive(clap::Args, Default)]
pub(crate) struct Arguments {
    /// Only say what is missing.
    #[arg(long)]
    check: bool,
}

/// A tool, how to see that it is there, and the Debian packages it comes in.
struct Tool {
    name: &'static str,
    here: fn() -> bool,
    packages: &'static [&'static str],
}

fn found(program: &str) -> bool {
    which::which(program).is_ok()
}

/// Compiles an empty program, so that headers and runtime libraries are asked for, not only the driver.
fn compiles(compiler: &str, flags: &[&str]) -> bool {
    let probe = env::temp_dir().join(format!("tinysolve-probe-{}-{}", compiler.replace('/', "_"), std::process::id()));
    let source = probe.with_extension("c");
    if std::fs::write(&source, "#include <stdint.h>\n#include <stdio.h>\nint main(void) { return 0; }\n").is_err() {
        return false;
    }
    let good = shell::succeeds(Command::new(compiler).args(flags).arg(&source).arg("-o").arg(&probe));
    for file in [&source, &probe] {
        // A file that is not there needs no removing.
        let _ = std::fs::remove_file(file);
    }
    good
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "arm-none-eabi-gcc with newlib",
        here: || compiles("arm-none-eabi-gcc", &["--specs=rdimon.specs", "-mcpu=cortex-m3", "-mthumb"]),
        packages: &["gcc-arm-none-eabi", "libnewlib-arm-none-eabi", "binutils-arm-none-eabi"],
    },
    Tool { name: "qemu-system-arm", here: || found("qemu-system-arm"), packages: &["qemu-system-arm"] },
    Tool {
        name: "gcc with sanitizers",
        here: || compiles("gcc", &["-fsanitize=address,undefined"]) && found("g++") && found("objcopy"),
        packages: &["gcc", "g++", "binutils", "libc6-dev"],
    },
    Tool {
        name: "clang with sanitizers",
        here: || compiles("clang", &["-fsanitize=address,undefined"]) && found("clang++"),
        packages: &["clang", "libclang-rt-dev"],
    },
];

pub(crate) fn run(tools: &Toolchain, arguments: &Arguments) -> Result<()> {
    let mut manual = Vec::new();
    let mut packages = Vec::new();
    for tool in TOOLS {
        if (tool.here)() {
            println!("here     {}", tool.name);
        } else {
            println!("missing  {}", tool.name);
            packages.extend(tool.packages);
        }
    }
    let force = env::var(FORCE_BUILD_STD).is_ok_and(|value| value == "1");
    let targets: Vec<_> = ABIS.iter().map(|abi| abi.target).collect();
    let missing = |tools: &Toolchain| targets.iter().any(|target| tools.cross(target).is_none());
    if missing(tools) && !force && !arguments.check {
        // A toolchain that is not rustup's, or no way to the server: the next lines take the other way.
        let _ = shell::run(tools.command("rustup").args(["target", "add"]).args(&targets));
    }
    if missing(tools) {
        println!("missing  thumb targets: rustup has them not, taking Debian's compiler and its sources");
        packages.extend(["rustc-web", "cargo-web", "rust-web-src"]);
    } else {
        println!("here     thumb targets{}", if force { " (Debian's compiler, core from source)" } else { "" });
    }
    for (component, program) in [("rustfmt", "rustfmt"), ("clippy", "cargo-clippy")] {
        if shell::succeeds(tools.command(program).arg("--version")) {
            println!("here     {component}");
        } else if arguments.check || shell::run(tools.command("rustup").args(["component", "add", component])).is_err()
        {
            println!("missing  {component}");
            manual.push(format!("rustup component add {component}"));
        }
    }
    if !packages.is_empty() {
        packages.dedup();
        let command = format!("apt-get update && apt-get install -y --no-install-recommends {}", packages.join(" "));
        if arguments.check || !may_install() {
            manual.push(format!("sudo sh -c '{command}'"));
        } else {
            shell::run(tools.command("sh").env("DEBIAN_FRONTEND", "noninteractive").args(["-c", &command]))?;
            // A package that was there already, or a folder that is not in PATH, leaves a tool as missing as it was.
            let still: Vec<_> = TOOLS.iter().filter(|tool| !(tool.here)()).map(|tool| tool.name).collect();
            if !still.is_empty() {
                bail!("installed, but not found or not working: {}", still.join(", "));
            }
        }
    }
    if !manual.is_empty() {
        bail!("something is missing that this program may not install here; type:\n  {}", manual.join("\n  "));
    }
    if missing(tools) {
        let why = if debian_can_build_std() {
            ""
        } else if debian_is_too_old() {
            concat!(
                ": Debian's rustc-web is older than ",
                env!("CARGO_PKG_RUST_VERSION"),
                "; the suite bookworm-security has a newer one"
            )
        } else {
            ": /usr/bin/cargo, /usr/bin/rustc or their sources are not there"
        };
        bail!("no compiler for the thumb targets, although the packages are installed{why}");
    }
    Ok(())
}

/// Root, and Debian's package manager.
fn may_install() -> bool {
    let root = shell::read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    root && found("apt-get")
}
