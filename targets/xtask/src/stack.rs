//! The deepest the stack can go below each C function: frames from the compiler, calls from the relocations.
//!
//! Every function stands in a section of its own, so every call to another one is a relocation, and so is every place
//! that takes a function's address, tables of trait objects included. What a call through a pointer may reach is told
//! by `targets/size.toml`, out of the functions whose address is taken somewhere. Recursion is an error, and so is a
//! call through a pointer that the list does not know.

mod graph;
mod symbols;

pub(crate) use self::graph::Graph;

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;

/// What calls through pointers may reach.
#[derive(serde::Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pointer {
    /// Part of the caller's name, as Rust writes it. The first entry that fits decides.
    pub(crate) caller: String,
    /// Parts of the names of what it may call.
    #[serde(default)]
    pub(crate) callees: Vec<String>,
    /// It calls a function of the user's, whose stack comes on top.
    #[serde(default)]
    pub(crate) user: bool,
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

impl Graph {
    /// The deepest path from each of the named functions.
    pub(crate) fn depths(&self, names: &[&str], pointers: &[Pointer]) -> Result<BTreeMap<String, Depth>> {
        let taken = self.0.values().flat_map(|function| &function.taken).map(|name| (name.as_str(), readable(name)));
        let mut walk =
            Walk { graph: self, pointers, taken: taken.collect(), known: BTreeMap::new(), above: Vec::new() };
        names.iter().map(|&name| Ok((name.to_owned(), walk.below(name)?))).collect()
    }
}

/// One walk down the graph.
struct Walk<'g> {
    graph: &'g Graph,
    pointers: &'g [Pointer],
    /// Functions that a pointer may point to, by symbol, with their names as Rust writes them.
    taken: BTreeMap<&'g str, String>,
    known: BTreeMap<&'g str, Depth>,
    above: Vec<&'g str>,
}

impl<'g> Walk<'g> {
    fn below(&mut self, name: &str) -> Result<Depth> {
        let (name, function) = self.graph.0.get_key_value(name).with_context(|| format!("{name} is not defined"))?;
        if let Some(known) = self.known.get(name.as_str()) {
            return Ok(known.clone());
        }
        if self.above.contains(&name.as_str()) {
            bail!("recursion has no stack bound: {} > {}", self.path(), readable(name));
        }
        self.above.push(name);
        let mut callees: Vec<&'g str> = function.callees.iter().map(String::as_str).collect();
        let mut callback = false;
        if function.indirect {
            let (reached, user) = self.through_pointer(name)?;
            callees.extend(reached);
            callback = user;
        }
        let mut deepest = Depth::default();
        for callee in callees {
            let depth = self.below(callee)?;
            callback |= depth.callback;
            if depth.bytes > deepest.bytes || deepest.path.is_empty() {
                deepest = depth;
            }
        }
        self.above.pop();
        let path = core::iter::once(format!("{} {}", readable(name), function.frame)).chain(deepest.path);
        let depth = Depth { bytes: function.frame + deepest.bytes, callback, path: path.collect() };
        self.known.insert(name, depth.clone());
        Ok(depth)
    }

    /// What `name` may call through a pointer, and whether a function of the user's is among it.
    fn through_pointer(&self, name: &str) -> Result<(Vec<&'g str>, bool)> {
        let readable = readable(name);
        let entry = self.pointers.iter().find(|entry| readable.contains(&entry.caller)).with_context(|| {
            format!("{} calls through a pointer; say in [[pointer]] of targets/size.toml what that may be", self.path())
        })?;
        let mut reached = Vec::new();
        for part in &entry.callees {
            let before = reached.len();
            reached.extend(self.taken.iter().filter(|(_, callee)| callee.contains(part)).map(|(symbol, _)| *symbol));
            if reached.len() == before {
                bail!("[[pointer]] of targets/size.toml: no function with `{part}` in its name has its address taken");
            }
        }
        Ok((reached, entry.user))
    }

    fn path(&self) -> String {
        self.above.iter().map(|name| readable(name)).collect::<Vec<_>>().join(" > ")
    }
}

fn readable(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}

#[cfg(test)]
mod tests {
    use super::graph::Function;
    use super::*;

    type Given<'a> = (&'a str, u64, bool, &'a [&'a str], &'a [&'a str]);

    fn graph(functions: &[Given]) -> Graph {
        let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let functions = functions.iter().map(|&(name, frame, indirect, callees, taken)| {
            (name.to_owned(), Function { frame, indirect, callees: set(callees), taken: set(taken) })
        });
        Graph(functions.collect())
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
    fn pointers_reach_what_the_list_says() -> Result<()> {
        let graph = graph(&[
            ("a", 8, false, &["call"], &["f", "g"]),
            ("call", 4, true, &[], &[]),
            ("f", 16, false, &[], &[]),
            ("g", 64, false, &[], &[]),
        ]);
        let list = |callees: &[&str], user| {
            let callees = callees.iter().map(|&name| name.to_owned()).collect();
            [Pointer { caller: "call".into(), callees, user }]
        };
        assert!(deepest(&graph, "a", &[]).is_err(), "not listed");
        assert!(deepest(&graph, "a", &list(&["h"], false)).is_err(), "listed, and there is no such function");
        assert_eq!(deepest(&graph, "a", &list(&["f"], false))?.bytes, 28);
        assert_eq!(deepest(&graph, "a", &list(&["f", "g"], false))?.bytes, 76);
        let user = deepest(&graph, "a", &list(&[], true))?;
        assert!(user.callback && user.bytes == 12);
        Ok(())
    }

    #[test]
    fn recursion_is_refused() {
        let graph = graph(&[("a", 8, false, &["b"], &[]), ("b", 8, false, &["a"], &[])]);
        assert!(deepest(&graph, "a", &[]).is_err());
    }
}
