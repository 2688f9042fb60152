//! Functions of an object by their places, and what relocations point to.

use object::{Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionIndex, SectionKind, SymbolKind};
use std::collections::{BTreeMap, BTreeSet};

/// Functions whose addresses a relocation makes known: itself, or all that stand in the constant it points to.
pub(super) fn taken(
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
pub(super) type Names = BTreeMap<(usize, u64), (String, u64, u64)>;

pub(super) fn names(file: &object::File) -> Names {
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
pub(super) fn callee(file: &object::File, names: &Names, target: RelocationTarget) -> Option<String> {
    let RelocationTarget::Symbol(index) = target else { return None };
    let symbol = file.symbol_by_index(index).ok()?;
    let SectionIndex(section) = symbol.section_index()?;
    let (_, (name, _, _)) = names.range((section, 0)..=(section, symbol.address() & !1)).next_back()?;
    Some(name.clone())
}

/// Half-words of instructions between two offsets, constants among them left out.
pub(super) fn code(file: &object::File, section: SectionIndex, bytes: &[u8], start: u64, end: u64) -> Vec<u16> {
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
