//! `cargo xtask archive`: `libtinysolve.a` for each binary interface, and the proof that it is clean.
//!
//! A plain Rust staticlib brings `memcpy` and the soft-float routines of Rust's compiler runtime as global symbols, and
//! a C program that links it takes them for all of its own code. So everything reachable from the C functions is
//! linked into one relocatable object, and only `ts_*` stays global in it. That object then has no undefined symbol at
//! all: no allocator, no C library, no panic machinery. Its sections stay one per function, so that `--gc-sections` in
//! the user's link still drops what is not called.

use crate::abi::{ABIS, Abi, Choice};
use crate::parallel;
use crate::proof::Symbols;
use crate::shell;
use crate::size::{self, Linked};
use crate::stack::Graph;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds the C archives into DIST/ABI/libtinysolve.a, with the proof that nothing is undefined and nothing can panic.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only this one; all of them without.
    #[arg(long)]
    abi: Option<Choice>,
}

/// What the host's C library is asked for: rustc turns copies and fills into these calls.
const HOST_MAY_NEED: &[&str] = &["memcpy", "memmove", "memset", "memcmp", "bcmp", "_GLOBAL_OFFSET_TABLE_"];

pub(crate) fn run(tools: &Toolchain, arguments: &Arguments) -> Result<()> {
    let Some(choice) = arguments.abi else { return build_all(tools) };
    match choice.abi() {
        Some(abi) => build(tools, abi)?,
        None => build_host(tools)?,
    };
    copy_headers(tools)
}

/// The archive for a chip.
pub(crate) fn build(tools: &Toolchain, abi: &Abi) -> Result<PathBuf> {
    let mut cargo = tools.cargo_for(abi, "rustc")?;
    let raw = staticlib(tools, &mut cargo, abi.name, Some(abi.target), "panic-handler")?;
    let archive = localise(tools, &raw, abi.name, "arm-none-eabi-")?;
    let symbols = Symbols::of(&archive)?;
    symbols.prove(&[]).with_context(|| format!("{}{}", archive.display(), blame(&archive, &symbols)))?;
    report(&archive, &symbols)?;
    sections_are_separate(tools, abi, &archive, &symbols)?;
    Ok(archive)
}

/// Who calls what may panic, as far as calls can tell.
fn blame(archive: &Path, symbols: &Symbols) -> String {
    let object = archive.with_file_name("tinysolve.o");
    let callers = |name: &&str| {
        let callers = Graph::callers(&object, name).ok().filter(|callers| !callers.is_empty())?;
        Some(format!("\n  {:#} is called by {}", rustc_demangle::demangle(name), callers.join(", ")))
    };
    symbols.panics().iter().filter_map(callers).collect()
}

/// The archive for the host, double precision included, and a shared library from the same object.
pub(crate) fn build_host(tools: &Toolchain) -> Result<PathBuf> {
    let mut cargo = tools.cargo();
    cargo
        .arg("rustc")
        .env("CARGO_ENCODED_RUSTFLAGS", "")
        // Vectors instead of short code: it is flash that a chip lacks.
        .args(["--config", "profile.chip.opt-level=3"]);
    let raw = staticlib(tools, &mut cargo, "host", None, "panic-handler,f64")?;
    let archive = localise(tools, &raw, "host", "")?;
    let symbols = Symbols::of(&archive)?;
    symbols.prove(HOST_MAY_NEED).with_context(|| format!("{}", archive.display()))?;
    report(&archive, &symbols)?;
    let library = archive.with_extension("so");
    shell::run(
        tools
            .command("cc")
            .args(["-shared", "-Wl,-z,defs", "-Wl,-soname,libtinysolve.so", "-Wl,--whole-archive"])
            .arg(&archive)
            .args(["-Wl,--no-whole-archive", "-o"])
            .arg(&library),
    )?;
    let exported =
        shell::read(Command::new("nm").args(["--dynamic", "--defined-only", "--format=just-symbols"]).arg(&library))?;
    if let Some(foreign) = exported.lines().find(|name| !name.starts_with("ts_")) {
        bail!("{} exports {foreign}, which is not ts_*", library.display());
    }
    println!("{}: {} functions exported", library.display(), exported.lines().count());
    Ok(archive)
}

/// The host archive with AddressSanitizer's checks inside, for tests only: an index out of range on our side of the
/// border is found as well as one on the caller's.
pub(crate) fn build_sanitized(tools: &Toolchain) -> Result<PathBuf> {
    let host = tools.host()?;
    let mut cargo = tools.cargo();
    cargo
        .arg("rustc")
        .args(["--target", &host])
        .env("CARGO_ENCODED_RUSTFLAGS", "-Zsanitizer=address")
        // For finding, not for shipping: quick to build.
        .args(["--config", "profile.chip.lto=false", "--config", "profile.chip.codegen-units=16"])
        // The flag is a nightly one that works in every compiler; nothing that is shipped is built with it.
        .env("RUSTC_BOOTSTRAP", "1");
    staticlib(tools, &mut cargo, "sanitized", Some(&host), "panic-handler,f64")
}

/// The relocatable object with all its symbols and the compiler's word on each function's frame.
pub(crate) fn build_with_stack_sizes(tools: &Toolchain, abi: &Abi) -> Result<PathBuf> {
    let name = format!("{}-stack", abi.name);
    let mut cargo = tools.cargo_with(&[abi], "rustc", &["-Zemit-stack-sizes"])?;
    cargo.env("RUSTC_BOOTSTRAP", "1");
    let raw = staticlib(tools, &mut cargo, &name, Some(abi.target), "panic-handler")?;
    let object = raw.with_file_name("tinysolve.o");
    relocate(tools, &raw, &Symbols::of(&raw)?.api(), &object, "arm-none-eabi-")?;
    Ok(object)
}

/// Rust's own archive, as cargo makes it. Each has a folder of its own to be built in: one call of cargo cannot make
/// archives for several targets, and several calls would wait for each other in one folder.
fn staticlib(
    tools: &Toolchain,
    cargo: &mut Command,
    name: &str,
    target: Option<&str>,
    features: &str,
) -> Result<PathBuf> {
    let folder = tools.target_dir.join("archives").join(name);
    shell::run(cargo.arg("--target-dir").arg(&folder).args([
        "--quiet",
        "-p",
        "tinysolve-ffi",
        "--lib",
        "--crate-type",
        "staticlib",
        "--profile",
        "chip",
        "--features",
        features,
    ]))?;
    let folder = target.map_or_else(|| folder.clone(), |target| folder.join(target));
    Ok(folder.join("chip/libtinysolve_ffi.a"))
}

/// One relocatable object of what the C functions reach, everything else local, packed into `dist/NAME`.
fn localise(tools: &Toolchain, raw: &Path, name: &str, prefix: &str) -> Result<PathBuf> {
    let folder = tools.dist().join(name);
    fs::create_dir_all(&folder)?;
    let symbols = Symbols::of(raw)?;
    let api = symbols.api();
    if api.is_empty() {
        bail!("{} defines no ts_* function", raw.display());
    }
    let list = folder.join("api.txt");
    fs::write(&list, api.join("\n") + "\n")?;
    let object = folder.join("tinysolve.o");
    relocate(tools, raw, &api, &object, prefix)?;
    // Bitcode left by link-time optimisation makes binutils with an LLVM plug-in refuse the object. Paths of the
    // machine that built it, and with them all debug information, are nobody's business.
    quietly(
        tools
            .command(&format!("{prefix}objcopy"))
            .args(["-R", ".llvmbc", "-R", ".llvmcmd", "-R", ".comment", "--strip-debug"])
            // Unwind tables of code that never unwinds: eight bytes a function.
            .args(["--wildcard", "-R", ".ARM.exidx*", "-R", ".rel.ARM.exidx*"])
            .arg(format!("--keep-global-symbols={}", list.display()))
            .arg(&object),
    )?;
    let archive = folder.join("libtinysolve.a");
    if archive.exists() {
        fs::remove_file(&archive)?;
    }
    quietly(tools.command(&format!("{prefix}ar")).arg("rcsD").arg(&archive).arg(&object))?;
    Ok(archive)
}

/// What the C functions reach, as one object, sections still apart.
fn relocate(tools: &Toolchain, raw: &Path, api: &[&str], object: &Path, prefix: &str) -> Result<()> {
    let mut link = tools.command(&format!("{prefix}ld"));
    link.args(["-r", "--gc-sections"]);
    for function in api {
        link.args(["-u", function]);
    }
    quietly(link.arg("-o").arg(object).arg(raw))
}

/// Without announcing: the list of functions is long.
fn quietly(command: &mut Command) -> Result<()> {
    shell::read(command).map(drop)
}

fn report(archive: &Path, symbols: &Symbols) -> Result<()> {
    println!(
        "{}: {} functions, {} undefined, {} panic symbols, {} bytes",
        archive.display(),
        symbols.api().len(),
        symbols.undefined.len(),
        symbols.panics().len(),
        fs::metadata(archive)?.len()
    );
    Ok(())
}

/// A program that calls one function must not pay for all.
fn sections_are_separate(tools: &Toolchain, abi: &Abi, archive: &Path, symbols: &Symbols) -> Result<()> {
    let all = linked_size(tools, abi, archive, &symbols.api())?;
    let one = linked_size(tools, abi, archive, &["ts_version"])?;
    if symbols.api().len() > 1 && one.flash() > 64 {
        bail!(
            "{}: a program that calls ts_version alone takes {} of {} bytes; functions do not stand in sections of \
             their own",
            abi.name,
            one.flash(),
            all.flash()
        );
    }
    println!("{}: {} bytes of flash for everything, {} for ts_version alone", abi.name, all.flash(), one.flash());
    Ok(())
}

/// Links the named functions and what they reach, as a program that calls them all would.
pub(crate) fn linked_size(tools: &Toolchain, abi: &Abi, archive: &Path, functions: &[&str]) -> Result<Linked> {
    let image = image(tools, abi, functions);
    fs::create_dir_all(tools.dist().join(abi.name).join("linked"))?;
    let mut link = tools.command("arm-none-eabi-ld");
    link.args(["--gc-sections", "-e", "0", "-o"]).arg(&image);
    for function in functions {
        link.args(["-u", function]);
    }
    quietly(link.arg(archive))?;
    size::of_image(&image)
}

/// Where [`linked_size`] puts a program: several functions together by their number, one by its name, so that programs
/// of one function each can be linked side by side.
fn image(tools: &Toolchain, abi: &Abi, functions: &[&str]) -> PathBuf {
    let name = if let [one] = functions { (*one).to_owned() } else { functions.len().to_string() };
    tools.dist().join(abi.name).join("linked").join(name + ".elf")
}

/// Symbols of the program that [`linked_size`] linked of these functions, the largest first.
pub(crate) fn largest(tools: &Toolchain, abi: &Abi, functions: &[&str]) -> Result<Vec<(u64, String)>> {
    use object::{Object, ObjectSymbol};
    let data = fs::read(image(tools, abi, functions))?;
    let file = object::File::parse(&*data)?;
    let sized = file.symbols().filter(|symbol| symbol.size() > 0);
    let mut symbols: Vec<_> =
        sized.map(|symbol| (symbol.size(), symbol.name().unwrap_or_default().to_owned())).collect();
    symbols.sort_by(|a, b| b.cmp(a));
    Ok(symbols)
}

/// The headers beside the archives.
pub(crate) fn copy_headers(tools: &Toolchain) -> Result<()> {
    let from = tools.root.join("include");
    let to = tools.dist().join("include");
    fs::create_dir_all(&to)?;
    for entry in fs::read_dir(&from).with_context(|| format!("no {}; `cargo xtask header` makes it", from.display()))? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// What a test run needs of the archives: the steps behind it find them built.
enum Build {
    Host,
    Chip(&'static Abi),
    StackSizes(&'static Abi),
}

/// All archives, for `cargo xtask test`.
pub(crate) fn build_all(tools: &Toolchain) -> Result<()> {
    // The host's comes first: with double precision in it, it takes longest.
    let mut builds = vec![Build::Host];
    builds.extend(ABIS.iter().map(Build::Chip));
    builds.extend(ABIS.iter().filter(|abi| abi.name == size::MAIN).map(Build::StackSizes));
    parallel::map(&builds, |what| match what {
        Build::Host => build_host(tools),
        Build::Chip(abi) => build(tools, abi),
        Build::StackSizes(abi) => build_with_stack_sizes(tools, abi),
    })?;
    copy_headers(tools)
}

/// The archives of all chips, in the order of [`ABIS`].
pub(crate) fn for_chips(tools: &Toolchain) -> Result<Vec<PathBuf>> {
    parallel::map(ABIS, |abi| build(tools, abi))
}
