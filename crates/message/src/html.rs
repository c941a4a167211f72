//! What an HTML part shows and where its links lead. Only read: nothing is fetched, run or drawn.

mod tokens;

use std::borrow::Cow;

use serde::Serialize;

use crate::limits;
use tokens::Attributes;

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

/// Styles remembered in one part.
const STYLES: usize = 16;

/// True for elements that end a line of text.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "br"
            | "tr"
            | "li"
            | "ul"
            | "ol"
            | "table"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "blockquote"
            | "hr"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "pre"
            | "body"
            | "title"
    )
}

/// True for elements without content, which never close.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr" | "img" | "input" | "meta" | "link" | "base" | "col" | "area" | "wbr" | "source" | "embed"
    )
}

#[derive(Default)]
struct Reader {
    html: Html,
    line: String,
    /// Open elements that hide their content, by name; a closing tag of that name ends the innermost.
    hiding: Vec<(String, u32)>,
    skipping: Option<String>,
    quotes: usize,
    anchor: Option<(String, String)>,
    /// Styles seen and whether they hide: mails repeat a few styles on hundreds of elements.
    styles: Vec<(Vec<u8>, bool)>,
}

/// Reads an HTML part, at most as many bytes as the limit allows.
pub fn read(source: &str) -> Html {
    let mut end = source.len().min(limits::HTML_BYTES);
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    let mut reader = Reader::default();
    tokens::read(source.get(..end).unwrap_or_default(), &mut reader);
    reader.finish_anchor();
    reader.break_line();
    reader.html
}

impl Reader {
    fn open(&mut self, name: &str, self_closing: bool, attributes: &Attributes) {
        if self.skipping.is_some() {
            return;
        }
        if is_block(name) {
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
                if let Some(href) = attributes.get(b"href")
                    && self.html.links.len() < limits::LINKS
                {
                    self.anchor = Some((href.into_owned(), String::new()));
                }
            }
            "img" => {
                if let (Some(alt), true) = (attributes.get(b"alt"), self.anchor.is_some()) {
                    self.text(&alt);
                }
            }
            "form" if self.html.forms.len() < limits::LINKS => {
                self.html.forms.extend(attributes.get(b"action").map(Cow::into_owned));
            }
            "input" => {
                self.html.password_field |=
                    attributes.get(b"type").is_some_and(|t| t.trim().eq_ignore_ascii_case("password"));
            }
            _ => {}
        }
        if is_void(name) || self_closing {
            return;
        }
        if let Some((_, depth)) = self.hiding.iter_mut().rev().find(|(n, _)| n == name) {
            *depth = depth.saturating_add(1);
        } else if self.hiding.len() < 64 && self.hides(attributes) {
            self.hiding.push((name.to_owned(), 1));
        }
    }

    fn hides(&mut self, attributes: &Attributes) -> bool {
        if attributes.raw(b"hidden").is_some() {
            return true;
        }
        let Some(style) = attributes.raw(b"style") else { return false };
        if let Some((_, hides)) = self.styles.iter().find(|(known, _)| known == style) {
            return *hides;
        }
        let hides = hiding_style(&String::from_utf8_lossy(style));
        if self.styles.len() < STYLES {
            self.styles.push((style.to_vec(), hides));
        }
        hides
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
            _ if is_block(name) => self.break_line(),
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
        if self.html.text.len() >= limits::TEXT_BYTES || self.line.trim().is_empty() {
            self.line.clear();
            return;
        }
        for _ in 0..self.quotes.min(8) {
            self.html.text.push_str("> ");
        }
        push_squeezed(&self.line, &mut self.html.text);
        self.line.clear();
        // Blocks are paragraphs: a sentence does not run from one into the next.
        self.html.text.push_str("\n\n");
    }
}

/// True for a style that keeps its element from the eye.
fn hiding_style(style: &str) -> bool {
    let style: String = if style.is_ascii() {
        style
            .bytes()
            .filter(|b| !b.is_ascii_whitespace() && *b != 0x0b)
            .map(|b| char::from(b.to_ascii_lowercase()))
            .collect()
    } else {
        style.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
    };
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
    push_squeezed(text, &mut out);
    out
}

fn push_squeezed(text: &str, out: &mut String) {
    let start = out.len();
    for word in text.split_whitespace() {
        if out.len() > start {
            out.push(' ');
        }
        out.push_str(word);
    }
}
