//! What an HTML part shows and where its links lead. Only read: nothing is fetched, run or drawn.

use html5gum::{Token, Tokenizer};
use serde::Serialize;

use crate::limits;

/// A link as the reader sees it and where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// The visible text, blanks squeezed.
    pub text: String,
    /// The target as written.
    pub href: String,
}

/// An HTML part, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html {
    /// Visible text; quoted blocks have `> ` before each line.
    pub text: String,
    /// Text that is in the part but hidden from the eye.
    pub hidden: String,
    /// Links in their order.
    pub links: Vec<Link>,
    /// Where forms send what is typed.
    pub forms: Vec<String>,
    /// True when a field asks for a password.
    pub password_field: bool,
    /// True when the part holds scripts.
    pub script: bool,
}

/// Elements that end a line of text.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "br",
    "tr",
    "li",
    "ul",
    "ol",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "hr",
    "section",
    "article",
    "header",
    "footer",
    "pre",
    "body",
    "title",
];

/// Elements without content, which never close.
const VOID: &[&str] = &["br", "hr", "img", "input", "meta", "link", "base", "col", "area", "wbr", "source", "embed"];

struct Reader {
    html: Html,
    line: String,
    /// Open elements that hide their content, by name; a closing tag of that name ends the innermost.
    hiding: Vec<(String, u32)>,
    skipping: Option<String>,
    quotes: usize,
    anchor: Option<(String, String)>,
}

/// Reads an HTML part, at most as many bytes as the limit allows.
pub fn read(source: &str) -> Html {
    let mut end = source.len().min(limits::HTML_BYTES);
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    let mut reader = Reader {
        html: Html::default(),
        line: String::new(),
        hiding: Vec::new(),
        skipping: None,
        quotes: 0,
        anchor: None,
    };
    for Ok(token) in Tokenizer::new(source.get(..end).unwrap_or_default()) {
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                let attribute = |wanted: &[u8]| {
                    tag.attributes
                        .iter()
                        .find(|(n, _)| n.as_slice() == wanted)
                        .map(|(_, v)| String::from_utf8_lossy(v).into_owned())
                };
                reader.open(&name, tag.self_closing, &attribute);
            }
            Token::EndTag(tag) => reader.close(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => reader.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    reader.finish_anchor();
    reader.break_line();
    reader.html
}

impl Reader {
    fn open(&mut self, name: &str, self_closing: bool, attribute: &dyn Fn(&[u8]) -> Option<String>) {
        if self.skipping.is_some() {
            return;
        }
        if BLOCKS.contains(&name) {
            self.break_line();
        }
        match name {
            "script" | "style" | "noscript" | "template" => {
                self.html.script |= name == "script";
                self.skipping = (!self_closing).then(|| name.to_owned());
                return;
            }
            "blockquote" => self.quotes += 1,
            "a" | "area" => {
                self.finish_anchor();
                if let Some(href) = attribute(b"href")
                    && self.html.links.len() < limits::LINKS
                {
                    self.anchor = Some((href, String::new()));
                }
            }
            "img" => {
                if let (Some(alt), true) = (attribute(b"alt"), self.anchor.is_some()) {
                    self.text(&alt);
                }
            }
            "form" => self.html.forms.extend(attribute(b"action").filter(|_| self.html.forms.len() < limits::LINKS)),
            "input" => {
                self.html.password_field |=
                    attribute(b"type").is_some_and(|t| t.trim().eq_ignore_ascii_case("password"));
            }
            _ => {}
        }
        if VOID.contains(&name) || self_closing {
            return;
        }
        if let Some((_, depth)) = self.hiding.iter_mut().rev().find(|(n, _)| n == name) {
            *depth = depth.saturating_add(1);
        } else if self.hiding.len() < 64 && hides(attribute) {
            self.hiding.push((name.to_owned(), 1));
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(skipped) = &self.skipping {
            if skipped == name {
                self.skipping = None;
            }
            return;
        }
        if let Some(at) = self.hiding.iter().rposition(|(n, _)| n == name)
            && let Some((_, depth)) = self.hiding.get_mut(at)
        {
            *depth -= 1;
            if *depth == 0 {
                self.hiding.truncate(at);
            }
        }
        match name {
            "a" => self.finish_anchor(),
            "blockquote" => {
                self.break_line();
                self.quotes = self.quotes.saturating_sub(1);
            }
            _ if BLOCKS.contains(&name) => self.break_line(),
            "td" | "th" => self.line.push(' '),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipping.is_some() {
            return;
        }
        if !self.hiding.is_empty() {
            if self.html.hidden.len() < limits::TEXT_BYTES {
                self.html.hidden.push_str(text);
                self.html.hidden.push(' ');
            }
            return;
        }
        if let Some((_, shown)) = &mut self.anchor
            && shown.len() < 2000
        {
            shown.push_str(text);
        }
        self.line.push_str(text);
    }

    fn finish_anchor(&mut self) {
        if let Some((href, text)) = self.anchor.take() {
            self.html.links.push(Link { text: squeeze(&text), href: href.trim().to_owned() });
        }
    }

    fn break_line(&mut self) {
        let line = squeeze(&self.line);
        self.line.clear();
        if line.is_empty() || self.html.text.len() >= limits::TEXT_BYTES {
            return;
        }
        for _ in 0..self.quotes.min(8) {
            self.html.text.push_str("> ");
        }
        self.html.text.push_str(&line);
        // Blocks are paragraphs: a sentence does not run from one into the next.
        self.html.text.push_str("\n\n");
    }
}

fn hides(attribute: &dyn Fn(&[u8]) -> Option<String>) -> bool {
    if attribute(b"hidden").is_some() {
        return true;
    }
    let Some(style) = attribute(b"style") else { return false };
    let style: String = style.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    style.split(';').any(|rule| {
        matches!(rule, "display:none" | "visibility:hidden" | "opacity:0" | "mso-hide:all")
            || rule.strip_prefix("font-size:").is_some_and(|s| {
                let digits = s.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
                digits.parse::<f32>().is_ok_and(|size| size < 1.0)
            })
    })
}

/// Runs of blanks as one space.
pub fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}
