//! Whether C reaches what the library has of proximal operators and splitting methods: every type, every field, every function of
//! its own. The sources of the library are read, and the header; `table` says which road leads where, and whoever adds an
//! operator, a field or a method adds it there, or says why C does without.
#![allow(
    clippy::unwrap_used,
    clippy::std_instead_of_core,
    clippy::missing_panics_doc,
    reason = "a test on the host, which reads files"
)]

mod header;
mod sources;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use header::Header;
use sources::Sources;
use table::{FUNCTIONS, TYPES, WITHOUT};

/// `field` or `field=word`: what it is called there; `field=-` for what the choice of a C function settles.
fn aliases(fields: &str) -> BTreeMap<&str, &str> {
    fields.split_whitespace().map(|field| field.split_once('=').unwrap_or((field, field))).collect()
}

fn excused(key: &str) -> bool {
    WITHOUT.iter().any(|(name, _)| *name == key)
}

#[test]
fn every_type_and_field_is_in_the_table() {
    let sources = Sources::read();
    let mut missing = Vec::new();
    for (name, fields) in &sources.types {
        match TYPES.iter().find(|(of, ..)| of == name) {
            Some((_, listed, _)) => {
                let listed: BTreeSet<&str> = aliases(listed).into_keys().collect();
                let unlike =
                    fields.as_ref().is_some_and(|fields| fields.iter().any(|field| !listed.contains(&**field)));
                if unlike {
                    missing.push(format!("{name} has {fields:?}, the table {listed:?}"));
                }
            }
            None if excused(name) => {}
            None => missing.push(format!("{name} has no road to it")),
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(sources.types.len() > 90, "{} types found", sources.types.len());
    for (name, listed, _) in TYPES {
        let fields = sources.types.get(*name).unwrap_or_else(|| panic!("the library has no {name}"));
        if let Some(fields) = fields {
            let gone: Vec<_> =
                aliases(listed).into_keys().filter(|field| !fields.iter().any(|of| of == field)).collect();
            assert!(gone.is_empty(), "{name} has no {gone:?}");
        }
    }
}

#[test]
fn every_function_is_in_the_table() {
    let sources = Sources::read();
    let known = |name: &str, key: &str| {
        FUNCTIONS.iter().any(|(of, _)| *of == key || *of == name) || excused(key) || excused(name)
    };
    let missing: Vec<_> =
        sources.functions.iter().filter(|key| !known(key.rsplit("::").next().unwrap_or(key), key)).collect();
    assert!(missing.is_empty(), "no road to {missing:#?}");
    assert!(sources.functions.len() > 60, "{} functions found", sources.functions.len());
    let names: BTreeSet<&str> = sources.functions.iter().filter_map(|key| key.rsplit("::").next()).collect();
    for (key, _) in FUNCTIONS {
        assert!(sources.functions.contains(*key) || names.contains(key), "the library has no {key}");
    }
}

#[test]
fn every_excuse_is_needed() {
    let sources = Sources::read();
    for (key, reason) in WITHOUT {
        let is_there = sources.types.contains_key(*key)
            || sources.functions.iter().any(|of| of == key || of.rsplit("::").next() == Some(key));
        assert!(is_there && reason.len() > 10, "{key}: {reason}");
        assert!(!TYPES.iter().any(|(name, ..)| name == key), "{key} has a road");
    }
}

#[test]
fn every_road_is_in_the_header_in_both_precisions() {
    let header = Header::read();
    let roads = TYPES.iter().map(|(_, _, roads)| *roads).chain(FUNCTIONS.iter().map(|(_, roads)| *roads));
    for road in roads.flat_map(str::split_whitespace) {
        assert!(header.has(road), "the header has no {road}");
        if header.depends_on_precision(road) {
            let twin = road.replacen("ts_", "ts_f64_", 1);
            assert!(header.has(&twin), "the header has no {twin}");
        }
    }
}

/// A field is reached if a road has a parameter of that name, or a structure with such a field among its parameters.
#[test]
fn every_field_can_be_given() {
    let header = Header::read();
    for (name, fields, roads) in TYPES {
        let words: BTreeSet<&str> = roads.split_whitespace().flat_map(|road| header.words(road)).collect();
        for (field, word) in aliases(fields) {
            assert!(word == "-" || words.contains(word), "{name}.{field}: no {word} among {words:?}");
        }
    }
}

/// What the header has of this family and the table does not is a road nobody knows of.
#[test]
fn every_function_of_the_header_is_a_road() {
    let header = Header::read();
    let roads: BTreeSet<&str> = TYPES
        .iter()
        .map(|(_, _, roads)| *roads)
        .chain(FUNCTIONS.iter().map(|(_, roads)| *roads))
        .flat_map(str::split_whitespace)
        .collect();
    let unknown: Vec<_> = header.names().filter(|name| !roads.contains(name.as_str())).collect();
    assert!(unknown.is_empty(), "not in the table: {unknown:?}");
    assert!(header.names().count() > 150, "{} functions found", header.names().count());
}

/// The page for those who write C names every function and every kind of term, and nothing else.
#[test]
fn the_guide_is_complete() {
    let header = Header::read();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../include/proximal.md");
    let text = std::fs::read_to_string(path).unwrap();
    let named: BTreeSet<&str> =
        text.split('`').skip(1).step_by(2).filter(|name| name.to_lowercase().starts_with("ts_")).collect();
    let missing: Vec<_> = header.names().chain(header.kinds()).filter(|name| !named.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "not in the guide: {missing:?}");
    let unknown: Vec<_> = named.iter().filter(|name| !name.ends_with("...") && !header.has(name)).collect();
    assert!(unknown.is_empty(), "in the guide alone: {unknown:?}");
}

#[test]
fn what_is_added_is_found() {
    let mut sources = Sources::default();
    sources.take(
        "/// f.\n#[derive(Clone)]\npub struct Invented<'a, T> {\n    /// a.\n    pub slope: T,\n    hidden: &'a [T],\n    /// b.\n    \
         pub width: T,\n}\n\nimpl<T: Real> Invented<'_, T> {\n    /// c.\n    #[must_use]\n    pub const fn told(&self) {}\n    \
         fn own() {}\n}\n\n/// d.\npub struct Empty;\n\npub enum Choice {\n    /// e.\n    One,\n    Two(u32),\n}\n\npub fn free() {}\n",
    );
    let fields = |names: &[&str]| Some(names.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(sources.types.get("Invented"), Some(&fields(&["slope", "width"])));
    assert_eq!(sources.types.get("Empty"), Some(&fields(&[])));
    assert_eq!(sources.types.get("Choice"), Some(&fields(&["One", "Two"])));
    assert_eq!(sources.functions.iter().collect::<Vec<_>>(), ["Invented::told", "free"]);
}
