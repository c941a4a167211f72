//! A mail as people see it: who, when, text, links, attachments, mails inside. The bytes for signatures stay in
//! [`crate::headers::RawMail`].

use std::sync::LazyLock;

use mail_parser::{Address, HeaderName, MessageParser, MimeHeaders, PartType};

use crate::headers::RawMail;
use crate::html::{self, Html, Link};
use crate::limits;
use crate::runs::{Restored, Shortened};
use crate::time::{self, Moment};

/// A name and an address as a header gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The display name, decoded; empty when there is none.
    pub name: String,
    /// The address, lower case.
    pub address: String,
}

impl Person {
    /// The domain of the address.
    pub fn domain(&self) -> String {
        crate::domain::of_address(&self.address)
    }
}

/// An attachment's bytes with what the mail says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// File name, decoded; empty when not given.
    pub name: String,
    /// Declared type, `type/subtype`.
    pub declared: String,
    /// The bytes, decoded.
    pub bytes: Vec<u8>,
}

/// A mail inside another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inner {
    /// Its bytes, so that signatures can be judged.
    Raw(Vec<u8>),
    /// An Outlook file, or a mail inside one.
    Outlook(Box<crate::outlook::Outlook>),
}

/// A mail's content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// All From addresses; more than one is odd.
    pub from: Vec<Person>,
    /// Sender, when given.
    pub sender: Option<Person>,
    /// Reply-To addresses.
    pub reply_to: Vec<Person>,
    /// To and Cc, as many as the limit keeps.
    pub to: Vec<Person>,
    /// How many recipients there are in all.
    pub recipients: usize,
    /// Subject, decoded.
    pub subject: String,
    /// Date header.
    pub date: Option<Moment>,
    /// Message-ID without brackets.
    pub message_id: String,
    /// In-Reply-To and References, without brackets.
    pub references: Vec<String>,
    /// Plain text body.
    pub plain: String,
    /// HTML body, read.
    pub html: Option<Html>,
    /// Attachments.
    pub parts: Vec<Part>,
    /// Mails inside.
    pub inner: Vec<(String, Inner)>,
    /// True when mails stand inside, also after they were taken out.
    pub holds_mails: bool,
    /// What was left out: `too-many-attachments`, `nested-too-deep`, `too-many-recipients`.
    pub left_out: Vec<&'static str>,
}

impl Content {
    /// The text that the reader sees: HTML when it says something, else the plain part.
    pub fn seen(&self) -> &str {
        match &self.html {
            Some(html) if html.text.trim().len() >= self.plain.trim().len().min(20) && !html.text.trim().is_empty() => {
                &html.text
            }
            _ => &self.plain,
        }
    }

    /// Links of the HTML part, and addresses written out in plain text.
    pub fn links(&self) -> Vec<Link> {
        let mut links = self.html.as_ref().map(|h| h.links.clone()).unwrap_or_default();
        if self.html.is_none() {
            for word in self.plain.split_whitespace() {
                let word = word.trim_matches(['<', '>', '(', ')', '[', ']', ',', ';', '"', '\'']);
                let word = word.trim_end_matches(['.', ':', '!', '?']);
                let lower = word.get(..8.min(word.len())).unwrap_or_default().to_ascii_lowercase();
                if (lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("hxxp"))
                    && links.len() < limits::LINKS
                {
                    links.push(Link { text: word.to_owned(), href: word.to_owned() });
                }
            }
        }
        links
    }
}

static PARSER: LazyLock<MessageParser> = LazyLock::new(|| {
    MessageParser::new()
        .with_mime_headers()
        .with_date_headers()
        .with_address_headers()
        .with_message_ids()
        .header_text(HeaderName::Subject)
        .default_header_ignore()
});

/// Reads the content of a mail.
pub fn read(mail: &RawMail<'_>) -> Content {
    let bytes = mail.bytes();
    if let Some(mut shortened) = Shortened::of(bytes)
        && let Some(content) = parse(bytes, Some(&mut shortened))
    {
        return content;
    }
    parse(bytes, None).unwrap_or_default()
}

/// The content of a mail, parsed whole or shortened; `None` when the shortened mail was parsed otherwise than expected.
fn parse(bytes: &[u8], mut shortened: Option<&mut Shortened>) -> Option<Content> {
    let mut content = Content::default();
    // A mail within a mail within a mail costs the stack of whoever takes it apart; beyond this only the header is read.
    let nested = memchr::memmem::find_iter(bytes, b"822")
        .filter(|at| bytes.get(..*at).is_some_and(|b| ends_with_ignoring_case(b, b"message/rfc")))
        .take(65)
        .count();
    let seen = shortened.as_mut().map(|s| std::mem::take(&mut s.bytes));
    let parsed = if nested > 64 {
        content.left_out.push("nested-too-deep");
        PARSER.parse_headers(bytes)
    } else {
        PARSER.parse(seen.as_deref().unwrap_or(bytes))
    };
    let Some(message) = parsed else { return Some(content) };
    let mut restored = match &mut shortened {
        Some(shortened) => shortened.restore(&message)?,
        None => Restored::default(),
    };
    content.from = people(message.from());
    content.sender = people(message.sender()).into_iter().next();
    content.reply_to = people(message.reply_to());
    let recipients = [message.to(), message.cc()];
    content.recipients = recipients.iter().flatten().map(|a| a.iter().count()).sum();
    for person in recipients.into_iter().flat_map(people) {
        if content.to.len() < limits::RECIPIENTS {
            content.to.push(person);
        }
    }
    if content.recipients > limits::RECIPIENTS {
        content.left_out.push("too-many-recipients");
    }
    content.subject = message.subject().map(html::squeeze).unwrap_or_default();
    content.date = message.date().and_then(time::moment);
    content.message_id = message.message_id().unwrap_or_default().to_owned();
    for header in [message.in_reply_to(), message.references()] {
        let ids = header.as_text_list().map(|l| l.iter().map(|i| i.to_string()).collect::<Vec<_>>());
        let ids = ids.or_else(|| header.as_text().map(|t| vec![t.to_owned()])).unwrap_or_default();
        for id in ids {
            if content.references.len() < 100 && !content.references.contains(&id) {
                content.references.push(id);
            }
        }
    }
    let mut shown: Vec<u32> = Vec::new();
    for (ids, wanted_html) in [(&message.text_body, false), (&message.html_body, true)] {
        for id in ids {
            match message.part(*id).map(|p| &p.body) {
                Some(PartType::Text(text)) if !wanted_html => append(&mut content.plain, &restored.text(*id, text)),
                Some(PartType::Html(source)) if wanted_html => {
                    let read = html::read(&restored.text(*id, source));
                    match &mut content.html {
                        Some(html) => join(html, read),
                        None => content.html = Some(read),
                    }
                }
                _ => continue,
            }
            shown.push(*id);
        }
    }
    for id in &message.attachments {
        let Some(part) = message.part(*id) else { continue };
        let name = part.attachment_name().unwrap_or_default().to_owned();
        if content.parts.len() + content.inner.len() >= limits::ATTACHMENTS {
            content.left_out.push("too-many-attachments");
            break;
        }
        if let PartType::Message(inner) = &part.body {
            // Offsets of a mail inside count in the outer bytes, unless it came encoded and has bytes of its own.
            let raw = if part.encoding == mail_parser::Encoding::None {
                let place = |at: u32| shortened.as_ref().map_or(at as usize, |s| s.place(at as usize));
                bytes.get(place(part.offset_body)..place(part.offset_end)).unwrap_or_default().to_vec()
            } else {
                inner.raw_message.to_vec()
            };
            content.inner.push((name, Inner::Raw(raw)));
            continue;
        }
        if shown.contains(id) && name.is_empty() {
            continue;
        }
        let declared = part
            .content_type()
            .map(|c| format!("{}/{}", c.ctype(), c.subtype().unwrap_or_default()).to_ascii_lowercase())
            .unwrap_or_default();
        let data = restored.bytes(*id, part.contents());
        if data.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
            && (name.to_ascii_lowercase().ends_with(".msg") || declared == "application/vnd.ms-outlook")
            && let Ok(outlook) = crate::outlook::Outlook::read(data)
        {
            content.inner.push((name, Inner::Outlook(Box::new(outlook))));
            continue;
        }
        if (name.to_ascii_lowercase().ends_with(".eml") || declared == "message/rfc822") && looks_like_mail(data) {
            content.inner.push((name, Inner::Raw(data.to_vec())));
            continue;
        }
        content.parts.push(Part { name, declared, bytes: restored.take(*id, part.contents()) });
    }
    Some(content)
}

fn ends_with_ignoring_case(bytes: &[u8], end: &[u8]) -> bool {
    bytes.len().checked_sub(end.len()).and_then(|n| bytes.get(n..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// True when bytes begin with header fields that a mail has.
pub fn looks_like_mail(bytes: &[u8]) -> bool {
    let mail = RawMail::new(bytes.get(..bytes.len().min(64 << 10)).unwrap_or_default());
    ["from", "received", "date", "subject", "message-id", "return-path", "to"]
        .iter()
        .filter(|n| mail.named(n).next().is_some())
        .count()
        >= 2
}

fn append(to: &mut String, text: &str) {
    let mut end = text.len().min(limits::TEXT_BYTES.saturating_sub(to.len()));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    to.push_str(text.get(..end).unwrap_or_default());
    to.push('\n');
}

fn join(html: &mut Html, other: Html) {
    append(&mut html.text, &other.text);
    append(&mut html.hidden, &other.hidden);
    let room = limits::LINKS.saturating_sub(html.links.len());
    html.links.extend(other.links.into_iter().take(room));
    html.forms.extend(other.forms);
    html.password_field |= other.password_field;
    html.script |= other.script;
}

fn people(address: Option<&Address<'_>>) -> Vec<Person> {
    let Some(address) = address else { return Vec::new() };
    address
        .iter()
        .take(limits::RECIPIENTS + 1)
        .map(|a| Person {
            name: a.name().map(html::squeeze).unwrap_or_default(),
            address: a.address().unwrap_or_default().trim().trim_matches(['<', '>']).to_lowercase(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Compares what is read of a mail shortened and whole; true when it was shortened.
    fn same(bytes: &[u8]) -> bool {
        let mail = RawMail::new(bytes);
        let whole = parse(mail.bytes(), None).unwrap_or_default();
        let Some(mut shortened) = Shortened::of(mail.bytes()) else { return false };
        let used = parse(mail.bytes(), Some(&mut shortened));
        let used_it = used.is_some();
        assert_eq!(used.unwrap_or(whole.clone()), whole, "{}", String::from_utf8_lossy(bytes));
        used_it
    }

    fn lines() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            20 => "[A-Za-z ,.=3D]{0,30}[a-z]{10,40}=",
            20 => "(=C3=A9|=3D|[a-z ]){5,30}",
            12 => "[A-Za-z0-9+/]{76}",
            4 => "[a-z]{30,70} {0,3}",
            2 => "[a-z]{5,20}--[a-z]{5,20}",
            1 => Just("--in".to_owned()),
            1 => Just("--inner".to_owned()),
            1 => Just("x--outer--".to_owned()),
            1 => Just("=C3".to_owned()),
            1 => Just("=ZZ".to_owned()),
            1 => Just("== ".to_owned()),
            1 => Just("AAAA====".to_owned()),
            1 => Just("a\rb".to_owned()),
            1 => Just("\u{e9}t\u{e9}=E9".to_owned()),
            1 => Just(String::new()),
            1 => Just("Content-Transfer-Encoding: quoted-printable".to_owned()),
            1 => Just("Content-Type: text/html".to_owned()),
        ];
        // Mostly one kind of lines in a row, as in real bodies.
        let clean = prop_oneof![
            prop::collection::vec("(=C3=A9|=3D|[a-z ]){5,20}=", 0..30),
            prop::collection::vec("[A-Za-z0-9+/]{76}", 0..20),
            prop::collection::vec("[a-z <>\"/]{40,70}", 0..20),
        ];
        prop::collection::vec(prop_oneof![2 => clean.boxed(), 1 => prop::collection::vec(line, 0..6).boxed()], 0..6)
            .prop_map(|blocks| blocks.concat().join("\n"))
    }

    fn part() -> impl Strategy<Value = String> {
        let kind = prop_oneof![
            4 => Just("text/plain; charset=utf-8"),
            3 => Just("text/html; charset=\"UTF-8\""),
            1 => Just("text/plain"),
            1 => Just("text/html; charset=iso-8859-1"),
            1 => Just("text/plain; charset=utf-16"),
            3 => Just("application/pdf; name=a.pdf"),
            1 => Just("message/rfc822"),
            1 => Just("image/png"),
        ];
        let encoding = prop_oneof![
            5 => Just("quoted-printable"),
            4 => Just("base64"),
            1 => Just("Base64 "),
            1 => Just("8bit"),
            1 => Just("quoted-printable\n folded"),
        ];
        (kind, encoding, lines(), prop::bool::weighted(0.1)).prop_map(|(kind, encoding, body, twice)| {
            let twice = if twice { "Content-Transfer-Encoding: base64\n" } else { "" };
            format!("Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n{twice}\n{body}")
        })
    }

    fn mail() -> impl Strategy<Value = String> {
        let parts = prop::collection::vec(part(), 0..4);
        let head = "From: a@b.example\nTo: c@d.example\nSubject: x\n";
        prop_oneof![
            1 => part().prop_map(move |part| format!("{head}{part}\n")),
            3 => parts.prop_map(move |parts| {
                let parts: String = parts.iter().map(|p| format!("\n--outer\n{p}")).collect();
                format!("{head}Content-Type: multipart/mixed; boundary=outer\n{parts}\n--outer--\n")
            }),
            2 => (part(), part()).prop_map(move |(a, b)| {
                let inside = format!("From: e@f.example\nSubject: y\nContent-Type: multipart/alternative; boundary=inner\n\n--inner\n{a}\n--inner--\n");
                format!("{head}Content-Type: multipart/mixed; boundary=\"outer\"\n\n--outer\nContent-Type: message/rfc822\n\n{inside}\n--outer\n{b}\n--outer--\n")
            }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]
        #[test]
        fn bodies_decoded_by_runs_are_what_the_parser_makes_of_them(mail in mail(), crlf in any::<bool>()) {
            let mail = if crlf { mail.replace('\n', "\r\n") } else { mail };
            same(mail.as_bytes());
            // And as the parser sees the bytes when line ends are left alone.
            let whole = parse(mail.as_bytes(), None).unwrap_or_default();
            if let Some(mut shortened) = Shortened::of(mail.as_bytes()) {
                let used = parse(mail.as_bytes(), Some(&mut shortened));
                prop_assert_eq!(used.unwrap_or(whole.clone()), whole);
            }
        }
    }

    #[test]
    fn plain_bodies_are_decoded_by_runs() {
        let text = "caf=C3=A9 and more words to make the line long enough for a run of it=\n".repeat(20);
        let data = format!("{}\n", "QUJD".repeat(19)).repeat(20);
        let head = "From: a@b.example\nContent-Type: multipart/mixed; boundary=o\n";
        let mail = format!(
            "{head}\n--o\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n{text}\n\
             --o\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n{data}\n--o--\n"
        );
        assert!(same(mail.as_bytes()), "both were read by runs");
        let read = read(&RawMail::new(mail.as_bytes()));
        assert_eq!(read.parts.first().map(|p| p.bytes.len()), Some(57 * 20));
        assert_eq!(read.html.map(|h| h.text.matches("café").count()), Some(20));
    }

    #[test]
    fn mails_of_the_corpus_are_read_alike_by_runs() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/mail");
        let mut folders = vec![folder];
        let mut used = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else if let Ok(bytes) = std::fs::read(entry.path()) {
                    used += usize::from(same(&bytes));
                    // Cut anywhere, it is still read alike.
                    (1..8).for_each(|n| {
                        same(bytes.get(..bytes.len() * n / 8).unwrap_or_default());
                    });
                }
            }
        }
        println!("{used} mails of the corpus were read by runs (none where it is not beside this repository)");
    }
}
