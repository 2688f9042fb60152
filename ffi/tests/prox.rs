//! No function of the header is without a call in the C test.

#[test]
fn every_operator_is_called_from_c() {
    let header = include_str!("../../include/tinysolve.h");
    let test = include_str!("../../tests/c/prox.c");
    let names = header.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| word.starts_with("ts_prox_"));
    let missing: Vec<_> =
        names.filter(|name| *name != "ts_prox_term_t").filter(|name| !test.contains(&format!("{name}("))).collect();
    assert!(missing.is_empty(), "functions that tests/c/prox.c does not call: {missing:?}");
}
