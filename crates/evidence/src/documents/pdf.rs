//! PDFs kept as proof: contracts, order confirmations, invoices. Their text is kept page by page, so that it can be searched; nothing
//! is counted from it, for a page has no columns. A scanned page has no text, and is kept all the same.

use crate::Context;
use crate::reading::{Reading, Refusal, Refused, Sink, TEXT_OF_A_PROOF};
use lopdf::{Document, LoadOptions};

/// How a PDF begins.
pub(super) const MAGIC: &[u8] = b"%PDF";
/// Bytes that one stream may inflate to; a page of text has a few thousand.
const STREAM: usize = 16 << 20;
/// Bytes of text that are kept of a whole document.
const KEPT: usize = 16 << 20;
/// Pages that are read; a longer document is no contract.
const PAGES: usize = 2_000;

/// Reads the pages of a PDF, one row each.
///
/// # Errors
/// [`Refusal`]: protected by a password, broken, or without a page.
pub(super) fn read(bytes: &[u8], evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let document = Document::load_mem_with_options(bytes, LoadOptions::with_max_decompressed_size(STREAM))
        .map_err(|error| refusal(bytes, &error))?;
    if document.is_encrypted() {
        return Err(closed());
    }
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    if pages.is_empty() {
        return Err(refusal(bytes, &"it has no page"));
    }
    let mut sink = Sink::new("proof-pdf", "", evidence, context.limits.rows);
    let mut room = KEPT;
    let mut texts = 0;
    for page in pages.iter().take(PAGES) {
        let row = u64::from(*page);
        match document.extract_text_with_limit(&[*page], STREAM) {
            Ok(text) if text.trim().is_empty() => sink.aside(row, "", "page-without-text"),
            Ok(text) => match room.checked_sub(text.len()) {
                Some(left) => {
                    room = left;
                    texts += 1;
                    sink.aside(row, &lines(&text), TEXT_OF_A_PROOF);
                }
                None => sink.reject(row, "too-long", format!("more than {KEPT} bytes of text"), &text),
            },
            Err(_) => sink.aside(row, "", "page-not-readable"),
        }
    }
    if pages.len() > PAGES {
        sink.note("too-many-rows", "pages beyond the bound were not read");
    }
    if texts == 0 {
        sink.note("proof-without-text", "");
    }
    Ok(sink.done())
}

fn closed() -> Refusal {
    Refusal::new(Refused::Encrypted, "the PDF is protected by a password")
}

/// A document that tells how it is locked, and does not open, is locked.
fn refusal(bytes: &[u8], error: &dyn std::fmt::Display) -> Refusal {
    if memchr::memmem::find(bytes, b"/Encrypt").is_some() {
        return closed();
    }
    Refusal::new(Refused::Malformed, format!("no PDF that can be read: {error}"))
}

/// The lines that say something, without the blanks that place them on the page.
fn lines(text: &str) -> String {
    let told = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    told.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
