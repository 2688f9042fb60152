//! Times beside other libraries: a Python program calls both sides in turn and prints the rows.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs the program of a family and hands its rows on.
///
/// # Errors
/// A sentence that says what is missing, when the comparison cannot run here.
pub(crate) fn bench(family: &str) -> Result<(), String> {
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    // This program lies in target/release.
    let target = here.ancestors().nth(2).ok_or("no target directory")?;
    let library = target.join("dist/host/libtinysolve.so");
    if !library.is_file() {
        return Err("there is no host library; `cargo xtask archive --abi host` makes it".to_owned());
    }
    let mut program = Command::new(environment(target)?);
    say(program.arg(folder().join(family).with_extension("py")).arg("--library").arg(library))
}

/// Runs a program that needs no library of ours.
///
/// # Errors
/// As `bench`.
pub(crate) fn count(name: &str) -> Result<(), String> {
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    let target = here.ancestors().nth(2).ok_or("no target directory")?;
    say(Command::new(environment(target)?).arg(folder().join(name).with_extension("py")))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// The Python of an environment below `target` that has the versions of `peers/requirements.txt`, and of `optional.txt` if
/// they can be built; made when it is not there, or was made by other lists.
fn environment(target: &Path) -> Result<PathBuf, String> {
    let environment = target.join("peers");
    let python = environment.join("bin/python");
    let [wanted, optional] = ["requirements.txt", "optional.txt"].map(|name| folder().join(name));
    let read = |list: &Path| fs::read_to_string(list).map_err(|error| format!("{}: {error}", list.display()));
    let wanted_text = read(&wanted)? + &read(&optional)?;
    // A copy of the lists is the last thing that is written, so it stands for a whole environment.
    let installed = environment.join("requirements.txt");
    if python.is_file() && fs::read_to_string(&installed).is_ok_and(|text| text == wanted_text) {
        return Ok(python);
    }
    eprintln!("making a Python environment in {}", environment.display());
    let mut venv = Command::new("python3");
    say(venv.args(["-m", "venv", "--clear"]).arg(&environment))
        .map_err(|reason| format!("no Python environment, which on Debian takes the package python3-venv: {reason}"))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "-r"]);
    say(pip.arg(&wanted)).map_err(|reason| format!("the peers cannot be installed: {reason}"))?;
    // Built from source, which takes a C compiler: the rows they stand for are left out without.
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
    if let Err(reason) = say(pip.arg(&optional)) {
        eprintln!("left out: what tests/peers/optional.txt names ({reason})");
    }
    fs::write(&installed, wanted_text).map_err(|error| format!("{}: {error}", installed.display()))?;
    Ok(python)
}

/// Runs with this program's own output.
fn say(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name}: {status}")),
        Err(error) => Err(format!("{name}: {error}")),
    }
}
