//! The auditor's workbook: container, inspection, signature, form, fill, scrub.
//!
//! Bytes come in, values go out. Nothing received is ever run, fetched or followed; every reader is bounded (see [`limits`]).

pub mod container;
pub mod crypt;
pub mod fill;
pub mod form;
pub mod grid;
pub mod inspect;
pub mod limits;
pub mod scrub;
pub mod sheets;
pub mod signature;
mod trouble;
pub mod vba;

pub use trouble::Trouble;
