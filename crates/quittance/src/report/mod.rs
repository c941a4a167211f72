//! The position put before people: terminal table, workbook, one self-contained page, and the explanation of a line.
//!
//! Nothing is computed here: a report only lays out what the position says, in the reader's language.

pub(crate) mod account;
pub(crate) mod chart;
pub(crate) mod clusters;
pub(crate) mod comparison;
pub(crate) mod decisions;
pub(crate) mod document;
pub(crate) mod explain;
pub(crate) mod page;
pub(crate) mod sheet;
pub(crate) mod table;
pub(crate) mod wording;
