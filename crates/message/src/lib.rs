//! Audit mail: parse, authenticate, triage.
//!
//! Bytes and DNS answers go in, a verdict comes out; nothing here opens a file, a socket or a clock.

pub mod attachment;
pub mod auth;
pub mod content;
pub mod dns;
pub mod domain;
pub mod fold;
pub mod headers;
pub mod html;
pub mod limits;
pub mod mailbox;
pub mod outlook;
mod quotation;
pub mod quoted;
pub mod rtf;
pub mod rules;
mod runs;
mod sentence;
mod sieve;
pub mod time;
pub mod triage;
pub mod vba;
pub mod world;
