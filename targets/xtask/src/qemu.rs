//! `cargo xtask qemu`: builds a firmware, runs it on a simulated core, compares what it says with its golden file.

use crate::abi::{ABIS, Abi, HELIUM};
use crate::parallel;
use crate::shell;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

/// Builds a firmware and runs it on a simulated core; exits with the firmware's own success or failure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The core: m0 (microbit), m0-mps2, m3, m4f, m4f-softfp, m7, m33, m55; or `all`.
    core: String,
    /// The firmware: a file of targets/mps2/src/bin.
    #[arg(default_value = "cases")]
    example: String,
    /// Rewrite the golden file beside the firmware's source.
    #[arg(long)]
    bless: bool,
    /// For the firmware; `cases` runs only the cases whose name contains this.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// A simulated core.
pub(crate) struct Core {
    pub(crate) name: &'static str,
    /// QEMU's machine.
    machine: &'static str,
    /// Our archive's name for its instruction set and calling convention.
    abi: &'static str,
    /// Memory map, see targets/mps2/memory.
    board: &'static str,
}

/// Every core; a new one is a line here, and a memory map if its board is new.
pub(crate) const CORES: &[Core] = &[
    Core { name: "m0", machine: "microbit", abi: "v6m", board: "microbit" },
    // What does not fit the microbit's 16 KiB runs as the same code on a board with room.
    Core { name: "m0-mps2", machine: "mps2-an385", abi: "v6m", board: "mps2" },
    Core { name: "m3", machine: "mps2-an385", abi: "v7m", board: "mps2" },
    Core { name: "m4f", machine: "mps2-an386", abi: "v7em-hf", board: "mps2" },
    Core { name: "m4f-softfp", machine: "mps2-an386", abi: "v7em-sf", board: "mps2" },
    Core { name: "m7", machine: "mps2-an500", abi: "v7em-hf", board: "mps2" },
    Core { name: "m33", machine: "mps2-an505", abi: "v8m-hf", board: "an505" },
    Core { name: "m55", machine: "mps3-an547", abi: HELIUM.name, board: "an547" },
];

impl Core {
    pub(crate) fn named(name: &str) -> Result<&'static Self> {
        CORES.iter().find(|core| core.name == name).with_context(|| {
            let known: Vec<_> = CORES.iter().map(|core| core.name).collect();
            format!("no core `{name}`; known cores: {}", known.join(", "))
        })
    }

    pub(crate) fn abi(&self) -> Result<&'static Abi> {
        let known = ABIS.iter().chain([&HELIUM]).find(|abi| abi.name == self.abi);
        known.with_context(|| format!("no binary interface {}", self.abi))
    }

    /// Whether its target has this memory map when targets/mps2/build.rs is not told another.
    fn is_default(&self) -> bool {
        let default = match self.abi {
            "v6m" => "microbit",
            "v8m-hf" => "an505",
            _ => "mps2",
        };
        self.board == default
    }

    pub(crate) fn board(&self) -> &'static str {
        self.board
    }
}

/// What a firmware said, and whether it was content.
pub(crate) struct Spoken {
    pub(crate) text: String,
    pub(crate) passed: bool,
}

pub(crate) fn run(tools: &Toolchain, arguments: &Arguments) -> Result<()> {
    let cores: Vec<&Core> =
        if arguments.core == "all" { CORES.iter().collect() } else { vec![Core::named(&arguments.core)?] };
    for core in cores {
        let firmware = build(tools, core, &arguments.example)?;
        let spoken = start(core, &firmware, &arguments.arguments)?;
        print!("{}", spoken.text);
        if !spoken.passed {
            bail!("{} failed on {}", arguments.example, core.name);
        }
        let golden = golden_path(tools, &arguments.example);
        if !arguments.arguments.is_empty() {
            println!(
                "{} on {}: a part of the firmware, not compared with its golden file",
                arguments.example, core.name
            );
        } else if arguments.bless {
            bless(&golden, &spoken.text)?;
        } else {
            compare(&golden, &spoken.text).with_context(|| format!("{} on {}", arguments.example, core.name))?;
            println!("{} on {}: as in the golden file", arguments.example, core.name);
        }
    }
    Ok(())
}

/// Firmware that does more when it is told `all`.
const LONG: &str = "models";

/// Builds and runs firmware on every core and holds it to its golden files.
pub(crate) fn check_all(tools: &Toolchain, names: &[&str], long: bool) -> Result<()> {
    // Where a target has the memory map it has by itself, all targets are built in one call, side by side.
    let (plain, other): (Vec<_>, Vec<_>) = CORES.iter().partition(|core| core.is_default());
    let mut images = build_together(tools, &plain, names)?;
    for core in other {
        images.extend(build_together(tools, &[core], names)?);
    }
    // What takes longest is begun first: floating point without an FPU.
    images.sort_by_key(|(core, name, _)| (*name != "cases", !["v6m", "v7m"].contains(&core.abi)));
    let spoken = parallel::map(&images, |(core, name, image)| {
        let text = said(core, name, image, long && *name == LONG)?;
        compare(&golden_path(tools, name), &text).with_context(|| format!("{name} on {}", core.name))?;
        let left_out = skipped(&text);
        let but = if left_out.is_empty() { String::new() } else { format!(", without {}", left_out.join(" ")) };
        Ok(format!("{name} on {}: as in the golden file{but}", core.name))
    })?;
    spoken.iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// What a firmware says on a core; once in a run, however many ask.
pub(crate) fn spoken(tools: &Toolchain, core: &Core, name: &str) -> Result<String> {
    let known = SAID.lock().ok().and_then(|said| said.get(&(core.name, name.to_owned())).cloned());
    known.map_or_else(|| said(core, name, &build(tools, core, name)?, false), Ok)
}

static SAID: Mutex<BTreeMap<(&str, String), String>> = Mutex::new(BTreeMap::new());

/// Runs a firmware that must pass.
fn said(core: &Core, name: &str, image: &Path, all: bool) -> Result<String> {
    let arguments = if all { &["all".to_owned()][..] } else { &[] };
    let spoken = start(core, image, arguments)?;
    if !spoken.passed {
        bail!("{name} failed on {}; it said:\n{}", core.name, spoken.text);
    }
    if let Ok(mut said) = SAID.lock() {
        said.insert((core.name, name.to_owned()), spoken.text.clone());
    }
    Ok(spoken.text)
}

/// Builds firmware `name` for `core`.
pub(crate) fn build(tools: &Toolchain, core: &Core, name: &str) -> Result<PathBuf> {
    let images = build_together(tools, &[core], &[name])?;
    images.into_iter().map(|(_, _, image)| image).next().context("nothing was built")
}

/// A firmware by its core and name.
type Image<'a> = (&'a Core, &'a str, PathBuf);

/// Builds firmware for cores that are all default for their targets, or for one that is not. A copy is kept by core,
/// because boards of one target share cargo's output path.
fn build_together<'a>(tools: &Toolchain, cores: &[&'a Core], names: &[&'a str]) -> Result<Vec<Image<'a>>> {
    let mut abis: Vec<&Abi> = Vec::new();
    for core in cores {
        let abi = core.abi()?;
        if abis.iter().all(|known| known.name != abi.name) {
            abis.push(abi);
        }
    }
    let mut cargo = tools.cargo_with(&abis, "build", &[])?;
    cargo.args(["--quiet", "-p", "mps2", "--profile", "chip"]).env_remove("MPS2_BOARD");
    for name in names {
        let source = tools.root.join("targets/mps2/src/bin").join(name).with_extension("rs");
        if !source.exists() {
            bail!("no firmware `{name}`: there is no {}", source.display());
        }
        cargo.args(["--bin", name]);
    }
    if let Some(core) = cores.iter().find(|core| !core.is_default()) {
        cargo.env("MPS2_BOARD", core.board);
    }
    shell::run(&mut cargo)?;
    let mut images = Vec::new();
    for core in cores {
        let folder = tools.dist().join("firmware").join(core.name);
        fs::create_dir_all(&folder)?;
        for name in names {
            let copy = folder.join(name);
            fs::copy(tools.target_dir.join(core.abi()?.target).join("chip").join(name), &copy)?;
            images.push((*core, *name, copy));
        }
    }
    Ok(images)
}

/// Runs a firmware; ten minutes at most, on a busy machine, or twenty with arguments for it or for QEMU, which may ask for more.
pub(crate) fn start(core: &Core, firmware: &Path, arguments: &[String]) -> Result<Spoken> {
    start_with(core, firmware, arguments, &[])
}

/// The same with more arguments for QEMU.
pub(crate) fn start_with(core: &Core, firmware: &Path, arguments: &[String], more: &[String]) -> Result<Spoken> {
    let mut semihosting = "enable=on,target=native,arg=firmware".to_owned();
    for argument in arguments {
        if argument.contains(',') {
            bail!("an argument for a firmware cannot contain a comma: {argument}");
        }
        semihosting += &format!(",arg={argument}");
    }
    let output = shell::read_within(
        Command::new("qemu-system-arm")
            .args(["-M", core.machine, "-display", "none", "-serial", "null", "-monitor", "none"])
            .args(["-icount", "shift=7", "-semihosting-config", &semihosting])
            .args(more)
            .arg("-kernel")
            .arg(firmware),
        Duration::from_secs(if arguments.is_empty() && more.is_empty() { 600 } else { 1200 }),
    )?;
    let complaints = String::from_utf8_lossy(&output.stderr);
    if !complaints.is_empty() {
        eprint!("{complaints}");
    }
    Ok(Spoken { text: String::from_utf8_lossy(&output.stdout).into_owned(), passed: output.status.success() })
}

pub(crate) fn golden_path(tools: &Toolchain, name: &str) -> PathBuf {
    tools.root.join("targets/mps2/src/bin").join(name).with_extension("golden")
}

/// Lines that must be the same on every core: not the counts, not the remarks.
fn lasting(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !["row ", "note ", "skip "].iter().any(|prefix| line.starts_with(prefix)))
}

/// Cases a small core left out, by name.
fn skipped(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("skip ")?.split(' ').next()).collect()
}

pub(crate) fn bless(golden: &Path, text: &str) -> Result<()> {
    if let Some(case) = skipped(text).first() {
        bail!("this core left out {case}: take a core with more memory for the golden file");
    }
    let lines: String = lasting(text).map(|line| format!("{line}\n")).collect();
    fs::write(golden, lines)?;
    println!("wrote {}", golden.display());
    Ok(())
}

/// Every line of the golden file, except those of cases left out aloud, and no other.
pub(crate) fn compare(golden: &Path, text: &str) -> Result<()> {
    let expected = fs::read_to_string(golden)
        .with_context(|| format!("no {}; `--bless` writes it", golden.display()))?
        .replace("\r\n", "\n");
    let skipped = skipped(text);
    let left_out = |line: &str| {
        line.split(' ').nth(1).is_some_and(|name| {
            skipped
                .iter()
                .any(|case| name.strip_prefix(case).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        })
    };
    let expected: String = expected.lines().filter(|line| !left_out(line)).map(|line| format!("{line}\n")).collect();
    let spoken: String = lasting(text).map(|line| format!("{line}\n")).collect();
    if expected != spoken {
        let difference = similar::TextDiff::from_lines(&expected, &spoken);
        bail!("not as in {}:\n{}", golden.display(), difference.unified_diff().header("golden", "spoken"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_files_hold_and_let_go() -> Result<()> {
        let golden = std::env::temp_dir().join(format!("tinysolve-golden-{}", std::process::id()));
        bless(&golden, "hash a/b 1\nrow {}\nnote x\nhash a/c/one 2\n")?;
        compare(&golden, "note other\nhash a/b 1\nhash a/c/one 2\n")?;
        compare(&golden, "hash a/b 1\nskip a/c needs 9 bytes of RAM\n")?;
        assert!(compare(&golden, "hash a/b 3\nhash a/c/one 2\n").is_err());
        assert!(compare(&golden, "hash a/b 1\n").is_err());
        assert!(bless(&golden, "skip a/c needs\n").is_err());
        fs::remove_file(golden)?;
        Ok(())
    }

    #[test]
    fn every_core_has_an_abi() {
        assert!(CORES.iter().all(|core| core.abi().is_ok()));
        assert!(ABIS.iter().flat_map(|abi| abi.cores).all(|name| Core::named(name).is_ok()));
    }
}
