//! C and C++ against the header and the host archive: every standard, two compilers, all warnings, and sanitizers.
//!
//! `tests/c/*.c` and `tests/cpp/*.cpp`: a file with a `main` is a test, the others are linked to every test of their
//! folder. The header by itself is compiled in each language too, with and without `TINYSOLVE_F64`.

use crate::archive;
use crate::shell;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const WARNINGS: &[&str] =
    &["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wdouble-promotion", "-Wshadow", "-Werror", "-O1", "-g"];

/// One language: where its tests are, who compiles it, by which standards.
struct Language {
    folder: &'static str,
    extension: &'static str,
    compilers: &'static [&'static str],
    standards: &'static [&'static str],
    more: &'static [&'static str],
}

const LANGUAGES: &[Language] = &[
    Language {
        folder: "tests/c",
        extension: "c",
        compilers: &["gcc", "clang"],
        standards: &["c99", "c11", "c17"],
        more: &["-Wstrict-prototypes"],
    },
    Language {
        folder: "tests/cpp",
        extension: "cpp",
        compilers: &["g++", "clang++"],
        standards: &["c++11", "c++17"],
        more: &[],
    },
];

/// How a test is built: plainly, or so that it finds what it must not do.
struct Flavour {
    name: &'static str,
    flags: &'static [&'static str],
}

const PLAIN: Flavour = Flavour { name: "plain", flags: &[] };
const SANITIZED: Flavour =
    Flavour { name: "sanitized", flags: &["-fsanitize=address,undefined", "-fno-sanitize-recover=all"] };

/// Compiles, links and runs everything; the host archive must have been built.
pub(crate) fn run_all(tools: &Toolchain) -> Result<()> {
    archive::copy_headers(tools)?;
    let instrumented = archive::build_sanitized(tools)?;
    let plain = tools.dist().join("host/libtinysolve.a");
    let mut runs = 0;
    for language in LANGUAGES {
        for &compiler in language.compilers {
            for &standard in language.standards {
                header_alone(tools, language, compiler, standard)?;
                runs += tests(tools, language, compiler, standard, &PLAIN, &plain)?;
            }
            // Which standard a sanitized test is compiled by changes nothing of what it finds.
            if let Some(standard) = language.standards.last() {
                runs += tests(tools, language, compiler, standard, &SANITIZED, &instrumented)?;
            }
        }
    }
    println!("C and C++: {runs} runs passed");
    Ok(())
}

/// Files with the given extension, in order of their names; a folder that is not there has none.
pub(crate) fn sources(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths.sort();
    Ok(paths)
}

fn compiler_command(tools: &Toolchain, language: &Language, compiler: &str, standard: &str) -> Command {
    let mut command = tools.command(compiler);
    command
        .arg(format!("-std={standard}"))
        .args(WARNINGS)
        .args(language.more)
        .arg("-I")
        .arg(tools.dist().join("include"));
    command
}

/// The header compiles when nothing else is included before it.
fn header_alone(tools: &Toolchain, language: &Language, compiler: &str, standard: &str) -> Result<()> {
    let folder = tools.dist().join("c");
    fs::create_dir_all(&folder)?;
    let source = folder.join("alone").with_extension(language.extension);
    fs::write(&source, "#include \"tinysolve.h\"\ntypedef int not_empty;\n")?;
    for define in [&[][..], &["-DTINYSOLVE_F64"]] {
        shell::read(
            compiler_command(tools, language, compiler, standard).args(define).arg("-fsyntax-only").arg(&source),
        )?;
    }
    Ok(())
}

fn tests(
    tools: &Toolchain,
    language: &Language,
    compiler: &str,
    standard: &str,
    flavour: &Flavour,
    archive: &Path,
) -> Result<usize> {
    let all = sources(&tools.root.join(language.folder), language.extension)?;
    let mut mains = Vec::new();
    let mut helpers = Vec::new();
    for path in all {
        let text = fs::read_to_string(&path)?;
        if has_main(&text) { mains.push((path, text)) } else { helpers.push(path) }
    }
    let folder = tools.dist().join("c");
    let mut runs = 0;
    for (test, text) in &mains {
        if !wanted(text, standard) {
            continue;
        }
        let name = test.file_stem().unwrap_or_default().to_string_lossy();
        let program = folder.join(format!("{name}-{compiler}-{standard}-{}", flavour.name));
        shell::read(
            compiler_command(tools, language, compiler, standard)
                .args(["-DTINYSOLVE_F64"])
                .args(flavour.flags)
                .arg(test)
                .args(&helpers)
                .arg(archive)
                .arg("-lm")
                .arg("-o")
                .arg(&program),
        )?;
        let mut run = tools.command(&program.to_string_lossy());
        let output = shell::read_within(&mut run, Duration::from_secs(120))
            .with_context(|| format!("{name}, {compiler} {standard}, {}", flavour.name))?;
        if !output.status.success() {
            bail!(
                "{name}, {compiler} -std={standard}, {}: {}\n{}{}",
                flavour.name,
                output.status,
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        println!("{name}, {compiler} -std={standard}, {}: passed", flavour.name);
        runs += 1;
    }
    Ok(runs)
}

fn has_main(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("int main("))
}

/// A test of something newer says `Needs c++17` in its first line and is left to the standards that have it.
fn wanted(text: &str, standard: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let Some((_, needs)) = first.split_once("Needs ") else {
        return true;
    };
    needs.split_whitespace().next().is_none_or(|needs| needs.trim_end_matches(['.', ':', ',', ';']) == standard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mains_and_needs() {
        assert!(has_main("#include <a>\nint main(void)\n{"));
        assert!(!has_main("static int domain(void);\n/* int main( */"));
        assert!(wanted("/* a test */", "c99"));
        assert!(wanted("// Needs c++17: std::array deduction", "c++17"));
        assert!(!wanted("// Needs c++17: std::array deduction", "c++11"));
    }
}
