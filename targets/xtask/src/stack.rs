//! The deepest the stack can go below each C function: frames from the compiler, calls from the relocations.
//!
//! Every function stands in a section of its own, so every call to another one is a relocation, and so is every place
//! that takes a function's address, vtables included. A call through a pointer is taken to reach any function whose
//! address was taken by a function above it on the path, or by one that such a function calls and that may hand it
//! back. It is taken not to come back to a function, or to a closure, that is already on the path. Direct recursion is an error, and so is a function
//! that calls through a pointer nobody above it can have made. `targets/size.toml` narrows this where more is known.

use crate::thumb;
use anyhow::{Context, Result, bail};
use object::{
    Object, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget, SectionIndex, SectionKind, SymbolKind, elf,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What is known of calls through pointers beyond what the graph shows.
#[derive(serde::Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pointer {
    /// Part of the caller's name, as Rust writes it.
    pub(crate) caller: String,
    /// Parts of the names of all it may call; none for a function of the user's. The first entry that fits decides.
    pub(crate) callees: Vec<String>,
    /// Parts of the names of what it may call besides, through pointers kept in objects: whoever took their address.
    #[serde(default)]
    pub(crate) stored: Vec<String>,
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
        let mut graph = Self(functions);
        graph.hand_back();
        Ok(graph)
    }

    /// Addresses that a callee takes may come back to its caller.
    fn hand_back(&mut self) {
        loop {
            let mut changed = false;
            for name in self.0.keys().cloned().collect::<Vec<_>>() {
                let Some(function) = self.0.get(&name) else { continue };
                let from_below = function.callees.iter().filter_map(|callee| self.0.get(callee));
                let more: BTreeSet<_> = from_below.flat_map(|callee| callee.taken.iter().cloned()).collect();
                if let Some(function) = self.0.get_mut(&name) {
                    let before = function.taken.len();
                    function.taken.extend(more);
                    changed |= function.taken.len() > before;
                }
            }
            if !changed {
                return;
            }
        }
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
        let mut walk = Walk {
            graph: self,
            pointers,
            known: BTreeMap::new(),
            above: Vec::new(),
            handed: 0,
            open: BTreeSet::new(),
            settled: BTreeSet::new(),
        };
        let depths = names
            .iter()
            .map(|&name| Ok((name.to_owned(), walk.below(name, &BTreeSet::new())?.depth)))
            .collect::<Result<_>>()?;
        let nowhere: Vec<_> = walk.open.difference(&walk.settled).map(|name| readable(name)).collect();
        if !nowhere.is_empty() {
            bail!(
                "these call through a pointer that nothing above them can have made; if it is the user's function, \
                 name them in [[pointer]] of targets/size.toml:\n  {}",
                nowhere.join("\n  ")
            );
        }
        Ok(depths)
    }
}

/// What is below a function, and the functions left out for being above it.
#[derive(Clone, Default)]
struct Below {
    depth: Depth,
    left_out: BTreeSet<String>,
    /// Those on the deepest path.
    through: BTreeSet<String>,
}

/// One walk down the graph.
struct Walk<'g> {
    graph: &'g Graph,
    pointers: &'g [Pointer],
    /// What is below a function, given the addresses at hand.
    known: BTreeMap<(String, BTreeSet<String>), Below>,
    above: Vec<String>,
    /// How many of those above lie before the last call through a pointer.
    handed: usize,
    /// Functions that call through a pointer and on some path have none to call: that path does not exist.
    open: BTreeSet<String>,
    /// Functions that call through a pointer and on some path have one.
    settled: BTreeSet<String>,
}

impl Walk<'_> {
    fn below(&mut self, name: &str, at_hand: &BTreeSet<String>) -> Result<Below> {
        let graph = self.graph;
        let function = graph.0.get(name).with_context(|| format!("{name} is called and not defined"))?;
        let key = (name.to_owned(), at_hand.union(&function.taken).cloned().collect::<BTreeSet<_>>());
        // What was left out then for being above must be above now, and nothing of the deepest path may be.
        if let Some(known) = self.known.get(&key) {
            let above: BTreeSet<_> = self.above.iter().map(|name| class(name)).collect();
            if known.left_out.is_subset(&above) && known.through.is_disjoint(&above) {
                return Ok(known.clone());
            }
        }
        let (_, at_hand) = &key;
        let mut below = Below::default();
        let mut deepest = Below::default();
        self.above.push(name.to_owned());
        for callee in &function.callees {
            let place = self.above.iter().position(|above| above == callee);
            if place.is_some_and(|place| place >= self.handed) {
                bail!("recursion has no stack bound: {} > {}", self.path(), readable(callee));
            }
            if place.is_some() {
                below.left_out.insert(class(callee));
            } else {
                self.visit(callee, at_hand, &mut below, &mut deepest)?;
            }
        }
        if function.indirect {
            let entry = self.pointers.iter().find(|entry| readable(name).contains(&entry.caller));
            let may_call = |callee: &str| {
                let callee = readable(callee);
                entry.is_none_or(|entry| entry.callees.iter().any(|part| callee.contains(part)))
            };
            let mut candidates: BTreeSet<_> = at_hand.iter().filter(|callee| may_call(callee)).collect();
            for part in entry.map_or(&[][..], |entry| &entry.stored) {
                let all = graph.0.values().flat_map(|function| &function.taken);
                candidates.extend(all.filter(|callee| readable(callee).contains(part)));
            }
            let users = entry.is_some_and(|entry| entry.callees.is_empty());
            below.depth.callback |= users;
            let set = if candidates.is_empty() && !users { &mut self.open } else { &mut self.settled };
            set.insert(name.to_owned());
            let handed = core::mem::replace(&mut self.handed, self.above.len());
            for callee in candidates {
                let class = class(callee);
                if self.above.iter().any(|above| self::class(above) == class) {
                    below.left_out.insert(class);
                } else {
                    self.visit(callee, at_hand, &mut below, &mut deepest)?;
                }
            }
            self.handed = handed;
        }
        self.above.pop();
        // The function itself is above only for those below it.
        below.left_out.remove(&class(name));
        below.through = deepest.through;
        below.through.insert(class(name));
        below.depth.bytes = function.frame + deepest.depth.bytes;
        below.depth.path =
            core::iter::once(format!("{} {}", readable(name), function.frame)).chain(deepest.depth.path).collect();
        self.known.insert(key, below.clone());
        Ok(below)
    }

    fn visit(
        &mut self,
        callee: &str,
        at_hand: &BTreeSet<String>,
        below: &mut Below,
        deepest: &mut Below,
    ) -> Result<()> {
        let found = self.below(callee, at_hand)?;
        below.depth.callback |= found.depth.callback;
        below.left_out.extend(found.left_out.iter().cloned());
        if found.depth.bytes > deepest.depth.bytes || deepest.through.is_empty() {
            *deepest = found;
        }
        Ok(())
    }

    fn path(&self) -> String {
        self.above.iter().map(|name| readable(name)).collect::<Vec<_>>().join(" > ")
    }
}

/// One name for a closure and for the shim that a pointer to it goes through.
fn class(name: &str) -> String {
    let name = readable(name).replace("::<", "<");
    match name.split_once(" as core::ops::function::FnOnce<") {
        Some((closure, _)) => closure.trim_start_matches('<').to_owned(),
        None => name.trim_start_matches('<').to_owned(),
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
        let mut graph = Graph(functions.collect());
        graph.hand_back();
        graph
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
    fn pointers_reach_what_was_taken_above() -> Result<()> {
        let graph = graph(&[
            ("a", 8, false, &["call"], &["f"]),
            ("b", 8, false, &["call"], &["g"]),
            ("call", 4, true, &[], &[]),
            ("f", 16, false, &[], &[]),
            ("g", 64, false, &[], &[]),
        ]);
        assert_eq!(deepest(&graph, "a", &[])?.bytes, 28);
        assert_eq!(deepest(&graph, "b", &[])?.bytes, 76);
        assert!(deepest(&graph, "call", &[]).is_err(), "a pointer from nowhere");
        let only = |callees: &[&str]| {
            let callees = callees.iter().map(|&name| name.to_owned()).collect();
            [Pointer { caller: "call".into(), callees, stored: Vec::new() }]
        };
        let user = deepest(&graph, "a", &only(&[]))?;
        assert!(user.callback && user.bytes == 12);
        assert_eq!(deepest(&graph, "b", &only(&["g"]))?.bytes, 76);
        assert!(deepest(&graph, "b", &only(&["f"])).is_err(), "a pointer to none of those at hand");
        Ok(())
    }

    #[test]
    fn pointers_come_back() -> Result<()> {
        let graph = graph(&[
            ("a", 8, true, &["choose"], &[]),
            ("choose", 4, false, &["table"], &[]),
            ("table", 4, false, &[], &["f"]),
            ("f", 100, false, &[], &[]),
        ]);
        assert_eq!(deepest(&graph, "a", &[])?.bytes, 108);
        Ok(())
    }

    #[test]
    fn recursion_is_refused() {
        let graph = graph(&[("a", 8, false, &["b"], &[]), ("b", 8, false, &["a"], &[])]);
        assert!(deepest(&graph, "a", &[]).is_err());
    }
}
