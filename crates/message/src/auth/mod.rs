//! Who sent a mail, as far as the bytes and DNS can show: SPF, DKIM, DMARC and ARC, each with its own verdict, and the verdict
//! lines that servers wrote. "Cannot tell" is a verdict, with the reason why.

pub mod arc;
pub mod canon;
pub mod dkim;
pub mod dmarc;
pub mod key;
pub mod received;
pub mod results;
pub mod spf;
pub mod tags;
