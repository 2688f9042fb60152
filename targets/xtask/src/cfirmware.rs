//! C programs that link an archive and run on a simulated core: `targets/mps2/c/*.c`, each a program, newlib below it.

use crate::abi::{ABIS, Abi};
use crate::qemu::{self, Core};
use crate::shell;
use crate::toolchain::Toolchain;
use crate::{archive, cmatrix, parallel};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Every program, for every binary interface, on every core that interface names; archives must have been built.
pub(crate) fn run_all(tools: &Toolchain, bless: bool) -> Result<()> {
    archive::copy_headers(tools)?;
    let mut jobs = Vec::new();
    for program in programs(tools)? {
        for abi in ABIS {
            for core in abi.cores {
                jobs.push((program.clone(), abi, Core::named(core)?));
            }
        }
    }
    let lines = parallel::map(&jobs, |(program, abi, core)| run(tools, program, abi, core, bless))?;
    lines.iter().for_each(|line| println!("{line}"));
    Ok(())
}

fn run(tools: &Toolchain, program: &Path, abi: &Abi, core: &Core, bless: bool) -> Result<String> {
    let name = program.file_stem().unwrap_or_default().to_string_lossy();
    let case = format!("C firmware {name} on {} with the {} archive", core.name, abi.name);
    let spoken = qemu::start(core, &build(tools, abi, core, program)?, &[])?;
    let golden = program.with_extension("golden");
    if !spoken.passed {
        bail!("{case} failed; it said:\n{}", spoken.text);
    }
    if bless {
        qemu::bless(&golden, &spoken.text)?;
    } else {
        qemu::compare(&golden, &spoken.text).with_context(|| case.clone())?;
    }
    Ok(format!("{case}: as in the golden file"))
}

fn programs(tools: &Toolchain) -> Result<Vec<PathBuf>> {
    let programs = cmatrix::sources(&tools.root.join("targets/mps2/c"), "c")?;
    Ok(programs.into_iter().filter(|path| path.file_stem().is_some_and(|name| name != "startup")).collect())
}

fn build(tools: &Toolchain, abi: &Abi, core: &Core, program: &Path) -> Result<PathBuf> {
    let sources = tools.root.join("targets/mps2/c");
    let folder = tools.dist().join("firmware").join(core.name).join("c");
    fs::create_dir_all(&folder)?;
    fs::copy(tools.root.join(format!("targets/mps2/memory/{}.x", core.board())), folder.join("memory.x"))?;
    let image = folder.join(format!("{}-{}", program.file_stem().unwrap_or_default().to_string_lossy(), abi.name));
    shell::read(
        tools
            .command("arm-none-eabi-gcc")
            .args(abi.gcc)
            .args(["-std=c99", "-O2", "-ffunction-sections", "-fdata-sections", "-Wall", "-Wextra", "-Werror"])
            .args(["--specs=rdimon.specs", "-nostartfiles", "-Wl,--gc-sections", "-I"])
            .arg(tools.dist().join("include"))
            .args([program, &sources.join("startup.c")])
            .arg(tools.dist().join(abi.name).join("libtinysolve.a"))
            .arg("-L")
            .arg(&folder)
            .arg("-T")
            .arg(sources.join("link.ld"))
            .arg("-o")
            .arg(&image),
    )?;
    Ok(image)
}
