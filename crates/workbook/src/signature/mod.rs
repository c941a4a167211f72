//! VBA signatures: found, unwrapped, verified, dated, and put into a verdict with its reason.
//!
//! [`verify`] takes the bytes of a whole workbook, what the caller trusts and knows ([`Trust`]), and the day to judge at. It never
//! fails and never asks anybody: what cannot be read is in the result, no clock is read, nothing is fetched. Sources: MS-OVBA 2.4.2
//! (the three hashes), MS-OSHARED 2.3.2 (wrapping and signed content), RFC 5652 (CMS), 5280 (certificates and lists), 6960 (OCSP),
//! 3161 (time stamps).
//!
//! The order in which causes are looked for is that of [`Reason`]: a broken signature says nothing about the project, a signature
//! for another project says nothing about this one, a revoked signer is worse than an ended one, and so on. What a good verdict does
//! not prove: that the macros are harmless, or that the machine's policy accepts them.

mod algorithm;
mod certificate;
mod chain;
mod cms;
mod content;
mod der;
mod designer;
mod form;
mod instant;
mod judge;
mod key;
mod list;
mod name;
mod ocsp;
mod place;
mod reason;
mod report;
mod revocation;
mod stamp;
mod transcript;
mod trust;
mod weak;
mod wrap;

pub use algorithm::Hash;
pub use instant::{Instant, NotAnInstant};
pub use judge::verify;
pub use reason::{ChainEnd, Flaw, Misuse, Reason, Revoked, StampFlaw, Stamped};
pub use report::{
    ContentHash, Finding, Form, Kind, Link, Party, Serial, Signature, Stamp, StampKind, Verdict, Weak, WeakPlace,
};
pub use revocation::{Cause, Revocation, Source, SourceKind, Unchecked};
pub use transcript::transcript;
pub use trust::{Trust, TrustError};
