//! The one file format of this library: whatever is saved or flashed apart from the code.
//!
//! A container is a header of 64 bytes, a table of sections, and the sections, each at a multiple of 16 bytes. All numbers
//! are little-endian, nothing is a pointer, so that the bytes can be read where they lie, in flash. A later family adds a
//! [`Kind`] and describes its sections; it never adds a format.
//!
//! | byte | type | header |
//! |---|---|---|
//! | 0 | 4 bytes | `TSLV` |
//! | 4 | u16 | version of this format: 1 |
//! | 6 | u16 | bytes of the header: 64 |
//! | 8 | u16 | [`Kind`] |
//! | 10 | u16 | version of the kind, from 1 |
//! | 12 | u32 | bytes of the whole container, a multiple of 16 |
//! | 16 | u32 | number of sections |
//! | 20 | u32 | CRC-32 of every byte but these four |
//! | 24 | 40 bytes | reserved, 0 |
//!
//! | byte | type | record of the table, one a section |
//! |---|---|---|
//! | 0 | u32 | tag: what the section is, as the kind defines |
//! | 4 | u32 | offset from the start of the container, a multiple of 16 |
//! | 8 | u32 | bytes |
//! | 12 | u16 | [`ElementType`] |
//! | 14 | u16 | reserved, 0 |
//!
//! Sections stand in the order of the table and do not overlap. [`Reader::new`] checks all of this once; a container with
//! any single bit flipped is refused, as is one cut short.
//!
//! A power cut may come while a state is being saved: keep two slots, write them in turn, and load the newest that
//! [`Reader::new`] accepts.
//!
//! ```
//! use tinysolve::container::{Kind, Reader, SectionSpec, Writer, container_len};
//!
//! const LEN: usize = container_len(&[3 * 4, 2]);
//! let mut memory = [0_u8; LEN];
//! let specs = [SectionSpec::of::<f32>(1, 3), SectionSpec::of::<u8>(2, 2)];
//! let mut writer = Writer::new(&mut memory, Kind::LearnerState, 1, &specs)?;
//! writer.put([0.5_f32, 1.0, 1.5])?;
//! writer.put([7_u8, 8])?;
//! let saved = writer.finish()?;
//!
//! let reader = Reader::unaligned(saved)?;
//! reader.require(Kind::LearnerState, 1)?;
//! let mut weights = [0.0_f32; 3];
//! reader.find(1)?.copy_to(&mut weights)?;
//! assert_eq!(weights, [0.5, 1.0, 1.5]);
//! # Ok::<(), tinysolve::Error>(())
//! ```

mod cast;
mod crc;
mod element;
mod header;
mod reader;
mod section;
mod writer;

pub use crc::{Crc32, crc32};
pub use element::{Element, ElementType};
pub use header::{ALIGNMENT, HEADER_LEN, Kind, RECORD_LEN, container_len, stored_len};
pub use reader::Reader;
pub use section::{Section, SectionSpec};
pub use writer::Writer;

#[cfg(test)]
mod tests;
