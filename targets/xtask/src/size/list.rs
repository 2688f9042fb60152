//! What is measured: the file `targets/size.toml`.

use crate::stack::Pointer;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    #[serde(default)]
    pub(super) flash: Vec<Flash>,
    #[serde(default)]
    pub(super) each: Vec<Each>,
    #[serde(default)]
    pub(super) code: Vec<Code>,
    #[serde(default)]
    pub(super) ram: Vec<Ram>,
    #[serde(default)]
    pub(super) stack: Vec<Stack>,
    #[serde(default)]
    pub(super) pointer: Vec<Pointer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flash {
    pub(super) name: String,
    pub(super) family: String,
    pub(super) functions: Vec<String>,
    /// The interface the budget speaks of.
    pub(super) abi: Option<String>,
    pub(super) budget: Option<u64>,
    /// What it may take until the budget is reached.
    pub(super) ceiling: Option<u64>,
    /// Symbols whose names contain one of these are left out, and the row says so.
    #[serde(default)]
    pub(super) without: Vec<String>,
}

/// C functions that have a row each, and one budget, if any.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Each {
    pub(super) family: String,
    pub(super) functions: Vec<String>,
    pub(super) abi: String,
    pub(super) budget: Option<u64>,
    /// As in [`Flash`].
    #[serde(default)]
    pub(super) without: Vec<String>,
    /// What a function may take until the budget is reached, or at all where there is none.
    #[serde(default)]
    pub(super) ceilings: BTreeMap<String, u64>,
}

/// A part of what functions link: the symbols whose names contain one of `symbols` and none of `without`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    pub(super) name: String,
    pub(super) family: String,
    pub(super) functions: Vec<String>,
    pub(super) symbols: Vec<String>,
    #[serde(default)]
    pub(super) without: Vec<String>,
    pub(super) abi: String,
    pub(super) budget: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ram {
    pub(super) name: String,
    pub(super) family: String,
    pub(super) bytes: String,
    pub(super) budget: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stack {
    pub(super) family: String,
    pub(super) functions: Vec<String>,
    pub(super) abi: String,
    pub(super) budget: u64,
    /// What it may take until the budget is reached.
    pub(super) ceiling: Option<u64>,
}

pub(super) fn list(tools: &Toolchain) -> Result<List> {
    let path = tools.root.join("targets/size.toml");
    toml::from_str(&fs::read_to_string(&path)?).with_context(|| format!("{}", path.display()))
}
