//! What the header declares.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The header without its comments.
pub(crate) struct Header(String);

fn words_of(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).map(String::from).collect()
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
        Self(code + rest)
    }

    /// Functions of proximal operators and splitting methods.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
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
        let all = words_of(&self.0).into_iter().filter(move |word| families.iter().any(|of| word.starts_with(of)));
        all.filter(|word| self.prototype(word).is_some())
    }

    /// What stands between the parentheses of a function.
    fn prototype(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.0.split_once(&format!("_t {name}("))?;
        Some(rest.split_once(");")?.0)
    }

    /// The fields of a structure.
    fn structure(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.0.split_once(&format!("typedef struct {name} {{"))?;
        Some(rest.split_once('}')?.0)
    }

    /// Whether there is a function, a structure or a constant of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.prototype(name).is_some() || self.structure(name).is_some() || self.0.contains(&format!("#define {name} "))
    }

    /// All names that a road has room for: its parameters, and the fields of structures among them.
    pub(crate) fn words(&self, name: &str) -> BTreeSet<String> {
        let mut words = self.prototype(name).or_else(|| self.structure(name)).map(words_of).unwrap_or_default();
        let structures: Vec<_> = words.iter().filter_map(|word| self.structure(word)).flat_map(words_of).collect();
        words.extend(structures);
        words
    }

    /// Whether a road speaks of numbers.
    pub(crate) fn depends_on_precision(&self, name: &str) -> bool {
        let Some(of) = self.prototype(name).or_else(|| self.structure(name)) else { return false };
        words_of(of).iter().any(|word| {
            word == "float" || word.ends_with("_t") && self.structure(&word.replacen("ts_", "ts_f64_", 1)).is_some()
        })
    }
}
