//! What an archive must not contain, read from its symbols.

use anyhow::{Context, Result, bail};
use object::read::archive::ArchiveFile;
use object::{Object, ObjectSymbol, SymbolKind};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Parts of names that only code which can panic pulls in.
const PANIC: &[&str] = &[
    "panic",
    "rust_begin_unwind",
    "unwrap_failed",
    "expect_failed",
    "slice_index_fail",
    "bounds_check",
    "eh_personality",
];

/// Every symbol of an archive, by what it is.
#[derive(Default, Debug)]
pub(crate) struct Symbols {
    pub(crate) undefined: BTreeSet<String>,
    /// Defined here and visible to the linker.
    pub(crate) global: BTreeSet<String>,
    pub(crate) local: BTreeSet<String>,
}

impl Symbols {
    /// Reads all members of an archive; what one member defines is not undefined for another.
    pub(crate) fn of(path: &Path) -> Result<Self> {
        let data = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut symbols = Self::default();
        for member in ArchiveFile::parse(&*data)?.members() {
            let bytes = member?.data(&*data)?;
            // Members that are no objects (rustc's metadata) have no symbols.
            let Ok(file) = object::File::parse(bytes) else { continue };
            symbols.add(&file);
        }
        let defined: BTreeSet<_> = symbols.global.clone();
        symbols.undefined.retain(|name| !defined.contains(name));
        Ok(symbols)
    }

    fn add(&mut self, file: &object::File) {
        for symbol in file.symbols() {
            let name = symbol.name().unwrap_or_default();
            let no_symbol = matches!(symbol.kind(), SymbolKind::Section | SymbolKind::File);
            if name.is_empty() || name.starts_with('$') || no_symbol {
                continue;
            }
            let set = if symbol.is_undefined() {
                &mut self.undefined
            } else if symbol.is_global() {
                &mut self.global
            } else {
                &mut self.local
            };
            set.insert(name.to_owned());
        }
    }

    /// The functions a C program may call.
    pub(crate) fn api(&self) -> Vec<&str> {
        self.global.iter().map(String::as_str).filter(|name| name.starts_with("ts_")).collect()
    }

    /// Names that speak of panics.
    pub(crate) fn panics(&self) -> Vec<&str> {
        let all = self.undefined.iter().chain(&self.global).chain(&self.local).map(String::as_str);
        all.filter(|name| PANIC.iter().any(|part| name.contains(part))).collect()
    }

    /// Fails unless only `ts_*` is global, nothing is undefined but `allowed`, and nothing speaks of panics.
    pub(crate) fn prove(&self, allowed: &[&str]) -> Result<()> {
        let undefined: Vec<_> = self.undefined.iter().filter(|name| !allowed.contains(&name.as_str())).collect();
        let panics = self.panics();
        let foreign: Vec<_> = self.global.iter().filter(|name| !name.starts_with("ts_")).collect();
        if self.api().is_empty() {
            bail!("the archive defines no ts_* function at all");
        }
        if !(undefined.is_empty() && panics.is_empty() && foreign.is_empty()) {
            bail!(
                "the archive is not clean\n  undefined: {undefined:?}\n  panic symbols: {panics:?}\n  \
                 global and not ts_*: {foreign:?}"
            );
        }
        Ok(())
    }
}

/// What one object file needs from elsewhere.
pub(crate) fn undefined(object: &Path) -> Result<BTreeSet<String>> {
    let data = fs::read(object).with_context(|| format!("cannot read {}", object.display()))?;
    let mut symbols = Symbols::default();
    symbols.add(&object::File::parse(&*data)?);
    Ok(symbols.undefined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbols(undefined: &[&str], global: &[&str], local: &[&str]) -> Symbols {
        let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Symbols { undefined: set(undefined), global: set(global), local: set(local) }
    }

    #[test]
    fn clean_passes_and_each_stain_fails() {
        assert!(symbols(&[], &["ts_version"], &["helper"]).prove(&[]).is_ok());
        assert!(symbols(&["memcpy"], &["ts_version"], &[]).prove(&["memcpy"]).is_ok());
        assert!(symbols(&["memcpy"], &["ts_version"], &[]).prove(&[]).is_err());
        assert!(symbols(&[], &["ts_version", "memcpy"], &[]).prove(&[]).is_err());
        assert!(symbols(&[], &["ts_version"], &["_RNvNtCs_4core9panicking5panic"]).prove(&[]).is_err());
        assert!(symbols(&[], &[], &["helper"]).prove(&[]).is_err());
    }
}
