//! The deepest the stack can go below each C function: frames from the compiler, calls from the relocations.
//!
//! Every function stands in a section of its own, so every call to another one is a relocation; what calls through a
//! pointer must be named in `targets/size.toml` together with what it may call. Recursion is an error.

use crate::thumb;
use anyhow::{Context, Result, bail};
use object::{Object, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget, SectionIndex, SymbolKind, elf};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A function that calls through a pointer.
#[derive(serde::Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Indirect {
    /// Part of its name.
    pub(crate) function: String,
    /// Parts of the names of what it may call; empty for a function of the user's, whose stack is the user's to add.
    pub(crate) callees: Vec<String>,
    /// Why that is all.
    #[serde(rename = "reason")]
    pub(crate) _reason: String,
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

#[derive(Default, Debug)]
struct Function {
    frame: u64,
    indirect: bool,
    callees: BTreeSet<String>,
}

/// All functions of one relocatable object.
#[derive(Default, Debug)]
pub(crate) struct Graph(BTreeMap<String, Function>);

impl Graph {
    pub(crate) fn of(object: &Path) -> Result<Self> {
        let data = fs::read(object)?;
        let file = object::File::parse(&*data)?;
        let names = names(&file);
        let mut functions = BTreeMap::new();
        for ((section, _), (name, start, end)) in &names {
            let section = file.section_by_index(SectionIndex(*section))?;
            let bytes = section.data()?;
            let code = code(&file, section.index(), bytes, *start, *end);
            let seen = thumb::scan(&code);
            let mut function = Function { frame: seen.stack, indirect: seen.indirect, callees: BTreeSet::new() };
            for (offset, relocation) in section.relocations().filter(|(offset, _)| (*start..*end).contains(offset)) {
                let RelocationFlags::Elf { r_type } = relocation.flags() else { continue };
                let calls = [elf::R_ARM_THM_PC22, elf::R_ARM_THM_JUMP24, elf::R_ARM_THM_JUMP19, elf::R_ARM_THM_PC11];
                if !calls.contains(&r_type) {
                    continue;
                }
                let callee = callee(&file, &names, relocation.target())
                    .with_context(|| format!("a call at {name}+{:#x} leads nowhere known", offset - start))?;
                if callee != *name {
                    function.callees.insert(callee);
                }
            }
            functions.insert(name.clone(), function);
        }
        let mut graph = Self(functions);
        graph.take_compilers_word(&file, &names)?;
        Ok(graph)
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

    /// The deepest path from `name`.
    pub(crate) fn depth(&self, name: &str, indirect: &[Indirect]) -> Result<Depth> {
        self.walk(name, indirect, &mut Vec::new())
    }

    fn walk(&self, name: &str, indirect: &[Indirect], above: &mut Vec<String>) -> Result<Depth> {
        let function = self.0.get(name).with_context(|| format!("{name} is called and not defined"))?;
        if above.iter().any(|caller| caller == name) {
            bail!("recursion has no stack bound: {} -> {name}", above.join(" -> "));
        }
        let mut callees = function.callees.clone();
        let mut callback = false;
        if function.indirect {
            let allowed = indirect.iter().find(|entry| name.contains(&entry.function)).with_context(|| {
                format!("{name} calls through a pointer; name it in [[indirect]] of targets/size.toml")
            })?;
            callback = allowed.callees.is_empty();
            for part in &allowed.callees {
                callees.extend(self.0.keys().filter(|name| name.contains(part.as_str())).cloned());
            }
        }
        above.push(name.to_owned());
        let mut deepest = Depth::default();
        for callee in &callees {
            let depth = self.walk(callee, indirect, above)?;
            callback |= depth.callback;
            if depth.bytes > deepest.bytes || deepest.path.is_empty() {
                deepest = depth;
            }
        }
        above.pop();
        let path = core::iter::once(format!("{name} {}", function.frame)).chain(deepest.path).collect();
        Ok(Depth { bytes: function.frame + deepest.bytes, callback, path })
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

    fn graph(functions: &[(&str, u64, bool, &[&str])]) -> Graph {
        let functions = functions.iter().map(|&(name, frame, indirect, callees)| {
            let callees = callees.iter().map(|&callee| callee.to_owned()).collect();
            (name.to_owned(), Function { frame, indirect, callees })
        });
        Graph(functions.collect())
    }

    #[test]
    fn deepest_path_counts() -> Result<()> {
        let graph = graph(&[
            ("a", 8, false, &["b", "c"]),
            ("b", 100, false, &[]),
            ("c", 4, false, &["d"]),
            ("d", 200, false, &[]),
        ]);
        let depth = graph.depth("a", &[])?;
        assert_eq!((depth.bytes, depth.callback), (212, false));
        assert_eq!(depth.path, ["a 8", "c 4", "d 200"]);
        Ok(())
    }

    #[test]
    fn recursion_and_unknown_pointers_are_refused() {
        assert!(graph(&[("a", 8, false, &["b"]), ("b", 8, false, &["a"])]).depth("a", &[]).is_err());
        assert!(graph(&[("a", 8, true, &[])]).depth("a", &[]).is_err());
        let entry = |callees: &[&str]| Indirect {
            function: "a".into(),
            callees: callees.iter().map(|&name| name.to_owned()).collect(),
            _reason: String::new(),
        };
        let graph = graph(&[("a", 8, true, &[]), ("b", 16, false, &[])]);
        assert!(graph.depth("a", &[entry(&[])]).is_ok_and(|depth| depth.callback && depth.bytes == 8));
        assert!(graph.depth("a", &[entry(&["b"])]).is_ok_and(|depth| !depth.callback && depth.bytes == 24));
    }
}
