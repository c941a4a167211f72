//! Integration tests of recognition, one binary.

mod lots;
mod purchases;
mod titles;
