//! C and C++ against the header and the host archive: every standard, two compilers, all warnings, and sanitizers.
//!
//! `tests/c/*.c` and `tests/cpp/*.cpp`: a file with a `main` is a test, the others are linked to every test of their
//! folder, and every function of the archive must be called by one in C. The header by itself is compiled in each language too, with and without `TINYSOLVE_F64`.

use crate::archive;
use crate::parallel;
use crate::proof::{self, Symbols};
use crate::shell;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
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

/// One way to build the tests of a language.
#[derive(Clone, Copy)]
struct Build<'a> {
    language: &'a Language,
    compiler: &'a str,
    standard: &'a str,
    flavour: &'a Flavour,
    archive: &'a Path,
    /// Not run: between an oldest and a newest standard only what compiles can differ.
    only_checked: bool,
}

impl Build<'_> {
    fn name(&self) -> String {
        format!("{}-{}-{}", self.compiler, self.standard, self.flavour.name)
    }
}

/// Compiles, links and runs everything, and sees that every function of the header is called; the host archive must have
/// been built.
pub(crate) fn run_all(tools: &Toolchain) -> Result<()> {
    archive::copy_headers(tools)?;
    let instrumented = archive::build_sanitized(tools)?;
    let plain = tools.dist().join("host/libtinysolve.a");
    let mut builds = Vec::new();
    for language in LANGUAGES {
        for &compiler in language.compilers {
            let ends = [language.standards.first(), language.standards.last()];
            let build = |standard, flavour, archive| {
                let only_checked = !ends.contains(&Some(standard));
                Build { language, compiler, standard, flavour, archive, only_checked }
            };
            builds.extend(language.standards.iter().map(|standard| build(standard, &PLAIN, plain.as_path())));
            // Which standard a sanitized test is compiled by changes nothing of what it finds.
            builds.extend(language.standards.last().map(|standard| build(standard, &SANITIZED, &instrumented)));
        }
    }
    parallel::map(&builds, |build| header_alone(tools, build))?;
    let objects = compile_all(tools, &builds)?;
    every_function_is_called(&plain, &objects)?;
    let programs: Vec<_> = objects.iter().filter(|object| object.is_main).collect();
    let lines = parallel::map(&programs, |main| link_and_run(tools, main, &objects))?;
    lines.iter().for_each(|line| println!("{line}"));
    println!("C and C++: {} runs passed", lines.len());
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

fn compiler_command(tools: &Toolchain, build: &Build) -> Command {
    let mut command = tools.command(build.compiler);
    command
        .arg(format!("-std={}", build.standard))
        .args(WARNINGS)
        .args(build.language.more)
        .arg("-I")
        .arg(tools.dist().join("include"));
    command
}

/// The header compiles when nothing else is included before it.
fn header_alone(tools: &Toolchain, build: &Build) -> Result<()> {
    let folder = tools.dist().join("c").join(build.name());
    fs::create_dir_all(&folder)?;
    let source = folder.join("alone").with_extension(build.language.extension);
    fs::write(&source, "#include \"tinysolve.h\"\ntypedef int not_empty;\n")?;
    for define in [&[][..], &["-DTINYSOLVE_F64"]] {
        shell::read(compiler_command(tools, build).args(define).arg("-fsyntax-only").arg(&source))?;
    }
    Ok(())
}

/// One compiled file.
struct Object<'a> {
    build: Build<'a>,
    test: String,
    path: PathBuf,
    is_main: bool,
}

/// Compiles every test and helper in every way it is wanted in, each once.
fn compile_all<'a>(tools: &Toolchain, builds: &[Build<'a>]) -> Result<Vec<Object<'a>>> {
    let mut jobs = Vec::new();
    for build in builds {
        for source in sources(&tools.root.join(build.language.folder), build.language.extension)? {
            let text = fs::read_to_string(&source)?;
            if wanted(&text, build.standard) {
                jobs.push((*build, source, has_main(&text)));
            }
        }
    }
    parallel::map(&jobs, |(build, source, is_main)| {
        let test = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let path = tools.dist().join("c").join(build.name()).join(&test).with_extension("o");
        let mut command = compiler_command(tools, build);
        command.arg("-DTINYSOLVE_F64").args(build.flavour.flags).arg(source);
        if build.only_checked {
            shell::read(command.arg("-fsyntax-only"))?;
            return Ok(None);
        }
        shell::read(command.arg("-c").arg("-o").arg(&path))?;
        Ok(Some(Object { build: *build, test, path, is_main: *is_main }))
    })
    .map(|objects| objects.into_iter().flatten().collect())
}

/// Fails naming the functions of the archive that no test in C mentions.
fn every_function_is_called(archive: &Path, objects: &[Object]) -> Result<()> {
    let mut called = BTreeSet::new();
    for object in objects.iter().filter(|object| object.build.language.extension == "c") {
        called.extend(proof::undefined(&object.path)?);
    }
    let symbols = Symbols::of(archive)?;
    let forgotten: Vec<_> = symbols.api().into_iter().filter(|name| !called.contains(*name)).collect();
    if !forgotten.is_empty() {
        bail!("no test in tests/c calls {}", forgotten.join(", "));
    }
    println!("tests/c calls all {} functions", symbols.api().len());
    Ok(())
}

fn link_and_run(tools: &Toolchain, main: &Object, objects: &[Object]) -> Result<String> {
    let build = main.build;
    let helpers = objects.iter().filter(|object| !object.is_main && object.build.name() == build.name());
    let program = main.path.with_extension("");
    let mut link = tools.command(build.compiler);
    link.args(build.flavour.flags).arg(&main.path).args(helpers.map(|helper| &helper.path));
    if build.flavour.name == SANITIZED.name {
        // Built without link-time optimisation: what is never reached of `core` stays, and names the unwinder of panics
        // that the archives proper are proven not to have.
        link.arg("-Wl,--defsym=rust_eh_personality=0");
    }
    shell::read(link.arg(build.archive).arg("-lm").arg("-o").arg(&program))?;
    let mut run = tools.command(&program.to_string_lossy());
    let case = format!("{}, {} -std={}, {}", main.test, build.compiler, build.standard, build.flavour.name);
    let output = shell::read_within(&mut run, Duration::from_secs(120)).with_context(|| case.clone())?;
    if !output.status.success() {
        bail!(
            "{case}: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(format!("{case}: passed"))
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
