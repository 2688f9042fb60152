//! What the header declares.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What the header declares, without its comments.
pub(crate) struct Header {
    /// What stands between the parentheses of a function.
    functions: BTreeMap<String, String>,
    /// What stands between the braces of a structure.
    structures: BTreeMap<String, String>,
    macros: BTreeSet<String>,
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

impl Header {
    pub(crate) fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../include/tinysolve.h");
        let text = fs::read_to_string(path).unwrap();
        let mut rest = text.as_str();
        let mut code = String::new();
        while let Some((before, after)) = rest.split_once("/*") {
            code += before;
            rest = after.split_once("*/").map_or("", |(_, after)| after);
        }
        code += rest;
        let mut header = Self { functions: BTreeMap::new(), structures: BTreeMap::new(), macros: BTreeSet::new() };
        for (at, _) in code.match_indices("_t ts_") {
            let after = code.get(at + 3..).unwrap();
            let name = words_of(after).next().unwrap();
            if let Some((parameters, _)) =
                after.get(name.len()..).and_then(|rest| rest.strip_prefix('(')).and_then(|rest| rest.split_once(");"))
            {
                let _ = header.functions.insert(name.to_string(), parameters.to_string());
            }
        }
        for part in code.split("typedef struct ").skip(1) {
            let (name, body) = part.split_once(" {").unwrap();
            let _ = header.structures.insert(name.to_string(), body.split_once('}').unwrap().0.to_string());
        }
        let defined =
            code.lines().filter_map(|line| line.strip_prefix("#define ").and_then(|rest| words_of(rest).next()));
        header.macros.extend(defined.map(String::from));
        header
    }

    /// Functions of proximal operators and splitting methods.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        let families = [
            "ts_lpn_",
            "ts_prox_",
            "ts_splitting_",
            "ts_qp_",
            "ts_proximal_gradient_",
            "ts_panoc_",
            "ts_douglas_rachford_",
            "ts_admm_",
            "ts_lasso_",
            "ts_consensus_",
            "ts_chambolle_pock_",
            "ts_condat_vu_",
        ];
        self.functions.keys().filter(move |name| families.iter().any(|of| name.starts_with(of)))
    }

    /// Kinds of terms.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &String> {
        self.macros.iter().filter(|name| name.starts_with("TS_PROX_"))
    }

    /// Whether there is a function, a structure or a constant of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.functions.contains_key(name) || self.structures.contains_key(name) || self.macros.contains(name)
    }

    /// All names that a road has room for: its parameters, and the fields of structures among them.
    pub(crate) fn words(&self, name: &str) -> BTreeSet<&str> {
        let own = self.functions.get(name).or_else(|| self.structures.get(name));
        let mut words: BTreeSet<&str> = own.into_iter().flat_map(|text| words_of(text)).collect();
        let structures: Vec<_> = words.iter().filter_map(|word| self.structures.get(*word)).collect();
        words.extend(structures.into_iter().flat_map(|text| words_of(text)));
        words
    }

    /// Whether a road speaks of numbers.
    pub(crate) fn depends_on_precision(&self, name: &str) -> bool {
        let own = self.functions.get(name).or_else(|| self.structures.get(name));
        own.is_some_and(|text| {
            words_of(text).any(|word| {
                word == "float"
                    || word.ends_with("_t") && self.structures.contains_key(&word.replacen("ts_", "ts_f64_", 1))
            })
        })
    }
}
