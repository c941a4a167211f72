//! Parts beside the sheets: books outside, connections, controls, drawings, ribbon, web extensions.

use super::found::Found;
use super::opc::Parts;
use super::xml::{Step, walk};
use super::{LinkKind, biff12, connection, embedded};
use crate::container::attribute;
use quick_xml::events::BytesStart;
use std::ops::ControlFlow::Continue;

/// Calls `each` with every opening element and its local name; what is broken is told.
fn elements(part: &str, bytes: &[u8], found: &mut Found, mut each: impl FnMut(&str, &BytesStart<'_>, &mut Found)) {
    let result = walk(part, bytes, |step| {
        if let Step::Open(element) = step {
            each(element.local_name().as_ref(), element, found);
        }
        Continue(())
    });
    found.kept(result);
}

/// A book or program that formulas refer to. Where it leads is told by the relationships; here DDE and the programs of OLE links.
pub(super) fn external_book(parts: &Parts<'_, '_>, part: &str, bytes: &[u8], found: &mut Found) {
    if !parts.is_xml(bytes) {
        let book = biff12::external(bytes);
        match book.kind {
            1 => dde(part, &book.first, &book.second, &book.names, found),
            2 => ole(parts, part, &book.first, &book.second, found),
            _ => {}
        }
        return;
    }
    let (mut conversation, mut items, mut linked) = (None, Vec::new(), false);
    elements(part, bytes, found, |name, element, found| match name {
        "ddeLink" => {
            conversation = Some((
                attribute(element, "ddeService").unwrap_or_default(),
                attribute(element, "ddeTopic").unwrap_or_default(),
            ));
        }
        "ddeItem" => items.extend(attribute(element, "name")),
        // A part has one; more would be looked up in the relationships over and over.
        "oleLink" if !linked => {
            linked = true;
            let (id, program) = (attribute(element, "id"), attribute(element, "progId"));
            ole(parts, part, &id.unwrap_or_default(), &program.unwrap_or_default(), found);
        }
        _ => {}
    });
    if let Some((service, topic)) = conversation {
        dde(part, &service, &topic, &items, found);
    }
}

fn dde(part: &str, service: &str, topic: &str, items: &[String], found: &mut Found) {
    // Excel writes this item beside the others: the document as a whole.
    let mut items = items.iter().filter(|i| *i != "StdDocumentName").peekable();
    if items.peek().is_none() {
        found.link(LinkKind::Dde, part, format!("{service}|{topic}"));
    }
    for item in items {
        found.link(LinkKind::Dde, part, format!("{service}|{topic}!{item}"));
    }
}

fn ole(parts: &Parts<'_, '_>, part: &str, id: &str, program: &str, found: &mut Found) {
    let target = parts.relationships(part).iter().find(|r| r.id == id).map_or("?", |r| r.target.as_str());
    found.link(LinkKind::OleLink, part, format!("{program} {}", connection::hidden(target)).trim_start().to_owned());
}

/// Data connections: kind, name, and all that says where the data come from.
pub(super) fn connections(parts: &Parts<'_, '_>, part: &str, bytes: &[u8], found: &mut Found) {
    if !parts.is_xml(bytes) {
        for text in biff12::connections(bytes) {
            found.link(LinkKind::Connection, part, connection::hidden(&text));
        }
        return;
    }
    let mut texts: Vec<String> = Vec::new();
    elements(part, bytes, found, |name, element, _| {
        if name == "connection" && attribute(element, "name").is_some() {
            let kind = match attribute(element, "type").as_deref() {
                Some("1") => "odbc",
                Some("2") => "dao",
                Some("3") => "file",
                Some("4") => "web",
                Some("5") => "oledb",
                Some("6") => "text",
                Some("7") => "ado",
                Some("8") => "dsp",
                _ => "connection",
            };
            texts.push(format!("{kind} \"{}\"", attribute(element, "name").unwrap_or_default()));
        }
        let Some(text) = texts.last_mut() else { return };
        for key in
            ["odcFile", "sourceFile", "connection", "serverCommand", "command", "url", "editPage", "localConnection"]
        {
            if let Some(value) = attribute(element, key).filter(|v| !v.is_empty()) {
                text.push(' ');
                text.push_str(&connection::hidden(&unescaped(&value)));
            }
        }
        if attribute(element, "refreshOnLoad").is_some_and(|v| v == "1" || v == "true") {
            text.push_str(" refreshOnLoad");
        }
    });
    for text in texts {
        found.link(LinkKind::Connection, part, text);
    }
}

/// Text of Office's XML with `_xHHHH_` read as the character that it stands for; breaks become spaces.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("_x") {
        out.push_str(before);
        let code = after.split_at_checked(4).filter(|(_, end)| end.starts_with('_'));
        match code.and_then(|(hex, end)| Some((char::from_u32(u32::from_str_radix(hex, 16).ok()?)?, end.get(1..)?))) {
            Some((character, end)) => {
                out.push(character);
                rest = end;
            }
            None => {
                out.push_str("_x");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A table that a connection fills.
pub(super) fn query_table(parts: &Parts<'_, '_>, part: &str, bytes: &[u8], found: &mut Found) {
    if !parts.is_xml(bytes) {
        found.link(LinkKind::Connection, part, "queryTable");
        return;
    }
    elements(part, bytes, found, |name, element, found| {
        if name == "queryTable" {
            let text = |key: &str| attribute(element, key).unwrap_or_default();
            let target = format!("queryTable \"{}\" connection {}", text("name"), text("connectionId"));
            found.link(LinkKind::Connection, part, target);
        }
    });
}

/// A control by its class.
pub(super) fn active_x(parts: &Parts<'_, '_>, part: &str, bytes: &[u8], found: &mut Found) {
    if !parts.is_xml(bytes) {
        found.link(LinkKind::ActiveX, part, "?");
        return;
    }
    elements(part, bytes, found, |name, element, found| {
        if name == "ocx" {
            let class = attribute(element, "classid").unwrap_or_else(|| "?".to_owned());
            let target = embedded::class_name(&class).map_or_else(|| class.clone(), |name| format!("{name} {class}"));
            found.link(LinkKind::ActiveX, part, target);
        }
        // Controls that show a page or film say which.
        let value = attribute(element, "value").unwrap_or_default();
        if name == "ocxPr" && (value.contains("://") || value.starts_with("\\\\")) {
            found.link(LinkKind::OtherOutside, part, connection::hidden(&value));
        }
    });
}

/// Shapes bound to a macro.
pub(super) fn drawing(_: &Parts<'_, '_>, part: &str, bytes: &[u8], found: &mut Found) {
    elements(part, bytes, found, |_, element, found| {
        if let Some(target) = attribute(element, "macro").filter(|m| !m.is_empty()) {
            found.link(LinkKind::MacroButton, part, target);
        }
    });
}

/// Buttons and other form controls of the older drawing form.
pub(super) fn vml(_: &Parts<'_, '_>, part: &str, bytes: &[u8], found: &mut Found) {
    let mut target: Option<String> = None;
    let result = walk(part, bytes, |step| {
        match step {
            Step::Open(element) if element.local_name().as_ref() == "FmlaMacro" => target = Some(String::new()),
            Step::Text(text) => {
                if let Some(target) = &mut target {
                    target.push_str(text);
                }
            }
            Step::Close("FmlaMacro") => {
                if let Some(target) = target.take() {
                    found.link(LinkKind::MacroButton, part, target.trim());
                }
            }
            _ => {}
        }
        Continue(())
    });
    found.kept(result);
}

/// Call-backs of a ribbon: what a button runs, and what runs when the ribbon is shown.
pub(super) fn ribbon(_: &Parts<'_, '_>, part: &str, bytes: &[u8], found: &mut Found) {
    elements(part, bytes, found, |_, element, found| {
        for item in element.attributes().with_checks(false).flatten() {
            let key = item.key.local_name();
            let key = key.as_ref();
            let calls = key == "loadImage"
                || ["on", "get"].iter().any(|p| key.strip_prefix(p).is_some_and(|r| r.starts_with(char::is_uppercase)));
            if calls && !item.value.is_empty() {
                let value = quick_xml::escape::unescape(&item.value).unwrap_or_else(|_| item.value.clone());
                found.link(LinkKind::Ribbon, part, format!("{key}={value}"));
            }
        }
    });
}

/// A web extension: its identity and the store that it comes from.
pub(super) fn web_extension(_: &Parts<'_, '_>, part: &str, bytes: &[u8], found: &mut Found) {
    elements(part, bytes, found, |name, element, found| {
        if name == "reference" {
            let text = |key: &str| attribute(element, key).unwrap_or_default();
            let target = format!("{} {} {}", text("id"), text("storeType"), connection::hidden(&text("store")));
            found.link(LinkKind::WebExtension, part, target.trim().to_owned());
        }
    });
}
