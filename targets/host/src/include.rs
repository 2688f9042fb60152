//! A model as source text: for `include!` in Rust, `#include` in C.

use std::fmt::Write;

/// Sixteen bytes a line, in decimal: the shortest.
fn numbers(bytes: &[u8]) -> String {
    let mut out = String::new();
    for line in bytes.chunks(24) {
        let line: Vec<String> = line.iter().map(u8::to_string).collect();
        let _ = writeln!(out, "    {},", line.join(","));
    }
    out
}

/// Rust: `ARENA`, and `MODEL` at a multiple of 16.
#[must_use]
pub fn rust(container: &[u8], arena: usize, from: &str) -> String {
    format!(
        "// Made by `tinysolve convert {from}`.\n\
         /// Bytes of the arena.\npub const ARENA: usize = {arena};\n\
         /// Bytes at a multiple of 16.\n#[repr(C, align(16))]\npub struct Aligned<const N: usize>(pub [u8; N]);\n\
         /// The model.\npub static MODEL: Aligned<{}> = Aligned([\n{}]);\n",
        container.len(),
        numbers(container)
    )
}

/// C: `NAME_ARENA`, and `NAME_model` at a multiple of 16.
#[must_use]
pub fn c(container: &[u8], arena: usize, from: &str, name: &str) -> String {
    let upper = name.to_uppercase();
    format!(
        "/* Made by `tinysolve convert {from}`. */\n#ifndef {upper}_MODEL_H\n#define {upper}_MODEL_H\n#include <stdint.h>\n\n\
         /* Bytes of the arena. */\n#define {upper}_ARENA {arena}u\n#define {upper}_LEN {}u\n\n\
         #if defined(__GNUC__)\n__attribute__((aligned(16)))\n#endif\n\
         static const uint8_t {name}_model[{upper}_LEN] = {{\n{}}};\n\n#endif\n",
        container.len(),
        numbers(container)
    )
}
