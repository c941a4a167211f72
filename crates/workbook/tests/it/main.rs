//! Tests of the room over the corpus, over made files, and over bytes that mean harm.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test says what went wrong by failing"
)]

mod container;
mod crypt;
mod fill;
mod form;
mod fourth_forms;
mod grid;
mod inspect;
mod made;
mod other_forms;
mod own_forms;
mod scrub;
mod sheets;
mod signature;
mod sixth_forms;
mod third_forms;
