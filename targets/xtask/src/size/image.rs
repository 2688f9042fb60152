//! What a linked program takes.

use anyhow::{Context, Result};
use object::{Object, ObjectSection, SectionFlags, SectionKind, elf};
use std::fs;
use std::path::Path;

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
