//! Audit mail: parse, authenticate, triage.
//!
//! Bytes and DNS answers go in, a verdict comes out; nothing here opens a file, a socket or a clock.

pub mod auth;
pub mod dns;
pub mod domain;
pub mod headers;
pub mod limits;
pub mod time;
