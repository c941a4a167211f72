//! Encoded bodies, decoded by runs. The mail parser decodes quoted-printable and base64 byte by byte, which was an eighth of the
//! cost of a verdict. Here the plain lines in the middle of such a body are decoded at one go and left out of what the parser
//! sees; what it makes of the rest is put together with them again. Whatever is not as plain as expected - a broken line, a part
//! that the parser sees otherwise - is given to the parser whole, so that the result is always the parser's own.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use mail_parser::{Encoding, Message, MessagePart, MimeHeaders, PartType};
use memchr::memmem;

/// Bytes of the shortest run that is left out.
const SHORTEST: usize = 256;
/// Bodies of one mail that are looked at.
const BODIES: usize = 64;
/// Bytes of a header block in which the field may stand.
const BLOCK: usize = 16 << 10;

/// A mail with the plain lines of its encoded bodies left out.
#[derive(Debug)]
pub(crate) struct Shortened {
    /// What the parser is given.
    pub(crate) bytes: Vec<u8>,
    /// What was left out: where, in the shortened mail, and how many bytes; in order.
    cuts: Vec<(usize, usize)>,
    bodies: Vec<Body>,
}

#[derive(Debug)]
struct Body {
    encoding: Encoding,
    /// Where it begins and where its last cut is, in the shortened mail.
    at: usize,
    last_cut: usize,
    /// Up to the last cut: the lines that were kept, decoded, and all lines, decoded.
    kept: Vec<u8>,
    whole: Vec<u8>,
}

/// The parts of a mail whose content was put together again.
#[derive(Debug, Default)]
pub(crate) struct Restored(Vec<(u32, Vec<u8>)>);

impl Shortened {
    /// `None` when nothing is worth leaving out.
    pub(crate) fn of(mail: &[u8]) -> Option<Shortened> {
        let mut out = Shortened { bytes: Vec::new(), cuts: Vec::new(), bodies: Vec::new() };
        // Up to where the mail is copied.
        let mut copied = 0;
        for field in memmem::find_iter(mail, b"ransfer-").take(BODIES * 2) {
            let Some((encoding, start)) =
                field.checked_sub(9).filter(|at| *at >= copied).and_then(|at| coded(mail, at))
            else {
                continue;
            };
            if out.bodies.len() >= BODIES {
                break;
            }
            copied = out.body(mail, copied, start, encoding);
        }
        if out.cuts.is_empty() {
            return None;
        }
        out.bytes.extend_from_slice(mail.get(copied..)?);
        Some(out)
    }

    /// Reads the lines of a body from `start`; gives the place up to which the mail is copied or left out.
    fn body(&mut self, mail: &[u8], mut copied: usize, start: usize, encoding: Encoding) -> usize {
        let dashes = memmem::Finder::new(b"--");
        let mut whole = Vec::new();
        let mut cuts: Vec<Cut> = Vec::new();
        // The lines that may be left out, and the same without the last of them.
        let mut run: Option<(Cut, Cut)> = None;
        let (mut crlf, mut at) = (None, start);
        while let Some(length) = memchr::memchr(b'\n', mail.get(at..).unwrap_or_default()) {
            let line = mail.get(at..at + length).unwrap_or_default();
            let (line, with_cr) = line.strip_suffix(b"\r").map_or((line, false), |line| (line, true));
            let before = whole.len();
            // Another line end, or a line that is not plain, is the parser's to judge, with all that follows.
            if *crlf.get_or_insert(with_cr) != with_cr || !decode(encoding, line, with_cr, &mut whole) {
                whole.truncate(before);
                break;
            }
            let next = at + length + 1;
            if at == start || dashes.find(line).is_some() {
                // A boundary may stand here: the line before it stays too, since its end is taken away.
                cuts.extend(run.take().map(|(_, but_last)| but_last).filter(Cut::is_worth));
            } else {
                let all = run.map_or(Cut { from: at, to: next, first: before, last: whole.len() }, |(all, _)| Cut {
                    to: next,
                    last: whole.len(),
                    ..all
                });
                run = Some((all, Cut { to: at, last: before, ..all }));
            }
            at = next;
        }
        // The last line stays, so that every cut lies within the body.
        cuts.extend(run.map(|(_, but_last)| but_last).filter(Cut::is_worth));
        let Some(last) = cuts.last() else { return copied };
        let mut kept = Vec::with_capacity(whole.len());
        let mut from = 0;
        for cut in &cuts {
            kept.extend_from_slice(whole.get(from..cut.first).unwrap_or_default());
            from = cut.last;
        }
        // What follows the last cut is the parser's: it takes the line end before a boundary away, and more after a joined line.
        whole.truncate(last.last);
        let begins = self.bytes.len() + start.saturating_sub(copied);
        for cut in &cuts {
            self.bytes.extend_from_slice(mail.get(copied..cut.from).unwrap_or_default());
            self.cuts.push((self.bytes.len(), cut.to - cut.from));
            copied = cut.to;
        }
        self.bodies.push(Body { encoding, at: begins, last_cut: self.bytes.len(), kept, whole });
        copied
    }

    /// Puts the content of the parts together again; `None` when the parser saw a body otherwise than it was read here.
    pub(crate) fn restore(&mut self, message: &Message<'_>) -> Option<Restored> {
        let mut restored = Restored::default();
        let mut open = std::mem::take(&mut self.bodies);
        claim(&message.parts, true, &mut open, &mut restored)?;
        open.is_empty().then_some(restored)
    }

    /// A place of the shortened mail in the whole one.
    pub(crate) fn place(&self, at: usize) -> usize {
        at + self.cuts.iter().take_while(|(cut, _)| *cut <= at).map(|(_, length)| length).sum::<usize>()
    }
}

/// Lines that are left out: their place in the mail, and that of what they say in the decoded body.
#[derive(Debug, Clone, Copy)]
struct Cut {
    from: usize,
    to: usize,
    first: usize,
    last: usize,
}

impl Cut {
    fn is_worth(&self) -> bool {
        self.to >= self.from + SHORTEST
    }
}

/// Finds the part of each body among the parts and those of mails inside.
fn claim(parts: &[MessagePart<'_>], outermost: bool, open: &mut Vec<Body>, restored: &mut Restored) -> Option<()> {
    for (id, part) in parts.iter().enumerate() {
        if let PartType::Message(inside) = &part.body
            && part.encoding == Encoding::None
        {
            claim(&inside.parts, false, open, restored)?;
            continue;
        }
        let Some(n) = open.iter().position(|body| body.at == part.offset_body as usize) else { continue };
        let body = open.swap_remove(n);
        let sound = part.encoding == body.encoding
            && !part.is_encoding_problem
            && (part.offset_end as usize) >= body.last_cut
            && part.contents().starts_with(&body.kept);
        // The text of a mail is decoded by its charset; only where that changes no byte may it be put together after that.
        let plain = match &part.body {
            PartType::Text(_) | PartType::Html(_) => unchanged(part, &body.whole),
            PartType::Binary(_) | PartType::InlineBinary(_) => true,
            PartType::Message(_) | PartType::Multipart(_) => false,
        };
        if !sound || !plain {
            return None;
        }
        if outermost {
            let mut whole = body.whole;
            whole.extend_from_slice(part.contents().get(body.kept.len()..)?);
            restored.0.push((u32::try_from(id).ok()?, whole));
        }
    }
    Some(())
}

/// True when a text stays as it is, whether its charset is decoded in one piece or in several.
fn unchanged(part: &MessagePart<'_>, text: &[u8]) -> bool {
    let charset = part.content_type().and_then(|c| c.attribute("charset"));
    let known = charset.is_none_or(|charset| {
        ["utf-8", "us-ascii", "iso-8859-1", "windows-1252"].iter().any(|known| charset.eq_ignore_ascii_case(known))
    });
    known
        && (text.is_ascii()
            || (charset.is_some_and(|charset| charset.eq_ignore_ascii_case("utf-8"))
                && std::str::from_utf8(text).is_ok()))
}

impl Restored {
    fn of(&self, id: u32) -> Option<&[u8]> {
        self.0.iter().find(|(each, _)| *each == id).map(|(_, whole)| whole.as_slice())
    }

    /// The text of a part of the outermost mail.
    pub(crate) fn text<'t>(&'t self, id: u32, text: &'t str) -> Cow<'t, str> {
        match self.of(id) {
            Some(whole) => std::str::from_utf8(whole).map_or_else(|_| String::from_utf8_lossy(whole), Cow::Borrowed),
            None => Cow::Borrowed(text),
        }
    }

    /// The bytes of a part of the outermost mail.
    pub(crate) fn bytes<'t>(&'t self, id: u32, bytes: &'t [u8]) -> &'t [u8] {
        self.of(id).unwrap_or(bytes)
    }

    /// As [`Restored::bytes`], for good.
    pub(crate) fn take(&mut self, id: u32, bytes: &[u8]) -> Vec<u8> {
        let own = self.0.iter_mut().find(|(each, _)| *each == id);
        own.map_or_else(|| bytes.to_vec(), |(_, whole)| std::mem::take(whole))
    }
}

/// Where the field `Content-Transfer-Encoding` at `at` stands in a header block of which the body can be read here: the encoding
/// and the place of the body.
fn coded(mail: &[u8], at: usize) -> Option<(Encoding, usize)> {
    let named = mail.get(at..at + 26)?;
    if !named.eq_ignore_ascii_case(b"Content-Transfer-Encoding:") || (at > 0 && mail.get(at - 1) != Some(&b'\n')) {
        return None;
    }
    // The block begins after an empty line, a boundary, or with the mail.
    let head = mail.get(at.saturating_sub(BLOCK)..at)?;
    let from = head.rsplit(|b| *b == b'\n').skip(1).scan(at, |start, line| {
        let line_start = *start - line.len() - 1;
        *start = line_start;
        Some((line_start, line.strip_suffix(b"\r").unwrap_or(line)))
    });
    let mut start = at;
    for (line_start, line) in from {
        if line.is_empty() || line.starts_with(b"--") {
            break;
        }
        start = line_start;
    }
    let block = mail.get(start..(start + BLOCK).min(mail.len()))?;
    let mut length = 0;
    let (mut encoding, mut kind): (Option<&[u8]>, Option<&[u8]>) = (None, None);
    loop {
        let end = length + memchr::memchr(b'\n', block.get(length..)?)?;
        let line = block.get(length..end)?;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        length = end + 1;
        if line.is_empty() {
            break;
        }
        for (name, value) in [(&b"content-transfer-encoding:"[..], &mut encoding), (b"content-type:", &mut kind)] {
            if line.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)) {
                // A field that stands twice has two readings.
                if value.replace(line.get(name.len()..)?.trim_ascii()).is_some() {
                    return None;
                }
            }
        }
    }
    let kind = kind?;
    let of = |family: &[u8]| kind.get(..family.len()).is_some_and(|head| head.eq_ignore_ascii_case(family));
    let encoding = encoding?;
    let encoding = if encoding.eq_ignore_ascii_case(b"quoted-printable") && of(b"text/") {
        Encoding::QuotedPrintable
    } else if encoding.eq_ignore_ascii_case(b"base64")
        && [&b"application/"[..], b"image/", b"audio/", b"video/"].iter().any(|family| of(family))
    {
        Encoding::Base64
    } else {
        return None;
    };
    Some((encoding, start + length))
}

/// Decodes a plain line; false for any other, of which nothing may have been decoded.
fn decode(encoding: Encoding, line: &[u8], crlf: bool, out: &mut Vec<u8>) -> bool {
    match encoding {
        Encoding::QuotedPrintable => quoted_printable(line, crlf, out),
        Encoding::Base64 => {
            let before = out.len();
            out.resize(before + line.len() / 4 * 3, 0);
            let room = out.get_mut(before..).unwrap_or_default();
            !line.is_empty() && line.len().is_multiple_of(4) && STANDARD_NO_PAD.decode_slice(line, room).is_ok()
        }
        Encoding::None => false,
    }
}

/// A line of quoted-printable as the parser decodes it: blanks at its end go, a `=` there joins it to the next.
fn quoted_printable(line: &[u8], crlf: bool, out: &mut Vec<u8>) -> bool {
    if memchr::memchr(b'\r', line).is_some() {
        return false;
    }
    let mut rest = line;
    while let Some(at) = memchr::memchr(b'=', rest) {
        let (plain, coded) = rest.split_at(at);
        out.extend_from_slice(plain);
        match coded {
            [_] => return true,
            [_, high, low, after @ ..] => {
                let (Some(high), Some(low)) = (digit(*high), digit(*low)) else { return false };
                out.push(high << 4 | low);
                rest = after;
                // What is coded is no blank that a server may have added.
                if rest.is_empty() {
                    out.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
                    return true;
                }
            }
            _ => return false,
        }
    }
    // Blanks count back to the last other byte or coded one.
    let blanks = rest.iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
    out.extend_from_slice(rest.get(..rest.len() - blanks).unwrap_or_default());
    out.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
    true
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
