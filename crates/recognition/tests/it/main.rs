//! Integration tests of recognition, one binary.

mod purchases;
