//! `cargo xtask size`: flash, RAM and stack of what a C program links, from `targets/size.toml`.

mod document;
mod image;
mod list;
mod ram;

pub(crate) use self::image::{Linked, of_image};

use self::document::{document, profile};
use self::list::{Code, Each, List, list};
use self::ram::ram;
use crate::abi::{ABIS, Abi};
use crate::archive;
use crate::board;
use crate::parallel;
use crate::proof::Symbols;
use crate::rows::{self, Row};
use crate::stack::Graph;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, anyhow, bail};
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
pub(crate) const MAIN: &str = "v7em-hf";

/// Everything measured.
struct Measured {
    rows: Vec<Row>,
    /// Function, flash alone, deepest stack.
    functions: Vec<[String; 3]>,
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
            let bytes = size.flash() - spared(tools, abi, &functions, &group.without)?;
            let name = without(&group.name, &group.without);
            let row = row(&group.family, &name, abi.name, "flash", bytes, budget);
            measured.rows.push(Row { ceiling: as_value(ceiling), ..row });
        }
        for group in list.each.iter().filter(|group| group.abi == abi.name) {
            measured.rows.extend(each(tools, abi, &archive, &matching(&api, &group.functions)?, group)?);
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

/// A row for every function of a group.
fn each(tools: &Toolchain, abi: &Abi, archive: &Path, functions: &[&str], group: &Each) -> Result<Vec<Row>> {
    if let Some(name) = group.ceilings.keys().find(|name| !functions.contains(&name.as_str())) {
        bail!("[[each]]: there is a ceiling for {name}, which is none of the functions");
    }
    parallel::map(functions, |function| {
        let all = archive::linked_size(tools, abi, archive, &[function])?.flash();
        let bytes = all - spared(tools, abi, &[function], &group.without)?;
        let name = without(function, &group.without);
        let row = row(&group.family, &name, abi.name, "flash", bytes, group.budget);
        Ok(Row { ceiling: as_value(group.ceilings.get(*function).copied()), ..row })
    })
}

/// Bytes that do not count, of a program that has been linked of these functions.
fn spared(tools: &Toolchain, abi: &Abi, functions: &[&str], without: &[String]) -> Result<u64> {
    if without.is_empty() { Ok(0) } else { named(tools, abi, functions, |name| has(name, without)) }
}

/// The name of a row, and what it does not count.
fn without(name: &str, without: &[String]) -> String {
    if without.is_empty() { name.to_owned() } else { format!("{name}, without {}", without.join(", ")) }
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
