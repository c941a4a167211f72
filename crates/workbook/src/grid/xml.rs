//! Walking a part in XML: bounded depth, text with its references resolved, attributes by their local names.

use crate::limits;
use crate::trouble::Trouble;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::borrow::Cow;

/// What a walk meets.
pub(super) enum Step<'e> {
    /// An element opens.
    Open(&'e BytesStart<'e>),
    /// An element closes, by its local name. Also sent for one that closes at once.
    Close(&'e str),
    /// Text, a piece of it.
    Text(&'e str),
}

/// Calls `each` for every step of the part.
pub(super) fn walk(
    part: &str,
    xml: &[u8],
    mut each: impl FnMut(Step<'_>) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let xml = crate::container::text(xml);
    let mut reader = quick_xml::Reader::from_str(&xml);
    reader.config_mut().check_end_names = false;
    let mut depth = 0_usize;
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                depth = depth.saturating_add(1);
                if depth > limits::DEPTH {
                    return Err(Trouble::TooLarge { what: part.to_owned(), limit: limits::DEPTH as u64 });
                }
                each(Step::Open(&element))?;
            }
            Ok(Event::Empty(element)) => {
                each(Step::Open(&element))?;
                each(Step::Close(element.local_name().as_ref()))?;
            }
            Ok(Event::End(element)) => {
                depth = depth.saturating_sub(1);
                each(Step::Close(element.local_name().as_ref()))?;
            }
            Ok(Event::Text(text)) => each(Step::Text(&text))?,
            Ok(Event::CData(text)) => each(Step::Text(&text))?,
            Ok(Event::GeneralRef(name)) => {
                let mut buffer = [0_u8; 4];
                each(Step::Text(resolve(&name, &mut buffer)))?;
            }
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(_) => return Err(Trouble::malformed(part, "its XML is broken")),
        }
    }
}

/// The five predefined entities and character references; others are nothing: entities are not expanded.
fn resolve<'b>(name: &BytesRef<'_>, buffer: &'b mut [u8; 4]) -> &'b str {
    if let Ok(Some(found)) = name.resolve_char_ref() {
        return found.encode_utf8(buffer);
    }
    match &**name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}

/// Calls `each` with the local name and value of every attribute.
pub(super) fn attributes(element: &BytesStart<'_>, mut each: impl FnMut(&str, Cow<'_, str>)) {
    for attribute in element.attributes().with_checks(false).flatten() {
        let value = if attribute.value.contains('&') {
            unescape(&attribute.value).map_or(Cow::Borrowed(&*attribute.value), |v| Cow::Owned(v.into_owned()))
        } else {
            Cow::Borrowed(&*attribute.value)
        };
        each(attribute.key.local_name().as_ref(), value);
    }
}

/// A switch of the format: `1`, `true`, `on`.
pub(super) fn switch(value: &str) -> bool {
    matches!(value, "1" | "true" | "on")
}

/// Office writes characters that XML cannot hold as `_x000D_`.
pub(super) fn unwritten(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let found = tail
            .get(2..6)
            .filter(|h| tail.get(6..7) == Some("_") && h.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|h| u32::from_str_radix(h, 16).ok())
            .and_then(char::from_u32);
        let (written, length) = found.map_or(('_', 1), |c| (c, 7));
        out.push(written);
        rest = tail.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}
