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
    models(tools)?;
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

/// Samples of the keyword model that are clips of sound, from the last ones.
const CLIPS: usize = 4;

/// Headers of models, and of the golden samples of one, for the programs that run networks.
fn models(tools: &Toolchain) -> Result<()> {
    let folder = tools.dist().join("models");
    fs::create_dir_all(&folder)?;
    let data = tools.root.join("tests/data/models");
    for name in ["kws_ref_model", "hello_world_int8"] {
        let (from, to) = (data.join(format!("{name}.tflite")), folder.join(format!("{name}.ts")));
        let convert = ["run", "--quiet", "-p", "tinysolve-cli", "--", "convert", "--c"];
        shell::read(tools.cargo().args(convert).arg(from).arg("-o").arg(to))?;
    }
    let samples = |end: &str, name: &str, len: usize| -> Result<String> {
        let bytes = fs::read(data.join(format!("golden/kws_ref_model.{end}.bin")))?;
        let rows = bytes.chunks(len).skip(bytes.len() / len - CLIPS);
        let row = |row: &[u8]| row.iter().map(|byte| byte.cast_signed().to_string()).collect::<Vec<_>>().join(",");
        let rows: String = rows.map(|bytes| format!("    {{{}}},\n", row(bytes))).collect();
        Ok(format!("static const int8_t {name}[{CLIPS}][{len}] = {{\n{rows}}};\n"))
    };
    let text = format!(
        "/* Features and golden scores of the clips in tests/data/models. */\n#include <stdint.h>\n\n#define KEYWORD_CLIPS \
         {CLIPS}u\n#define KEYWORD_CLASSES 12u\n{}{}",
        samples("in", "keyword_inputs", 490)?,
        samples("out", "keyword_outputs", 12)?
    );
    Ok(fs::write(folder.join("keyword_clips.h"), text)?)
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
            .arg("-I")
            .arg(tools.dist().join("models"))
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
