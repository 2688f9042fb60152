//! `cargo xtask size`: flash, RAM and stack of what a C program links, from `targets/size.toml`.

use crate::abi::{ABIS, Abi};
use crate::archive;
use crate::board;
use crate::parallel;
use crate::proof::Symbols;
use crate::rows::{self, Row};
use crate::shell;
use crate::stack::{Graph, Pointer};
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, anyhow, bail};
use object::{Object, ObjectSection, SectionFlags, SectionKind, elf};
use serde::Deserialize;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// Measures flash, RAM and stack, and writes the table targets/size.md.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail when a budget is exceeded or, with the compiler the table was made by, when it is out of
    /// date.
    #[arg(long)]
    pub(crate) check: bool,
    /// Instead, show what the flash of one entry of the list, or of one C function, consists of.
    #[arg(long, value_name = "NAME")]
    pub(crate) explain: Option<String>,
}

/// The binary interface whose functions are listed one by one.
const MAIN: &str = "v7em-hf";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    flash: Vec<Flash>,
    #[serde(default)]
    code: Vec<Code>,
    #[serde(default)]
    ram: Vec<Ram>,
    #[serde(default)]
    stack: Vec<Stack>,
    #[serde(default)]
    pointer: Vec<Pointer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Flash {
    name: String,
    family: String,
    functions: Vec<String>,
    /// The interface the budget speaks of.
    abi: Option<String>,
    budget: Option<u64>,
    /// What it may take until the budget is reached.
    ceiling: Option<u64>,
    /// Symbols whose names contain one of these are left out, and the row says so.
    #[serde(default)]
    without: Vec<String>,
}

/// A part of what functions link: the symbols whose names contain one of `symbols` and none of `without`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    name: String,
    family: String,
    functions: Vec<String>,
    symbols: Vec<String>,
    #[serde(default)]
    without: Vec<String>,
    abi: String,
    budget: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ram {
    name: String,
    family: String,
    bytes: String,
    budget: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stack {
    family: String,
    functions: Vec<String>,
    abi: String,
    budget: u64,
    /// What it may take until the budget is reached.
    ceiling: Option<u64>,
}

/// Everything measured.
struct Measured {
    rows: Vec<Row>,
    /// Function, flash alone, deepest stack.
    functions: Vec<[String; 3]>,
}

/// What a linked program takes, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Linked {
    /// Code.
    pub(crate) text: u64,
    /// Constants.
    pub(crate) rodata: u64,
    /// Statics with a value, which stand in flash and in RAM.
    pub(crate) data: u64,
    /// Statics that start as zero.
    pub(crate) bss: u64,
}

impl Linked {
    pub(crate) fn flash(self) -> u64 {
        self.text + self.rodata + self.data
    }
}

/// Sums up the sections that are loaded; a table of vectors counts as constants.
pub(crate) fn of_image(image: &Path) -> Result<Linked> {
    let data = fs::read(image).with_context(|| format!("cannot read {}", image.display()))?;
    let mut size = Linked::default();
    for section in object::File::parse(&*data)?.sections() {
        let SectionFlags::Elf { sh_flags, .. } = section.flags() else { continue };
        let has = |flag| sh_flags.contains(flag);
        if !has(elf::SHF_ALLOC) {
            continue;
        }
        let slot = if has(elf::SHF_EXECINSTR) {
            &mut size.text
        } else if !has(elf::SHF_WRITE) {
            &mut size.rodata
        } else if section.kind() == SectionKind::UninitializedData {
            &mut size.bss
        } else {
            &mut size.data
        };
        *slot += section.size();
    }
    Ok(size)
}

pub(crate) fn run(tools: &Toolchain, arguments: &Arguments) -> Result<()> {
    if let Some(name) = &arguments.explain {
        return explain(tools, name);
    }
    let measured = measure(tools)?;
    let main = ABIS.iter().find(|abi| abi.name == MAIN).context("no main binary interface")?;
    let version = tools.rustc_version(main)?;
    let text = document(measured, &version, &profile(tools)?);
    let path = tools.root.join("targets/size.md");
    print!("{}", rows::table(&measured.rows));
    let missed: Vec<_> = measured.rows.iter().filter(|row| row.breaks()).map(|row| row.case.as_str()).collect();
    let over = if missed.is_empty() { Ok(()) } else { Err(anyhow!("over budget: {}", missed.join("; "))) };
    if !arguments.check {
        fs::write(&path, text)?;
        println!("wrote {}", path.display());
        return over;
    }
    over?;
    let committed =
        fs::read_to_string(&path).with_context(|| format!("no {}; `cargo xtask size` writes it", path.display()))?;
    if committed == text {
        println!("{}: up to date", path.display());
    } else if committed.contains(&format!("{version},")) {
        let difference = similar::TextDiff::from_lines(&committed, &text);
        bail!(
            "{} is out of date; `cargo xtask size` writes it\n{}",
            path.display(),
            difference.unified_diff().header("committed", "measured")
        );
    } else {
        println!("{} was made by another compiler than {version}: only the budgets were checked", path.display());
    }
    Ok(())
}

/// The rows for `cargo xtask bench`.
pub(crate) fn bench_rows(tools: &Toolchain) -> Result<Vec<Row>> {
    Ok(measure(tools)?.rows.clone())
}

/// Functions and constants of one linked group, the largest first, and the deepest path below each of its functions.
fn explain(tools: &Toolchain, name: &str) -> Result<()> {
    let abi = ABIS.iter().find(|abi| abi.name == MAIN).context("no main binary interface")?;
    let archive = archive::build(tools, abi)?;
    let symbols = Symbols::of(&archive)?;
    let api = symbols.api();
    let List { flash, pointer, .. } = list(tools)?;
    let functions = match flash.iter().find(|group| group.name == name) {
        Some(group) => matching(&api, &group.functions)?,
        None => matching(&api, &[name.to_owned()])?,
    };
    let size = archive::linked_size(tools, abi, &archive, &functions)?;
    for (bytes, symbol) in archive::largest(tools, abi, &functions)? {
        println!("{bytes:7} {:#}", rustc_demangle::demangle(&symbol));
    }
    println!("{:7} in all: {} code, {} constants, {} data", size.flash(), size.text, size.rodata, size.data);
    let depths = Graph::of(&archive::build_with_stack_sizes(tools, abi)?)?.depths(&functions, &pointer)?;
    for depth in depths.values() {
        println!("{:7} of stack: {}", depth.bytes, depth.path.join(" > "));
    }
    Ok(())
}

fn list(tools: &Toolchain) -> Result<List> {
    let path = tools.root.join("targets/size.toml");
    toml::from_str(&fs::read_to_string(&path)?).with_context(|| format!("{}", path.display()))
}

/// Everything on the list; once in a run, however many ask.
fn measure(tools: &Toolchain) -> Result<&'static Measured> {
    static MEASURED: OnceLock<Measured> = OnceLock::new();
    if let Some(measured) = MEASURED.get() {
        return Ok(measured);
    }
    let measured = measure_now(tools)?;
    Ok(MEASURED.get_or_init(|| measured))
}

fn measure_now(tools: &Toolchain) -> Result<Measured> {
    let list = list(tools)?;
    archive::copy_headers(tools)?;
    let mut measured = Measured { rows: Vec::new(), functions: Vec::new() };
    for (abi, archive) in ABIS.iter().zip(archive::for_chips(tools)?) {
        let symbols = Symbols::of(&archive)?;
        let api = symbols.api();
        for group in &list.flash {
            let functions = matching(&api, &group.functions)?;
            let size = archive::linked_size(tools, abi, &archive, &functions)?;
            let held = group.abi.as_deref().is_none_or(|name| name == abi.name);
            let [budget, ceiling] = [group.budget, group.ceiling].map(|bytes| bytes.filter(|_| held));
            let (name, bytes) = match &*group.without {
                [] => (group.name.clone(), size.flash()),
                without => {
                    let spared = named(tools, abi, &functions, |name| has(name, without))?;
                    (format!("{}, without {}", group.name, without.join(", ")), size.flash() - spared)
                }
            };
            let row = row(&group.family, &name, abi.name, "flash", bytes, budget);
            measured.rows.push(Row { ceiling: as_value(ceiling), ..row });
        }
        for part in list.code.iter().filter(|part| part.abi == abi.name) {
            let bytes = code(tools, abi, &archive, &matching(&api, &part.functions)?, part)?;
            let row = row(&part.family, &part.name, abi.name, "code", bytes, Some(part.budget));
            measured.rows.push(row);
        }
        if abi.name == MAIN || list.stack.iter().any(|entry| entry.abi == abi.name) {
            let graph = Graph::of(&archive::build_with_stack_sizes(tools, abi)?)?;
            let depths = graph.depths(&api, &list.pointer)?;
            for entry in list.stack.iter().filter(|entry| entry.abi == abi.name) {
                let functions = matching(&api, &entry.functions)?;
                let deepest = functions
                    .iter()
                    .filter_map(|&name| depths.get_key_value(name))
                    .max_by_key(|(_, depth)| depth.bytes);
                let (name, depth) = deepest.context("no function to look at")?;
                println!("{}: deepest stack {}", abi.name, depth.path.join(" > "));
                let case = format!("{}: {name}", entry.functions.join(" "));
                let row = row(&entry.family, &case, abi.name, "stack", depth.bytes, Some(entry.budget));
                measured.rows.push(Row { ceiling: as_value(entry.ceiling), ..row });
            }
            if abi.name == MAIN {
                let all: Vec<_> = depths.iter().collect();
                measured.functions = parallel::map(&all, |(name, depth)| {
                    let flash = archive::linked_size(tools, abi, &archive, &[name])?.flash();
                    let callback = if depth.callback { " + callback" } else { "" };
                    Ok([(*name).clone(), flash.to_string(), format!("{}{callback}", depth.bytes)])
                })?;
            }
        }
    }
    for entry in &list.ram {
        let bytes = ram(tools, entry)?;
        measured.rows.push(row(&entry.family, &entry.name, "every core", "ram", bytes, entry.budget));
    }
    measured.rows.extend(board::sizes(tools)?);
    Ok(measured)
}

/// Bytes of the symbols of a part, by their names in the linked program.
fn code(tools: &Toolchain, abi: &Abi, archive: &Path, functions: &[&str], part: &Code) -> Result<u64> {
    archive::linked_size(tools, abi, archive, functions)?;
    match named(tools, abi, functions, |name| has(name, &part.symbols) && !has(name, &part.without))? {
        0 => bail!("[[code]] {}: no such symbol", part.name),
        bytes => Ok(bytes),
    }
}

fn has(name: &str, pieces: &[String]) -> bool {
    pieces.iter().any(|piece| name.contains(piece.as_str()))
}

/// Bytes of the symbols, by their Rust names, of a program that has been linked of these functions.
fn named(tools: &Toolchain, abi: &Abi, functions: &[&str], wanted: impl Fn(&str) -> bool) -> Result<u64> {
    let symbols = archive::largest(tools, abi, functions)?;
    let names = symbols.iter().map(|(bytes, symbol)| (bytes, format!("{:#}", rustc_demangle::demangle(symbol))));
    Ok(names.filter(|(_, name)| wanted(name)).map(|(bytes, _)| bytes).sum())
}

/// Functions of the archive that the names stand for.
fn matching<'a>(api: &[&'a str], names: &[String]) -> Result<Vec<&'a str>> {
    let mut found = Vec::new();
    for name in names {
        let fits =
            |function: &&str| name.strip_suffix('*').map_or(**function == *name, |start| function.starts_with(start));
        let before = found.len();
        found.extend(api.iter().copied().filter(fits));
        if found.len() == before {
            bail!("targets/size.toml names {name}, and the archive has no such function");
        }
    }
    Ok(found)
}

/// The value of a C expression, the same by every compiler.
fn ram(tools: &Toolchain, entry: &Ram) -> Result<u64> {
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

/// A budget or ceiling as a figure of a row.
#[allow(clippy::cast_precision_loss, reason = "bytes of a small chip")]
fn as_value(bytes: Option<u64>) -> Option<f64> {
    bytes.map(|bytes| bytes as f64)
}

#[allow(clippy::cast_precision_loss, reason = "bytes of a microcontroller's memory")]
pub(crate) fn row(family: &str, case: &str, target: &str, metric: &str, value: u64, budget: Option<u64>) -> Row {
    Row {
        family: family.to_owned(),
        kernel: "C ABI".to_owned(),
        case: case.to_owned(),
        target: target.to_owned(),
        metric: metric.to_owned(),
        value: value as f64,
        unit: "bytes".to_owned(),
        reference: None,
        reference_name: String::new(),
        goal: as_value(budget),
        lower_is_better: true,
        goal_target: String::new(),
        ceiling: None,
    }
}

/// The build profile `chip` in words, as Cargo.toml has it.
fn profile(tools: &Toolchain) -> Result<String> {
    let manifest: toml::Table = fs::read_to_string(tools.root.join("Cargo.toml"))?.parse()?;
    let chip = manifest.get("profile").and_then(|profiles| profiles.get("chip")).context("no profile `chip`")?;
    let value = |key: &str| chip.get(key).map_or("default".to_owned(), |value| value.to_string().replace('"', ""));
    Ok(format!(
        "opt-level {}, LTO {}, codegen units {}, panic {}",
        value("opt-level"),
        value("lto"),
        value("codegen-units"),
        value("panic")
    ))
}

fn document(measured: &Measured, version: &str, profile: &str) -> String {
    let mut text = String::from("<!-- Generated by `cargo xtask size`: do not edit. -->\n# Sizes\n\n");
    let _ = writeln!(
        text,
        "Made by {version}, profile `chip` ({profile}). Flash is code and constants of the\nnamed C functions and all \
         they reach, soft-float routines included; stack is the deepest path below a function,\nframes added up over the \
         call graph.\n"
    );
    text += &rows::table(&measured.rows);
    let _ = writeln!(text, "\n## Each C function on {MAIN}\n\nBytes of flash when it is linked alone, and of stack.\n");
    let head = ["function", "flash", "stack"].map(str::to_owned);
    text += &rows::markdown(&head, &measured.functions);
    text
}
