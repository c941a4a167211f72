//! What one mail may cost. Everything beyond is left out and said, never followed.

/// Largest mail read, in bytes.
pub const MAIL_BYTES: usize = 64 << 20;
/// Header fields looked at in one mail.
pub const HEADERS: usize = 1000;
/// DKIM signatures verified in one mail; a mail with more is not judged on the rest.
pub const SIGNATURES: usize = 12;
/// ARC sets allowed by RFC 8617.
pub const ARC_SETS: u32 = 50;
/// Attachments listed.
pub const ATTACHMENTS: usize = 200;
/// Bytes of text searched for words, per mail.
pub const TEXT_BYTES: usize = 256 << 10;
/// Bytes of HTML read, per part.
pub const HTML_BYTES: usize = 2 << 20;
/// Links kept.
pub const LINKS: usize = 500;
/// Recipients kept.
pub const RECIPIENTS: usize = 200;
/// Bytes of numbers and addresses kept of earlier mails.
pub const PAST_BYTES: usize = 64 << 20;
/// Auditors kept whom a publisher named.
pub const AUDITORS: usize = 1000;
/// Mails within mails that are opened.
pub const NESTING: usize = 4;
/// Mails opened inside one outer mail, over all depths.
pub const NESTED_MAILS: usize = 20;
/// Bytes taken out of one compressed entry when an attachment is looked at.
pub const INFLATED_BYTES: u64 = 16 << 20;
/// Entries looked at in one container.
pub const CONTAINER_ENTRIES: usize = 4096;
/// Bytes of macro source kept from one attachment.
pub const MACRO_BYTES: usize = 1 << 20;
