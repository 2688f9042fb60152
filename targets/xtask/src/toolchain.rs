//! Where things are, and which of two ways builds for a chip.
//!
//! Normally rustup's stable toolchain has the thumb targets. Where they cannot be installed, Debian's own compiler
//! builds `core` from source; everything else is the same. Every verb that cross-compiles asks [`Toolchain::cargo_for`].

use crate::abi::Abi;
use crate::shell;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set to 1 to take Debian's compiler although rustup's targets are there.
pub(crate) const FORCE_BUILD_STD: &str = "XTASK_FORCE_BUILD_STD";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// How code for a chip is built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cross {
    /// The toolchain in use has the target's `core`.
    Prebuilt,
    /// Debian's compiler and `core` from source.
    BuildStd,
}

/// Paths of this checkout.
pub(crate) struct Toolchain {
    /// What `cargo metadata` says of the workspace.
    metadata: Value,
    pub(crate) root: PathBuf,
    pub(crate) target_dir: PathBuf,
    /// The toolchain's own folder.
    pub(crate) sysroot: PathBuf,
}

impl Toolchain {
    /// Looks around with `cargo metadata`.
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
        let json = shell::read(
            Command::new(cargo()).args(["metadata", "--no-deps", "--format-version=1"]).current_dir(&root),
        )?;
        let metadata: Value = serde_json::from_str(&json)?;
        let target_dir = metadata["target_directory"].as_str().context("cargo metadata names no target directory")?;
        let sysroot = shell::read(Command::new("rustc").args(["--print", "sysroot"]).current_dir(&root))?;
        let target_dir = target_dir.into();
        Ok(Self { metadata, root, target_dir, sysroot: sysroot.trim().into() })
    }

    /// Where what is shipped goes.
    pub(crate) fn dist(&self) -> PathBuf {
        self.target_dir.join("dist")
    }

    /// Whether a package of the workspace has a program of this name.
    pub(crate) fn has_binary(&self, package: &str, binary: &str) -> Result<bool> {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let packages = list(&self.metadata["packages"]);
        let package = packages
            .iter()
            .find(|found| found["name"] == package)
            .with_context(|| format!("the workspace has no package {package}"))?;
        let is_bin = |target: &Value| list(&target["kind"]).iter().any(|kind| kind == "bin");
        Ok(list(&package["targets"]).iter().any(|target| target["name"] == binary && is_bin(target)))
    }

    /// The oldest compiler the workspace promises to build with.
    pub(crate) fn rust_version(&self) -> Result<String> {
        let version = self.metadata["packages"][0]["rust_version"].as_str();
        version.map(str::to_owned).context("the workspace names no rust-version")
    }

    /// A program with this checkout as its folder.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Cargo for the host.
    pub(crate) fn cargo(&self) -> Command {
        self.command(&cargo())
    }

    /// The host's target triple.
    pub(crate) fn host(&self) -> Result<String> {
        let text = shell::read(self.command("rustc").arg("-vV"))?;
        let host = text.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc -vV names no host")?;
        Ok(host.to_owned())
    }

    /// Which way builds for `target`, `None` when neither can.
    pub(crate) fn cross(&self, target: &str) -> Option<Cross> {
        if env::var(FORCE_BUILD_STD).is_ok_and(|value| value == "1") {
            return debian_can_build_std().then_some(Cross::BuildStd);
        }
        if self.sysroot.join("lib/rustlib").join(target).join("lib").is_dir() {
            return Some(Cross::Prebuilt);
        }
        debian_can_build_std().then_some(Cross::BuildStd)
    }

    /// `cargo VERB --target ..` for a chip: the same flags in every verb, so that nothing is built twice.
    pub(crate) fn cargo_for(&self, abi: &Abi, verb: &str) -> Result<Command> {
        self.cargo_with(&[abi], verb, &[])
    }

    /// The same for several chips in one call, which then share the cores, and with more flags for rustc.
    pub(crate) fn cargo_with(&self, abis: &[&Abi], verb: &str, more: &[&str]) -> Result<Command> {
        let mut cross = Cross::Prebuilt;
        for abi in abis {
            cross = match self.cross(abi.target) {
                Some(Cross::Prebuilt) => cross,
                Some(Cross::BuildStd) => Cross::BuildStd,
                None => bail!("no compiler for {}: `cargo xtask setup` installs one", abi.target),
            };
        }
        let mut command = match cross {
            Cross::Prebuilt => self.cargo(),
            Cross::BuildStd => {
                let mut command = self.command(DEBIAN_CARGO);
                command.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
                // A compiler's leftovers from the cargo that runs this program.
                for name in ["CARGO", "RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTDOC", "LD_LIBRARY_PATH"] {
                    command.env_remove(name);
                }
                command
            }
        };
        command.arg(verb);
        if cross == Cross::BuildStd {
            command.arg("-Zbuild-std=core");
        }
        // Flags of one target each; what stands for all targets would hide them.
        command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        for abi in abis {
            let mut flags: Vec<String> = more.iter().map(|&flag| flag.into()).collect();
            flags.extend(abi.cpu.map(|cpu| format!("-Ctarget-cpu={cpu}")));
            if cross == Cross::BuildStd {
                flags.extend(["-Clinker=arm-none-eabi-ld".into(), "-Clinker-flavor=ld".into()]);
            }
            let variable = abi.target.to_uppercase().replace(['-', '.'], "_");
            command.args(["--target", abi.target]);
            command.env(format!("CARGO_TARGET_{variable}_RUSTFLAGS"), flags.join(" "));
        }
        Ok(command)
    }

    /// Name and version of the compiler for a chip, for the head of a table.
    pub(crate) fn rustc_version(&self, abi: &Abi) -> Result<String> {
        let rustc = if self.cross(abi.target) == Some(Cross::BuildStd) { DEBIAN_RUSTC } else { "rustc" };
        let text = shell::read(self.command(rustc).arg("--version"))?;
        Ok(text.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
    }
}

/// The cargo that runs us.
fn cargo() -> String {
    env::var("CARGO").unwrap_or_else(|_| "cargo".into())
}

/// Whether Debian's compiler, its library sources and a linker are there.
pub(crate) fn debian_can_build_std() -> bool {
    let here = |path: &str| Path::new(path).exists();
    let sources = Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]).output().is_ok_and(|output| {
        let sysroot = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Path::new(&sysroot).join("lib/rustlib/src/rust/library/core").exists()
    });
    here(DEBIAN_CARGO)
        && here(DEBIAN_RUSTC)
        && sources
        && !debian_is_too_old()
        && which::which("arm-none-eabi-ld").is_ok()
}

/// Whether Debian's compiler is there and older than the oldest that this workspace takes.
pub(crate) fn debian_is_too_old() -> bool {
    let text = shell::read(Command::new(DEBIAN_RUSTC).arg("--version")).unwrap_or_default();
    let here = text.split_whitespace().nth(1).and_then(|version| semver::Version::parse(version).ok());
    let oldest = semver::Version::parse(concat!(env!("CARGO_PKG_RUST_VERSION"), ".0"));
    matches!((here, oldest), (Some(here), Ok(oldest)) if here < oldest)
}
