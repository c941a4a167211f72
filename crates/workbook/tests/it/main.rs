//! Tests of the room over the corpus, over made files, and over bytes that mean harm.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what went wrong by failing")]

mod container;
mod fill;
mod grid;
mod scrub;
