//! The call graph of one relocatable object.

use super::readable;
use super::symbols::{Names, callee, code, names, taken};
use crate::thumb;
use anyhow::{Context, Result, bail};
use object::{Object, ObjectSection, ObjectSymbol, RelocationFlags, SectionIndex, elf};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

#[derive(Clone, Default, Debug)]
pub(super) struct Function {
    pub(super) frame: u64,
    /// Calls through a register.
    pub(super) indirect: bool,
    pub(super) callees: BTreeSet<String>,
    /// Functions whose address it takes.
    pub(super) taken: BTreeSet<String>,
}

/// All functions of one relocatable object.
#[derive(Default, Debug)]
pub(crate) struct Graph(pub(super) BTreeMap<String, Function>);

impl Graph {
    /// Calls, and frames by the compiler's word.
    pub(crate) fn of(object: &Path) -> Result<Self> {
        let data = fs::read(object)?;
        let file = object::File::parse(&*data)?;
        let names = names(&file);
        let mut graph = Self::calls(&file, &names)?;
        graph.take_compilers_word(&file, &names)?;
        graph.take_aliases(&file, &names);
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

    /// Functions of the C ABI with the same code stand in one place, and are known by every name they have there.
    fn take_aliases(&mut self, file: &object::File, names: &Names) {
        for symbol in file.symbols().filter(ObjectSymbol::is_global) {
            let (Some(SectionIndex(section)), Ok(alias)) = (symbol.section_index(), symbol.name()) else { continue };
            let Some((name, ..)) = names.get(&(section, symbol.address() & !1)) else { continue };
            if let Some(function) = self.0.get(name).filter(|_| name != alias) {
                let function = function.clone();
                self.0.insert(alias.to_owned(), function);
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
}
