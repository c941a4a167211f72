//! Lists of programs of any size: read in chunks by several workers, in bounded memory, with the same result as when read whole.
//!
//! A worker takes its share of the chunks of the file ([`Worker`]), guesses that a record begins after the first line break in it,
//! and gives back its rows in columns ([`Chunk`]). The [`Assembly`] takes the chunks in their order, sees whether each began
//! where the one before it ended, and asks for those again that did not: a quoted cell with line breaks may lie across the
//! border. What only the whole file tells (its encoding, the order of day and month) is first taken from its beginning ([`Plan`])
//! and judged at the end; if it was wrong, the file is read again with what is known then.
//!
//! Rows are judged by the same functions as in a small file; only the boundaries of records are found by faster code.

mod assembly;
mod cache;
mod chunk;
mod columns;
mod encoding;
mod numbers;
mod plan;
mod scan;
mod window;
mod worker;

pub use assembly::{Assembly, Block, Ending, Plain, Step, Summary};
pub use chunk::Chunk;
pub use columns::{Columns, ColumnsError, Row, Rows};
pub use plan::{Guess, HEAD, Plan};
pub use worker::Worker;

/// Bytes of a chunk.
pub const CHUNK: u64 = 8 << 20;
