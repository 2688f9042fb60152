//! The real board's firmware without the board: its `qemu` build boots on a simulated chip and must say what its golden
//! file says, its flash builds must link for each chip they are for.

use crate::abi::{ABIS, Abi};
use crate::rows::Row;
use crate::shell;
use crate::size;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

const PACKAGE: &str = "tinysolve-stm32f4";

/// Chips the firmware is flashed to, by feature.
const CHIPS: &[&str] = &["stm32f405", "stm32f446"];

fn abi() -> Result<&'static Abi> {
    ABIS.iter().find(|abi| abi.name == "v7em-hf").context("no binary interface v7em-hf")
}

fn build(tools: &Toolchain, features: &str) -> Result<PathBuf> {
    let abi = abi()?;
    let mut cargo = tools.cargo_for(abi, "build")?;
    cargo.args(["--quiet", "-p", PACKAGE, "--profile", "chip", "--no-default-features", "--features", features]);
    shell::run(&mut cargo)?;
    Ok(tools.target_dir.join(abi.target).join("chip").join(PACKAGE))
}

/// Boots the `qemu` build and compares what it says with `src/board_qemu.out`, to the letter.
pub(crate) fn boot(tools: &Toolchain) -> Result<()> {
    let image = build(tools, "stm32f405,qemu")?;
    let mut qemu = tools.command("qemu-system-arm");
    qemu.args(["-M", "netduinoplus2", "-display", "none", "-serial", "null", "-monitor", "none"])
        .args(["-semihosting-config", "enable=on,target=native", "-kernel"])
        .arg(&image);
    let output = shell::read_within(&mut qemu, Duration::from_secs(180))?;
    let spoken = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!("the board's firmware failed: {}\n{spoken}", output.status);
    }
    let golden = tools.root.join("targets/stm32f4/src/board_qemu.out");
    let expected = fs::read_to_string(&golden)?;
    if expected != spoken {
        let difference = similar::TextDiff::from_lines(&*expected, &*spoken);
        bail!("not as in {}:\n{}", golden.display(), difference.unified_diff().header("golden", "spoken"));
    }
    println!("{PACKAGE} on a simulated STM32F405: as in its golden file");
    Ok(())
}

/// What the flash builds take of their chips.
pub(crate) fn sizes(tools: &Toolchain) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for chip in CHIPS {
        let size = size::of_image(&build(tools, chip)?)?;
        for (case, metric, bytes, budget) in
            [("whole firmware", "flash", size.flash(), 64 * 1024), ("statics", "ram", size.data + size.bss, 16 * 1024)]
        {
            let row = size::row("board", case, chip, metric, bytes, Some(budget));
            rows.push(Row { kernel: "thermostat".to_owned(), ..row });
        }
    }
    Ok(rows)
}
