//! What the sources of the library define, read line by line: rustfmt has put everything in its place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Public types with their public fields or variants, and public functions as `Type::name`, those in a macro as
/// `macro::name`.
#[derive(Default)]
pub(crate) struct Sources {
    /// None for the fields of what a macro makes.
    pub(crate) types: BTreeMap<String, Option<Vec<String>>>,
    pub(crate) functions: BTreeSet<String>,
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The type that an `impl` is of; none for that of a trait.
fn owner(line: &str) -> Option<String> {
    let rest = line.strip_prefix("impl")?;
    let mut depth = 0_i32;
    let end = rest.find(|c| {
        depth += i32::from(c == '<') - i32::from(c == '>');
        depth == 0
    })?;
    let rest = rest.get(end + usize::from(rest.starts_with('<'))..)?.trim_start();
    (!rest.contains(" for ")).then(|| word(rest))
}

impl Sources {
    /// Of everything with a proximal operator, and of the methods.
    pub(crate) fn read() -> Self {
        let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src");
        let mut files = Vec::new();
        collect(&core.join("prox"), &mut files);
        collect(&core.join("splitting"), &mut files);
        files.extend(["network.rs", "prior.rs", "load.rs"].map(|file| core.join("net/lpn").join(file)));
        files.retain(|file| !file.strip_prefix(&core).unwrap().to_string_lossy().contains("test"));
        let mut sources = Self::default();
        for file in files {
            let text = fs::read_to_string(file).unwrap();
            sources.take(text.split("#[cfg(test)]\nmod ").next().unwrap());
        }
        sources
    }

    /// What a source file defines.
    pub(crate) fn take(&mut self, text: &str) {
        let mut open: Option<(String, bool)> = None;
        let mut of: Option<String> = None;
        for line in text.lines() {
            if let Some((name, is_enum)) = &open {
                let inner = line.strip_prefix("    ").unwrap_or("");
                let field = if *is_enum {
                    Some(inner).filter(|inner| inner.starts_with(char::is_uppercase))
                } else {
                    inner.strip_prefix("pub ").filter(|inner| !inner.starts_with('('))
                };
                if let (Some(field), Some(Some(fields))) = (field, self.types.get_mut(name)) {
                    fields.push(word(field));
                }
                if line == "}" {
                    open = None;
                }
                continue;
            }
            for (keyword, is_enum) in [("pub struct ", false), ("pub enum ", true)] {
                if let Some(name) = line.strip_prefix(keyword).map(word) {
                    let _ = self.types.insert(name.clone(), Some(Vec::new()));
                    open = line.ends_with('{').then_some((name, is_enum));
                }
            }
            // What a macro makes is known by its export alone.
            if let Some(names) = line.strip_prefix("pub use ").and_then(|rest| rest.split_once("::")) {
                let names = names.1.trim_start_matches('{').trim_end_matches(';').trim_end_matches('}');
                for name in names.split(", ").filter(|name| name.starts_with(char::is_uppercase)) {
                    let _ = self.types.entry(name.to_string()).or_insert(None);
                }
            }
            if line.starts_with("impl") {
                of = owner(line);
            } else if line == "}" {
                of = None;
            }
            let signature = line.trim_start().strip_prefix("pub ").map(|rest| rest.trim_start_matches("const "));
            if let Some(name) = signature.and_then(|rest| rest.strip_prefix("fn ")).map(word) {
                let _ = match (&of, line.starts_with(' ')) {
                    (Some(of), true) => self.functions.insert(format!("{of}::{name}")),
                    (None, true) => self.functions.insert(format!("macro::{name}")),
                    _ => self.functions.insert(name),
                };
            }
        }
    }
}
