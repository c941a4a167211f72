//! The tokeniser's events as open, close and text, with no allocation for what nobody asks for.

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::emitters::callback::{Callback, CallbackEmitter, CallbackEvent};
use html5gum::{Emitter, ForwardingEmitter, Span, Tokenizer};

use super::Reader;

/// The attributes that a reader may ask for; any other is passed over.
const WANTED: &[&[u8]] = &[b"href", b"style", b"alt", b"hidden", b"type", b"action"];

/// The attributes of the tag at hand. Of two with one name the first counts.
#[derive(Default)]
pub(super) struct Attributes {
    found: Vec<(&'static [u8], Vec<u8>)>,
    /// Emptied values, kept for their room.
    spare: Vec<Vec<u8>>,
    /// True when the next value belongs to the last of `found`.
    open: bool,
}

impl Attributes {
    /// The bytes of a value, when the attribute is there.
    pub(super) fn raw(&self, name: &[u8]) -> Option<&[u8]> {
        self.found.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_slice())
    }

    /// A value as text, when the attribute is there.
    pub(super) fn get(&self, name: &[u8]) -> Option<Cow<'_, str>> {
        self.raw(name).map(String::from_utf8_lossy)
    }

    fn name(&mut self, name: &[u8]) {
        self.open = false;
        if let Some(wanted) = WANTED.iter().find(|w| **w == name)
            && self.raw(name).is_none()
        {
            self.found.push((wanted, self.spare.pop().unwrap_or_default()));
            self.open = true;
        }
    }

    fn value(&mut self, value: &[u8]) {
        if let Some((_, kept)) = self.found.last_mut().filter(|_| self.open) {
            kept.extend_from_slice(value);
        }
    }

    fn clear(&mut self) {
        self.open = false;
        for (_, mut value) in self.found.drain(..) {
            value.clear();
            self.spare.push(value);
        }
    }
}

struct Events<'r> {
    reader: &'r mut Reader,
    name: Vec<u8>,
    attributes: Attributes,
}

impl Callback<Infallible, ()> for Events<'_> {
    fn handle_event(&mut self, event: CallbackEvent<'_>, _: Span<()>) -> Option<Infallible> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.name.clear();
                self.name.extend_from_slice(name);
            }
            CallbackEvent::AttributeName { name } => self.attributes.name(name),
            CallbackEvent::AttributeValue { value } => self.attributes.value(value),
            CallbackEvent::CloseStartTag { self_closing } => {
                self.reader.open(&String::from_utf8_lossy(&self.name), self_closing, &self.attributes);
                self.attributes.clear();
            }
            CallbackEvent::EndTag { name } => {
                // What stands as attributes in a closing tag is none.
                self.attributes.clear();
                self.reader.close(&String::from_utf8_lossy(name));
            }
            CallbackEvent::String { value } => self.reader.text(&String::from_utf8_lossy(value)),
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
        None
    }
}

/// The callback emitter without errors: every mail breaks the standard somewhere, and looking for where costs a third.
struct Quiet<'r>(CallbackEmitter<Events<'r>>);

impl ForwardingEmitter for Quiet<'_> {
    type Token = Infallible;

    fn inner(&mut self) -> &mut impl Emitter<Token = Infallible> {
        &mut self.0
    }

    #[inline]
    fn should_emit_errors(&mut self) -> bool {
        false
    }
}

/// Tells the reader what stands in the source, in its order.
pub(super) fn read(source: &str, reader: &mut Reader) {
    // Line ends of mails, taken to those of HTML at one go instead of one by one.
    let plain = with_lf(source);
    let events = Events { reader, name: Vec::new(), attributes: Attributes::default() };
    let Ok(()) = Tokenizer::new_with_emitter(plain.as_ref(), Quiet(CallbackEmitter::new(events))).finish();
}

/// CRLF as LF; a lone CR stays, and is the tokeniser's to judge.
fn with_lf(source: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut from = 0;
    for at in memchr::memchr_iter(b'\r', source.as_bytes()) {
        if source.as_bytes().get(at + 1) == Some(&b'\n') {
            if from == 0 {
                out.reserve(source.len());
            }
            out.push_str(source.get(from..at).unwrap_or_default());
            from = at + 1;
        }
    }
    if from == 0 {
        return Cow::Borrowed(source);
    }
    out.push_str(source.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_of_mails_become_those_of_html() {
        assert_eq!(with_lf("a\r\nb\rc\r\r\n\nd\r"), "a\nb\rc\r\n\nd\r");
        assert_eq!(with_lf("\r\n"), "\n");
        assert!(matches!(with_lf("é\nb\r"), Cow::Borrowed(_)));
    }
}
