//! Pages for the boss: one file that stands alone, in light and dark, on paper too. No script, nothing fetched.

use super::wording::Say;
use askama::Template;

/// A line of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// What is said.
    pub(crate) text: String,
    /// More about it, smaller.
    pub(crate) detail: Option<String>,
    /// `good`, `bad` or empty.
    pub(crate) tone: &'static str,
}

impl Line {
    /// A plain line.
    pub(crate) fn new(text: String) -> Self {
        Line { text, detail: None, tone: "" }
    }

    /// The same with more about it.
    pub(crate) fn with(mut self, detail: String) -> Self {
        self.detail = Some(detail).filter(|detail| !detail.is_empty());
        self
    }
}

/// A section of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    /// Heading.
    pub(crate) title: String,
    /// Lines.
    pub(crate) lines: Vec<Line>,
}

/// An answer in the head of an article: question, answer, tone.
pub(crate) type Answer = (String, String, &'static str);

/// An article: what it is about, the answers, the sections, and texts that can be unfolded.
#[derive(Debug, Template)]
#[template(path = "article.html")]
pub(crate) struct Article {
    /// What it is about.
    pub(crate) subject: String,
    /// Lines beneath.
    pub(crate) meta: Vec<String>,
    /// Answers.
    pub(crate) answers: Vec<Answer>,
    /// Sections.
    pub(crate) sections: Vec<Section>,
    /// Title and text of what can be unfolded.
    pub(crate) folded: Vec<(String, String)>,
}

impl Article {
    /// The article for a terminal.
    pub(crate) fn text(&self) -> String {
        let mut out = format!("{}\n", self.subject);
        for line in &self.meta {
            out.push_str(&format!("  {line}\n"));
        }
        for (question, answer, _) in &self.answers {
            out.push_str(&format!("\n{question}\n  {answer}\n"));
        }
        for section in &self.sections {
            out.push_str(&format!("\n{}\n", section.title));
            for line in &section.lines {
                out.push_str(&format!("  • {}\n", line.text));
                if let Some(detail) = &line.detail {
                    for part in detail.lines() {
                        out.push_str(&format!("      {part}\n"));
                    }
                }
            }
        }
        out
    }
}

#[derive(Template)]
#[template(path = "page-alone.html")]
struct Page {
    language: &'static str,
    title: String,
    advice: String,
    printed: String,
    /// Articles that a template has made, and escaped.
    articles: String,
}

/// The page around articles.
///
/// # Errors
/// What the template engine reports.
pub(crate) fn page(
    title: String,
    advice: String,
    printed: String,
    articles: &[String],
    say: &dyn Say,
) -> Result<String, askama::Error> {
    let language = if say.is_french() { "fr" } else { "en" };
    Page { language, title, advice, printed, articles: articles.concat() }.render()
}
