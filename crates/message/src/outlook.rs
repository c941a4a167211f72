//! Outlook's own files (.msg, MS-OXMSG). They keep header lines and parts, not the bytes that were signed; so a signature in
//! one cannot be judged, and a mail from "sent items" has no header lines at all. Both are said, not guessed around.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::content::{Content, Inner, Part, Person};
use crate::headers::RawMail;
use crate::html;
use crate::limits;
use crate::time::Moment;

/// A file that is no Outlook mail.
#[derive(Debug, Error)]
pub enum OutlookError {
    /// No compound file, or a broken one.
    #[error("not an Outlook file: {0}; save the mail again, best as .eml")]
    Container(#[from] std::io::Error),
    /// A compound file of another program.
    #[error("a compound file without mail properties; it is no Outlook mail")]
    NoMail,
}

/// An Outlook mail, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// The header lines that came with the mail; empty for a draft or a sent mail.
    pub transport_headers: String,
    /// The content.
    pub content: Content,
}

/// Property numbers of MS-OXPROPS that a triage needs.
mod property {
    pub(super) const SUBJECT: u16 = 0x0037;
    pub(super) const CLIENT_SUBMIT_TIME: u16 = 0x0039;
    pub(super) const SENT_REPRESENTING_NAME: u16 = 0x0042;
    pub(super) const SENT_REPRESENTING_EMAIL: u16 = 0x0065;
    pub(super) const TRANSPORT_HEADERS: u16 = 0x007d;
    pub(super) const SENDER_NAME: u16 = 0x0c1a;
    pub(super) const SENDER_EMAIL: u16 = 0x0c1f;
    pub(super) const DELIVERY_TIME: u16 = 0x0e06;
    pub(super) const BODY: u16 = 0x1000;
    pub(super) const RTF: u16 = 0x1009;
    pub(super) const HTML: u16 = 0x1013;
    pub(super) const MESSAGE_ID: u16 = 0x1035;
    pub(super) const DISPLAY_NAME: u16 = 0x3001;
    pub(super) const EMAIL: u16 = 0x3003;
    pub(super) const ATTACH_DATA: u16 = 0x3701;
    pub(super) const ATTACH_FILENAME: u16 = 0x3704;
    pub(super) const ATTACH_LONG_FILENAME: u16 = 0x3707;
    pub(super) const ATTACH_MIME: u16 = 0x370e;
    pub(super) const SMTP_ADDRESS: u16 = 0x39fe;
    pub(super) const INTERNET_CODEPAGE: u16 = 0x3fde;
    pub(super) const MESSAGE_CODEPAGE: u16 = 0x3ffd;
    pub(super) const SENDER_SMTP: u16 = 0x5d01;
    pub(super) const REPRESENTING_SMTP: u16 = 0x5d02;
}

type File<'b> = cfb::CompoundFile<Cursor<&'b [u8]>>;

impl Outlook {
    /// Reads an Outlook file.
    pub fn read(bytes: &[u8]) -> Result<Outlook, OutlookError> {
        let mut file = cfb::CompoundFile::open(Cursor::new(bytes))?;
        if !file.is_stream("/__properties_version1.0") {
            return Err(OutlookError::NoMail);
        }
        let mut budget = limits::MAIL_BYTES;
        Ok(mail(&mut file, Path::new("/"), 0, &mut budget))
    }

    /// The header lines as bytes, for the checks that need only them.
    pub fn headers(&self) -> Vec<u8> {
        let mut bytes = self.transport_headers.trim_start().as_bytes().to_vec();
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes
    }
}

fn mail(file: &mut File<'_>, at: &Path, depth: usize, budget: &mut usize) -> Outlook {
    // The header of the property stream is 32 bytes at the top, 24 in a mail inside (MS-OXMSG 2.4.1).
    let fixed = fixed(file, at, if depth == 0 { 32 } else { 24 });
    let code_page = [property::INTERNET_CODEPAGE, property::MESSAGE_CODEPAGE]
        .iter()
        .find_map(|p| fixed.iter().find(|(n, _)| n == p))
        .map_or(1252, |(_, v)| (*v & 0xffff_ffff) as u32);
    let text = |file: &mut File<'_>, number, budget: &mut usize| string(file, at, number, code_page, budget);
    let transport_headers = text(file, property::TRANSPORT_HEADERS, budget).unwrap_or_default();
    let mut content = if transport_headers.trim().is_empty() {
        Content::default()
    } else {
        let mut bytes = transport_headers.trim_start().as_bytes().to_vec();
        bytes.extend_from_slice(b"\r\n\r\n");
        let raw = RawMail::new(&bytes);
        let mut content = crate::content::read(&raw);
        content.plain.clear();
        content.html = None;
        content.parts.clear();
        content.inner.clear();
        content
    };
    if let Some(subject) = text(file, property::SUBJECT, budget).filter(|s| !s.is_empty()) {
        content.subject = html::squeeze(&subject);
    }
    if content.from.is_empty() {
        let name =
            text(file, property::SENT_REPRESENTING_NAME, budget).or_else(|| text(file, property::SENDER_NAME, budget));
        let address = [
            property::REPRESENTING_SMTP,
            property::SENDER_SMTP,
            property::SENT_REPRESENTING_EMAIL,
            property::SENDER_EMAIL,
        ]
        .iter()
        // An Exchange sender may bear a directory path instead of an address.
        .find_map(|p| text(file, *p, budget).filter(|a| a.contains('@')));
        if name.is_some() || address.is_some() {
            let address = address.unwrap_or_default().to_lowercase();
            content.from.push(Person { name: html::squeeze(&name.unwrap_or_default()), address });
        }
    }
    content.plain = text(file, property::BODY, budget).unwrap_or_default();
    let markup = text(file, property::HTML, budget).filter(|h| !h.trim().is_empty());
    content.html = markup.map(|h| html::read(&h));
    if content.html.is_none()
        && content.plain.trim().is_empty()
        && let Some(rtf) = binary(file, &at.join(stream_name(property::RTF, 0x0102)), budget)
        && let Some(rtf) = crate::rtf::decompress(&rtf)
    {
        match crate::rtf::text(&rtf) {
            crate::rtf::Body::Html(markup) => content.html = Some(html::read(&markup)),
            crate::rtf::Body::Plain(plain) => content.plain = plain,
        }
    }
    if content.message_id.is_empty() {
        let id = text(file, property::MESSAGE_ID, budget).unwrap_or_default();
        content.message_id = id.trim().trim_matches(['<', '>']).to_owned();
    }
    if content.date.is_none() {
        content.date = [property::CLIENT_SUBMIT_TIME, property::DELIVERY_TIME]
            .iter()
            .find_map(|p| fixed.iter().find(|(n, _)| n == p))
            .and_then(|(_, filetime)| moment(*filetime));
    }
    let children = storages(file, at);
    if content.to.is_empty() {
        for child in children.iter().filter(|c| named(c, "__recip_version1.0_")).take(limits::RECIPIENTS) {
            let name = string(file, child, property::DISPLAY_NAME, code_page, budget).unwrap_or_default();
            let address = string(file, child, property::SMTP_ADDRESS, code_page, budget)
                .or_else(|| string(file, child, property::EMAIL, code_page, budget))
                .unwrap_or_default();
            content.to.push(Person { name: html::squeeze(&name), address: address.to_lowercase() });
        }
        content.recipients = content.to.len();
    }
    for child in children.iter().filter(|c| named(c, "__attach_version1.0_")) {
        if content.parts.len() + content.inner.len() >= limits::ATTACHMENTS {
            content.left_out.push("too-many-attachments");
            break;
        }
        attachment(file, child, depth, code_page, budget, &mut content);
    }
    Outlook { transport_headers, content }
}

fn attachment(file: &mut File<'_>, at: &Path, depth: usize, code_page: u32, budget: &mut usize, content: &mut Content) {
    let mut text = |file: &mut File<'_>, number| {
        string(file, at, number, code_page, budget).map(|s| s.trim().to_owned()).filter(|s| !s.is_empty())
    };
    let name = [property::ATTACH_LONG_FILENAME, property::ATTACH_FILENAME, property::DISPLAY_NAME]
        .iter()
        .find_map(|p| text(file, *p))
        .unwrap_or_default();
    let declared = text(file, property::ATTACH_MIME).unwrap_or_default().to_ascii_lowercase();
    // An object of type 000D is a storage: a mail inside, kept as properties.
    let embedded = at.join(stream_name(property::ATTACH_DATA, 0x000d));
    if file.is_storage(&embedded) {
        if !file.is_stream(embedded.join("__properties_version1.0")) {
            return;
        }
        if depth + 1 >= limits::NESTING {
            content.left_out.push("nested-too-deep");
            return;
        }
        let inner = mail(file, &embedded, depth + 1, budget);
        content.inner.push((name, Inner::Outlook(Box::new(inner))));
        return;
    }
    let Some(bytes) = binary(file, &at.join(stream_name(property::ATTACH_DATA, 0x0102)), budget) else { return };
    let mail_inside = name.to_ascii_lowercase().ends_with(".eml") || declared == "message/rfc822";
    if mail_inside && crate::content::looks_like_mail(&bytes) {
        content.inner.push((name, Inner::Raw(bytes)));
    } else {
        content.parts.push(Part { name, declared, bytes });
    }
}

fn stream_name(number: u16, kind: u16) -> String {
    format!("__substg1.0_{number:04X}{kind:04X}")
}

fn named(path: &Path, start: &str) -> bool {
    path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(start))
}

fn storages(file: &File<'_>, at: &Path) -> Vec<PathBuf> {
    let Ok(entries) = file.read_storage(at) else { return Vec::new() };
    let mut found: Vec<PathBuf> =
        entries.filter(|e| e.is_storage()).take(limits::CONTAINER_ENTRIES).map(|e| e.path().to_path_buf()).collect();
    found.sort();
    found
}

fn binary(file: &mut File<'_>, path: &Path, budget: &mut usize) -> Option<Vec<u8>> {
    if !file.is_stream(path) {
        return None;
    }
    let mut out = Vec::new();
    let most = u64::try_from(*budget).unwrap_or(u64::MAX);
    file.open_stream(path).ok()?.take(most).read_to_end(&mut out).ok()?;
    *budget = budget.saturating_sub(out.len());
    Some(out)
}

/// A text property: UTF-16 (001F), in the mail's code page (001E), or bytes (0102, as HTML often is).
fn string(file: &mut File<'_>, at: &Path, number: u16, code_page: u32, budget: &mut usize) -> Option<String> {
    if let Some(bytes) = binary(file, &at.join(stream_name(number, 0x001f)), budget) {
        let units = bytes.chunks_exact(2).filter_map(|c| <[u8; 2]>::try_from(c).ok()).map(u16::from_le_bytes);
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
        return Some(text.replace('\0', ""));
    }
    let bytes = binary(file, &at.join(stream_name(number, 0x001e)), budget)
        .or_else(|| binary(file, &at.join(stream_name(number, 0x0102)), budget))?;
    Some(decode(&bytes, code_page).replace('\0', ""))
}

/// Bytes of a Windows code page as text; UTF-8 where they already are.
fn decode(bytes: &[u8], code_page: u32) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let label = match code_page {
        65001 => "utf-8".to_owned(),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        20866 => "koi8-r".to_owned(),
        28591..=28605 => format!("iso-8859-{}", code_page - 28590),
        1250..=1258 => format!("windows-{code_page}"),
        _ => "windows-1252".to_owned(),
    };
    match mail_parser::decoders::charsets::map::charset_decoder(label.as_bytes()) {
        Some(decode) => decode(bytes),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Fixed-length properties: number and the eight bytes of the value.
fn fixed(file: &mut File<'_>, at: &Path, header: usize) -> Vec<(u16, u64)> {
    let mut budget = 1 << 20;
    let Some(bytes) = binary(file, &at.join("__properties_version1.0"), &mut budget) else { return Vec::new() };
    bytes
        .get(header..)
        .unwrap_or_default()
        .chunks_exact(16)
        .filter_map(|entry| {
            let number = u16::from_le_bytes(entry.get(2..4)?.try_into().ok()?);
            Some((number, u64::from_le_bytes(entry.get(8..16)?.try_into().ok()?)))
        })
        .collect()
}

/// A FILETIME (tenths of microseconds since 1601) as a moment in UTC.
fn moment(filetime: u64) -> Option<Moment> {
    let seconds = i64::try_from(filetime / 10_000_000).ok()?.checked_sub(11_644_473_600)?;
    Some(Moment { seconds, day: crate::time::day_of(seconds)? })
}
