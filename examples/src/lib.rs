//! The examples are programs, each in a directory of its own: `cargo run --release --example heat`.
