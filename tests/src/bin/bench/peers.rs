//! Times beside other libraries: a Python program calls both sides in turn and prints the rows.

use std::path::Path;
use std::process::Command;

/// Runs the program of a family and hands its rows on.
///
/// # Errors
/// A sentence that says what is missing, when the comparison cannot run here.
pub(crate) fn bench(family: &str) -> Result<(), String> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(family).with_extension("py");
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    // This program lies in target/release.
    let target = here.ancestors().nth(2).ok_or("no target directory")?;
    let library = target.join("dist/host/libtinysolve.so");
    if !library.is_file() {
        return Err("there is no host library; `cargo xtask archive --abi host` makes it".to_owned());
    }
    let output = Command::new("python3")
        .arg(program)
        .arg("--library")
        .arg(library)
        .output()
        .map_err(|error| format!("python3: {error}"))?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().lines().last().unwrap_or("python3 failed").to_owned())
    }
}
