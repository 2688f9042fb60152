//! `cargo xtask header`: the C header from the Rust sources, and before it the twins those sources consist of.

use crate::toolchain::Toolchain;
use crate::twin::{self, Generated};
use anyhow::{Context, Result, anyhow, bail};
use std::fs;

/// Generates include/tinysolve.h and the double-precision twins in ffi/src/double.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail with a difference when a committed file is not what would be generated.
    #[arg(long)]
    pub(crate) check: bool,
}

pub(crate) fn run(tools: &Toolchain, arguments: &Arguments) -> Result<()> {
    // The header is read from the sources on disk, so the twins come first.
    for twin in twin::generate(&tools.root)? {
        settle(&twin, arguments.check)?;
    }
    settle(&header(tools)?, arguments.check)
}

/// Runs cbindgen as configured in ffi/cbindgen.toml.
fn header(tools: &Toolchain) -> Result<Generated> {
    let ffi = tools.root.join("ffi");
    let config = cbindgen::Config::from_file(ffi.join("cbindgen.toml")).map_err(|error| anyhow!("{error}"))?;
    let bindings = cbindgen::Builder::new()
        .with_crate(&ffi)
        .with_config(config)
        .generate()
        .context("cbindgen cannot read the sources in ffi/src")?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    Ok(Generated { path: tools.root.join("include/tinysolve.h"), text: String::from_utf8(text)? })
}

/// Writes the file, or in a check compares it.
fn settle(file: &Generated, check: bool) -> Result<()> {
    let before = fs::read_to_string(&file.path).unwrap_or_default();
    if before == file.text {
        println!("{}: up to date", file.path.display());
        return Ok(());
    }
    if check {
        let difference = similar::TextDiff::from_lines(&before, &file.text);
        bail!(
            "{} is not what its sources make; `cargo xtask header` writes it\n{}",
            file.path.display(),
            difference.unified_diff().header("committed", "generated")
        );
    }
    if let Some(folder) = file.path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&file.path, &file.text)?;
    println!("{}: written", file.path.display());
    Ok(())
}
