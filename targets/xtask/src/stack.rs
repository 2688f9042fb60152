//! The deepest the stack can go below each C function: frames from the compiler, calls from the relocations.
//!
//! Every function stands in a section of its own, so every call to another one is a relocation, and so is every place
//! that takes a function's address, tables of trait objects included. What a call through a pointer may reach is told
//! by `targets/size.toml`, out of the functions whose address is taken somewhere. Recursion is an error, and so is a
//! call through a pointer that the list does not know.

use crate::thumb;
use anyhow::{Context, Result, bail};
use object::{
    Object, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget, SectionIndex, SectionKind, SymbolKind, elf,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What calls through pointers may reach.
#[derive(serde::Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pointer {
    /// Part of the caller's name, as Rust writes it. The first entry that fits decides.
    pub(crate) caller: String,
    /// Parts of the names of what it may call.
    #[serde(default)]
    pub(crate) callees: Vec<String>,
    /// It calls a function of the user's, whose stack comes on top.
    #[serde(default)]
    pub(crate) user: bool,
}

/// The deepest path below one function.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Depth {
    pub(crate) bytes: u64,
    /// A function of the user's is called on some path, and its stack comes on top.
    pub(crate) callback: bool,
    /// Where the bytes are, from the top.
    pub(crate) path: Vec<String>,
}

#[derive(Clone, Default, Debug)]
struct Function {
    frame: u64,
    /// Calls through a register.
    indirect: bool,
    callees: BTreeSet<String>,
    /// Functions whose address it takes.
    taken: BTreeSet<String>,
}

/// All functions of one relocatable object.
#[derive(Default, Debug)]
pub(crate) struct Graph(BTreeMap<String, Function>);

impl Graph {
    /// Calls, and frames by the compiler's word.
    pub(crate) fn of(object: &Path) -> Result<Self> {
        let data = fs::read(object)?;
        let file = object::File::parse(&*data)?;
        let names = names(&file);
        let mut graph = Self::calls(&file, &names)?;
        graph.take_compilers_word(&file, &names)?;
        Ok(graph)
    }

    /// Which functions of the object call `name`.
    pub(crate) fn callers(object: &Path, name: &str) -> Result<Vec<String>> {
        let data = fs::read(object)?;
        let file = object::File::parse(&*data)?;
        let graph = Self::calls(&file, &names(&file))?;
        let callers = graph.0.iter().filter(|(_, function)| function.callees.contains(name));
        Ok(callers.map(|(caller, _)| readable(caller)).collect())
    }

    fn calls(file: &object::File, names: &Names) -> Result<Self> {
        const CALLS: [elf::RelocationType; 4] =
            [elf::R_ARM_THM_PC22, elf::R_ARM_THM_JUMP24, elf::R_ARM_THM_JUMP19, elf::R_ARM_THM_PC11];
        let mut functions = BTreeMap::new();
        for ((section, _), (name, start, end)) in names {
            let section = file.section_by_index(SectionIndex(*section))?;
            let seen = thumb::scan(&code(file, section.index(), section.data()?, *start, *end));
            let mut function = Function { frame: seen.stack, indirect: seen.indirect, ..Function::default() };
            for (offset, relocation) in section.relocations().filter(|(offset, _)| (*start..*end).contains(offset)) {
                let RelocationFlags::Elf { r_type } = relocation.flags() else { continue };
                if !CALLS.contains(&r_type) {
                    taken(file, names, relocation.target(), &mut BTreeSet::new(), &mut function.taken);
                    continue;
                }
                let callee = callee(file, names, relocation.target())
                    .with_context(|| format!("a call at {name}+{:#x} leads nowhere known", offset - start))?;
                if callee != *name {
                    function.callees.insert(callee);
                }
            }
            functions.insert(name.clone(), function);
        }
        Ok(Self(functions))
    }

    /// Frame sizes from `.stack_sizes`: an address, which is a relocation, and a number in LEB128.
    fn take_compilers_word(&mut self, file: &object::File, names: &Names) -> Result<()> {
        let mut known = 0;
        for section in file.sections().filter(|section| section.name() == Ok(".stack_sizes")) {
            let bytes = section.data()?;
            let targets: BTreeMap<_, _> = section.relocations().collect();
            let mut at = 0_usize;
            while at < bytes.len() {
                let target =
                    targets.get(&(at as u64)).context(".stack_sizes has an entry without a function")?.target();
                let mut size = 0_u64;
                at += 4;
                for shift in (0..).step_by(7) {
                    let byte = *bytes.get(at).context(".stack_sizes ends within an entry")?;
                    at += 1;
                    size |= u64::from(byte & 0x7F) << shift;
                    if byte & 0x80 == 0 {
                        break;
                    }
                }
                let Some(name) = callee(file, names, target) else { continue };
                if let Some(function) = self.0.get_mut(&name) {
                    function.frame = size;
                    known += 1;
                }
            }
        }
        if known == 0 {
            bail!("the object has no .stack_sizes: was it built with -Zemit-stack-sizes?");
        }
        Ok(())
    }

    /// The deepest path from each of the named functions.
    pub(crate) fn depths(&self, names: &[&str], pointers: &[Pointer]) -> Result<BTreeMap<String, Depth>> {
        let taken = self.0.values().flat_map(|function| &function.taken).map(|name| (name.as_str(), readable(name)));
        let mut walk =
            Walk { graph: self, pointers, taken: taken.collect(), known: BTreeMap::new(), above: Vec::new() };
        names.iter().map(|&name| Ok((name.to_owned(), walk.below(name)?))).collect()
    }
}

/// One walk down the graph.
struct Walk<'g> {
    graph: &'g Graph,
    pointers: &'g [Pointer],
    /// Functions that a pointer may point to, by symbol, with their names as Rust writes them.
    taken: BTreeMap<&'g str, String>,
    known: BTreeMap<&'g str, Depth>,
    above: Vec<&'g str>,
}

impl<'g> Walk<'g> {
    fn below(&mut self, name: &str) -> Result<Depth> {
        let (name, function) = self.graph.0.get_key_value(name).with_context(|| format!("{name} is not defined"))?;
        if let Some(known) = self.known.get(name.as_str()) {
            return Ok(known.clone());
        }
        if self.above.contains(&name.as_str()) {
            bail!("recursion has no stack bound: {} > {}", self.path(), readable(name));
        }
        self.above.push(name);
        let mut callees: Vec<&'g str> = function.callees.iter().map(String::as_str).collect();
        let mut callback = false;
        if function.indirect {
            let (reached, user) = self.through_pointer(name)?;
            callees.extend(reached);
            callback = user;
        }
        let mut deepest = Depth::default();
        for callee in callees {
            let depth = self.below(callee)?;
            callback |= depth.callback;
            if depth.bytes > deepest.bytes || deepest.path.is_empty() {
                deepest = depth;
            }
        }
        self.above.pop();
        let path = core::iter::once(format!("{} {}", readable(name), function.frame)).chain(deepest.path);
        let depth = Depth { bytes: function.frame + deepest.bytes, callback, path: path.collect() };
        self.known.insert(name, depth.clone());
        Ok(depth)
    }

    /// What `name` may call through a pointer, and whether a function of the user's is among it.
    fn through_pointer(&self, name: &str) -> Result<(Vec<&'g str>, bool)> {
        let readable = readable(name);
        let entry = self.pointers.iter().find(|entry| readable.contains(&entry.caller)).with_context(|| {
            format!("{} calls through a pointer; say in [[pointer]] of targets/size.toml what that may be", self.path())
        })?;
        let mut reached = Vec::new();
        for part in &entry.callees {
            let before = reached.len();
            reached.extend(self.taken.iter().filter(|(_, callee)| callee.contains(part)).map(|(symbol, _)| *symbol));
            if reached.len() == before {
                bail!("[[pointer]] of targets/size.toml: no function with `{part}` in its name has its address taken");
            }
        }
        Ok((reached, entry.user))
    }

    fn path(&self) -> String {
        self.above.iter().map(|name| readable(name)).collect::<Vec<_>>().join(" > ")
    }
}

fn readable(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}

/// Functions whose addresses a relocation makes known: itself, or all that stand in the constant it points to.
fn taken(
    file: &object::File,
    names: &Names,
    target: RelocationTarget,
    visited: &mut BTreeSet<usize>,
    found: &mut BTreeSet<String>,
) {
    let RelocationTarget::Symbol(index) = target else { return };
    let Some(SectionIndex(index)) = file.symbol_by_index(index).ok().and_then(|symbol| symbol.section_index()) else {
        return;
    };
    let Ok(section) = file.section_by_index(SectionIndex(index)) else { return };
    if section.kind() == SectionKind::Text {
        found.extend(callee(file, names, target));
    } else if visited.insert(index) {
        for (_, relocation) in section.relocations() {
            taken(file, names, relocation.target(), visited, found);
        }
    }
}

/// Functions by section and start: name, start and end.
type Names = BTreeMap<(usize, u64), (String, u64, u64)>;

fn names(file: &object::File) -> Names {
    let mut names: Names = BTreeMap::new();
    for symbol in file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text && !symbol.is_undefined()) {
        let (Some(SectionIndex(section)), Ok(name)) = (symbol.section_index(), symbol.name()) else { continue };
        if name.is_empty() || name.starts_with('$') {
            continue;
        }
        // Bit 0 says "Thumb".
        let start = symbol.address() & !1;
        let end = start + symbol.size();
        // Of several names for one place the global one is kept.
        if symbol.is_global() || !names.contains_key(&(section, start)) {
            names.insert((section, start), (name.to_owned(), start, end));
        }
    }
    // Assembly routines often have no size: they reach to the next function or to the end of their section.
    let starts: Vec<_> = names.keys().copied().collect();
    for ((section, start), (_, _, end)) in &mut names {
        if *end == *start {
            let next = starts.iter().find(|(other, at)| other == section && at > start).map(|(_, at)| *at);
            let size = file.section_by_index(SectionIndex(*section)).map_or(0, |section| section.size());
            *end = next.unwrap_or(size);
        }
    }
    names
}

/// The function a relocation points to, by its symbol or, for a symbol of a section, by that section's first function.
fn callee(file: &object::File, names: &Names, target: RelocationTarget) -> Option<String> {
    let RelocationTarget::Symbol(index) = target else { return None };
    let symbol = file.symbol_by_index(index).ok()?;
    let SectionIndex(section) = symbol.section_index()?;
    let (_, (name, _, _)) = names.range((section, 0)..=(section, symbol.address() & !1)).next_back()?;
    Some(name.clone())
}

/// Half-words of instructions between two offsets, constants among them left out.
fn code(file: &object::File, section: SectionIndex, bytes: &[u8], start: u64, end: u64) -> Vec<u16> {
    let mut marks: BTreeMap<u64, bool> = BTreeMap::new();
    for symbol in file.symbols().filter(|symbol| symbol.section_index() == Some(section)) {
        let name = symbol.name().unwrap_or_default();
        if name.starts_with("$t") || name.starts_with("$d") {
            marks.insert(symbol.address(), name.starts_with("$t"));
        }
    }
    let half_words = (start..end).step_by(2).filter_map(|offset| {
        let is_code = marks.range(..=offset).next_back().is_none_or(|(_, &is_code)| is_code);
        let at = usize::try_from(offset).ok()?;
        let pair = bytes.get(at..at + 2)?;
        is_code.then(|| u16::from_le_bytes([pair[0], pair[1]]))
    });
    half_words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Given<'a> = (&'a str, u64, bool, &'a [&'a str], &'a [&'a str]);

    fn graph(functions: &[Given]) -> Graph {
        let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let functions = functions.iter().map(|&(name, frame, indirect, callees, taken)| {
            (name.to_owned(), Function { frame, indirect, callees: set(callees), taken: set(taken) })
        });
        Graph(functions.collect())
    }

    fn deepest(graph: &Graph, name: &str, pointers: &[Pointer]) -> Result<Depth> {
        graph.depths(&[name], pointers)?.remove(name).context("no depth")
    }

    #[test]
    fn deepest_path_counts() -> Result<()> {
        let graph = graph(&[
            ("a", 8, false, &["b", "c"], &[]),
            ("b", 100, false, &[], &[]),
            ("c", 4, false, &["d"], &[]),
            ("d", 200, false, &[], &[]),
        ]);
        let depth = deepest(&graph, "a", &[])?;
        assert_eq!((depth.bytes, depth.callback), (212, false));
        assert_eq!(depth.path, ["a 8", "c 4", "d 200"]);
        Ok(())
    }

    #[test]
    fn pointers_reach_what_the_list_says() -> Result<()> {
        let graph = graph(&[
            ("a", 8, false, &["call"], &["f", "g"]),
            ("call", 4, true, &[], &[]),
            ("f", 16, false, &[], &[]),
            ("g", 64, false, &[], &[]),
        ]);
        let list = |callees: &[&str], user| {
            let callees = callees.iter().map(|&name| name.to_owned()).collect();
            [Pointer { caller: "call".into(), callees, user }]
        };
        assert!(deepest(&graph, "a", &[]).is_err(), "not listed");
        assert!(deepest(&graph, "a", &list(&["h"], false)).is_err(), "listed, and there is no such function");
        assert_eq!(deepest(&graph, "a", &list(&["f"], false))?.bytes, 28);
        assert_eq!(deepest(&graph, "a", &list(&["f", "g"], false))?.bytes, 76);
        let user = deepest(&graph, "a", &list(&[], true))?;
        assert!(user.callback && user.bytes == 12);
        Ok(())
    }

    #[test]
    fn recursion_is_refused() {
        let graph = graph(&[("a", 8, false, &["b"], &[]), ("b", 8, false, &["a"], &[])]);
        assert!(deepest(&graph, "a", &[]).is_err());
    }
}
