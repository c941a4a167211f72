//! A part in XML as a stream of steps: no tree, bounded depth, no entities but the five and character references.

use crate::container::text;
use crate::limits;
use crate::trouble::Trouble;
use quick_xml::events::{BytesStart, Event};
use std::ops::ControlFlow;

/// What comes next in a part.
pub(super) enum Step<'s> {
    /// An element begins; one without content ends at once.
    Open(&'s BytesStart<'s>),
    /// Text between elements, as it is meant.
    Text(&'s str),
    /// The element of this local name ends.
    Close(&'s str),
}

/// Calls `each` for every step of a part until it breaks off.
///
/// # Errors
/// The XML is broken or too deep; what came before was told.
pub(super) fn walk(part: &str, xml: &[u8], mut each: impl FnMut(Step<'_>) -> ControlFlow<()>) -> Result<(), Trouble> {
    let xml = text(xml);
    let mut reader = quick_xml::Reader::from_str(&xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut depth = 0_usize;
    loop {
        let flow = match reader.read_event() {
            Ok(Event::Start(element)) => {
                depth = depth.saturating_add(1);
                if depth > limits::DEPTH {
                    return Err(Trouble::TooLarge { what: part.to_owned(), limit: limits::DEPTH as u64 });
                }
                each(Step::Open(&element))
            }
            Ok(Event::Empty(element)) => match each(Step::Open(&element)) {
                ControlFlow::Continue(()) => each(Step::Close(element.local_name().as_ref())),
                stop => stop,
            },
            Ok(Event::End(element)) => {
                depth = depth.saturating_sub(1);
                each(Step::Close(element.local_name().as_ref()))
            }
            Ok(Event::Text(text)) => each(Step::Text(&text)),
            Ok(Event::CData(text)) => each(Step::Text(&text)),
            Ok(Event::GeneralRef(name)) => {
                let written = format!("&{};", &*name);
                // An entity that only a DTD could explain is shown as it is written.
                each(Step::Text(&quick_xml::escape::unescape(&written).unwrap_or((&*written).into())))
            }
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => ControlFlow::Continue(()),
            Err(_) => return Err(Trouble::malformed(part, "its XML is broken")),
        };
        if flow.is_break() {
            return Ok(());
        }
    }
}

/// Local name of the first element, from the beginning of a part.
pub(super) fn root(xml: &[u8]) -> Option<String> {
    let mut name = None;
    // The beginning of a part is broken XML where it is cut off; the name stands before that.
    let _ = walk("", xml, |step| match step {
        Step::Open(element) => {
            name = Some(element.local_name().as_ref().to_owned());
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    });
    name
}
