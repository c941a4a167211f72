//! XML of every kind: a bounded tree without document types or entities, and the discovery report of SQL Server and SWID tags.

use super::{agent_xml, clixml, entitlements};
use crate::Context;
use crate::reading::{Reading, Refusal, Refused, Sink};
use crate::text::Decoded;
use crate::values::short_name;
use licensing::facts::{Fact, MachineRef, SqlInstance, Title};
use quick_xml::Reader;
use quick_xml::events::Event;

/// An element with its text, attributes and children.
#[derive(Debug, Default)]
pub(super) struct Element {
    name: String,
    text: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
}

impl Element {
    /// The first child of a name, whatever its case.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|each| each.name.eq_ignore_ascii_case(name))
    }

    /// All children of a name.
    pub(super) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |each| each.name.eq_ignore_ascii_case(name))
    }

    /// The text of a child, if it says something.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.child(name).and_then(|each| crate::values::told(&each.text))
    }

    /// Its name, without a prefix.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its own text.
    pub(super) fn own_text(&self) -> &str {
        &self.text
    }

    /// Its attributes.
    pub(super) fn attributes(&self) -> &[(String, String)] {
        &self.attributes
    }

    /// All its children.
    pub(super) fn all(&self) -> &[Element] {
        &self.children
    }

    fn attribute(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(key, _)| key == name).and_then(|(_, value)| crate::values::told(value))
    }

    /// The element as one line, for showing a reject.
    pub(super) fn show(&self) -> String {
        self.children.iter().map(|each| format!("{}={}", each.name, each.text)).collect::<Vec<_>>().join("; ")
    }
}

/// The tree of a document.
///
/// # Errors
/// [`Refusal`]: a document type or an entity, too deep, too many elements, not well formed, cut off.
pub(super) fn elements(text: &str, depth: usize, most: u64) -> Result<Element, Refusal> {
    let malformed = |error: &dyn std::fmt::Display, at: u64| {
        let line =
            text.get(..usize::try_from(at).unwrap_or(0).min(text.len())).map_or(0, |head| head.lines().count() as u64);
        Refusal::new(Refused::Malformed, format!("line {line}: {error}")).at(line)
    };
    let mut reader = Reader::from_str(text);
    let mut stack: Vec<Element> = vec![Element::default()];
    let mut count = 0u64;
    loop {
        let event = reader.read_event().map_err(|error| malformed(&error, reader.error_position()))?;
        let ends = matches!(event, Event::End(_));
        let (start, empty) = match &event {
            Event::Start(tag) => (Some(tag), false),
            Event::Empty(tag) => (Some(tag), true),
            _ => (None, false),
        };
        if let Some(tag) = start {
            count += 1;
            if stack.len() > depth || count > most {
                return Err(Refusal::new(
                    Refused::TooLarge,
                    format!("deeper than {depth} or more than {most} elements"),
                ));
            }
            let attributes = tag
                .attributes()
                .flatten()
                .map(|attribute| {
                    let key = attribute.key.local_name().as_ref().to_owned();
                    (key, unescape(&attribute.value))
                })
                .collect();
            let name = tag.local_name().as_ref().to_owned();
            stack.push(Element { name, attributes, ..Element::default() });
        }
        match event {
            Event::DocType(_) => {
                return Err(Refusal::new(Refused::Entities, "a document type: entities are not expanded"));
            }
            Event::Text(piece) => {
                if let Some(top) = stack.last_mut() {
                    top.text.push_str(&piece);
                }
            }
            Event::CData(piece) => {
                if let Some(top) = stack.last_mut() {
                    top.text.push_str(&piece);
                }
            }
            Event::GeneralRef(name) => {
                if let Some(top) = stack.last_mut() {
                    top.text.push_str(&unescape(&format!("&{};", &*name)));
                }
            }
            Event::Eof => break,
            _ => {}
        }
        if empty || ends {
            close(&mut stack);
        }
    }
    if stack.len() > 1 {
        return Err(Refusal::new(Refused::CutOff, "the file ends inside an element"));
    }
    stack.pop().and_then(|mut root| root.children.pop()).ok_or_else(|| Refusal::new(Refused::Malformed, "no element"))
}

fn close(stack: &mut Vec<Element>) {
    if stack.len() > 1
        && let Some(done) = stack.pop()
        && let Some(parent) = stack.last_mut()
    {
        parent.children.push(done);
    }
}

/// The five entities of XML and numeric characters; nothing else is expanded.
fn unescape(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

pub(super) fn read(name: &str, decoded: &Decoded, evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let head: String = decoded.text.chars().take(4_000).collect();
    if head.contains("<!DOCTYPE") || head.contains("<!ENTITY") {
        let html = head.to_lowercase().contains("<!doctype html");
        return Err(if html {
            Refusal::new(Refused::NoEvidence, "a web page; export as CSV or JSON instead")
        } else {
            Refusal::new(Refused::Entities, "a document type: entities are not expanded")
        });
    }
    if head.contains("<REQUEST") {
        return agent_xml::read(&decoded.text, decoded.encoding, evidence, context);
    }
    if clixml::may_be(&head) {
        return clixml::read(name, decoded, evidence, context);
    }
    if head.contains("SoftwareIdentity") {
        return swid(name, decoded, evidence, context);
    }
    if head.contains("DiscoveryInformation") {
        return discovery(name, decoded, evidence, context);
    }
    if entitlements::may_be(&head) {
        return entitlements::read(decoded, evidence, context);
    }
    Err(Refusal::new(Refused::Unknown, "XML of no kind that is known"))
}

/// A machine told by the folder that a file lies in (`swid/SRV01/tag.swidtag`), else by nothing.
fn folder(name: &str) -> Option<String> {
    let mut parts = name.rsplit(['/', '\\']);
    parts.next()?;
    parts.next().filter(|part| !part.is_empty()).map(short_name)
}

fn swid(name: &str, decoded: &Decoded, evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let mut sink = Sink::new("swid-tag", decoded.encoding, evidence, context.limits.rows);
    let tag = match elements(&decoded.text, context.limits.depth, context.limits.rows) {
        Ok(tag) => tag,
        // A tag is one row: what is not well formed is that row, rejected.
        Err(refusal) => {
            sink.reject(1, "malformed", refusal.detail, &decoded.text);
            return Ok(sink.done());
        }
    };
    if tag.name != "SoftwareIdentity" {
        return Err(Refusal::new(Refused::NoEvidence, format!("`{}` speaks of software tags, and is none", tag.name)));
    }
    let title = tag.attribute("name").unwrap_or_default();
    let yes = |key: &str| tag.attribute(key).is_some_and(|value| value == "true");
    if yes("corpus") {
        sink.aside(1, &title, "installation-medium");
    } else if yes("patch") || yes("supplemental") {
        sink.aside(1, &title, "patch-or-supplement");
    } else if title.is_empty() {
        sink.reject(1, "no-name", "a tag without a name", &decoded.text);
    } else if let Some(machine) = folder(name) {
        let publisher = tag.children("Entity").next().and_then(|entity| entity.attribute("name"));
        let fact = Title {
            machine: MachineRef { name: Some(machine), ..MachineRef::default() },
            publisher,
            name: title,
            version: tag.attribute("version"),
            key: tag.attribute("tagId"),
            from: Some("swid".to_owned()),
            ..Title::default()
        };
        sink.fact(1, Fact::Title(fact), vec!["machine told by the folder".to_owned()]);
    } else {
        sink.aside(1, &title, "machine-not-told");
    }
    Ok(sink.done())
}

fn discovery(name: &str, decoded: &Decoded, evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let root = elements(&decoded.text, context.limits.depth, context.limits.rows)?;
    let mut sink = Sink::new("sql-discovery-report", decoded.encoding, evidence, context.limits.rows);
    sink.note("known-from-documents-only", "SQL Server discovery report");
    let machine = folder(name);
    for (index, each) in root.children("DiscoveryInformation").enumerate() {
        let row = index as u64 + 1;
        let feature = each.text("Feature").unwrap_or_default();
        let edition = each.text("Edition");
        if edition.is_none() || !feature.to_lowercase().contains("database engine") {
            sink.aside(row, &feature, "component-of-an-instance");
            continue;
        }
        let fact = SqlInstance {
            machine: MachineRef { name: machine.clone(), ..MachineRef::default() },
            instance: each.text("Instance"),
            edition,
            version: each.text("Version"),
            clustered: each.text("Clustered").map(|text| text.eq_ignore_ascii_case("yes")),
            cores: None,
        };
        let remarks = if machine.is_some() { vec!["machine told by the folder".to_owned()] } else { Vec::new() };
        sink.fact(row, Fact::SqlInstance(fact), remarks);
    }
    Ok(sink.done())
}
