//! Sizes of C types.

use super::list::Ram;
use crate::abi::ABIS;
use crate::shell;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result};
use std::fs;

/// The value of a C expression, the same by every compiler.
pub(super) fn ram(tools: &Toolchain, entry: &Ram) -> Result<u64> {
    let folder = tools.dist().join("c");
    fs::create_dir_all(&folder)?;
    let source = folder.join("ram.c");
    let program = folder.join("ram");
    let expression = &entry.bytes;
    let include = tools.dist().join("include");
    let headers = "#include \"tinysolve.h\"\n#include <stdio.h>\n";
    fs::write(
        &source,
        format!("{headers}int main(void) {{ return printf(\"%lu\", (unsigned long)({expression})) < 0; }}\n"),
    )?;
    shell::read(tools.command("gcc").arg("-I").arg(&include).arg(&source).arg("-o").arg(&program))
        .with_context(|| format!("[[ram]] {}", entry.name))?;
    let bytes: u64 = shell::read(&mut tools.command(&program.to_string_lossy()))?.trim().parse()?;
    fs::write(
        &source,
        format!("{headers}_Static_assert(({expression}) == {bytes}u, \"same bytes on every core\");\n"),
    )?;
    for abi in ABIS {
        shell::read(
            tools
                .command("arm-none-eabi-gcc")
                .args(abi.gcc)
                .args(["-std=c11", "-fsyntax-only", "-I"])
                .arg(&include)
                .arg(&source),
        )
        .with_context(|| format!("[[ram]] {}: {bytes} bytes on the host and not on {}", entry.name, abi.name))?;
    }
    Ok(bytes)
}
