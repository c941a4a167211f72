//! The table of shared strings; rich text is joined, readings for pronunciation are left out.

use super::xml::{Step, unwritten, walk};
use crate::limits;
use crate::trouble::Trouble;
use std::sync::Arc;

pub(super) fn read(part: &str, xml: &[u8]) -> Result<Vec<Arc<str>>, Trouble> {
    let mut found: Vec<Arc<str>> = Vec::new();
    let mut text = String::new();
    let (mut in_text, mut reading) = (false, false);
    walk(part, xml, |step| {
        match step {
            Step::Open(element) => match element.local_name().as_ref() {
                "si" => text.clear(),
                "rPh" => reading = true,
                "t" => in_text = !reading,
                _ => {}
            },
            Step::Text(piece) if in_text => text.push_str(piece),
            Step::Text(_) => {}
            Step::Close("t") => in_text = false,
            Step::Close("rPh") => reading = false,
            Step::Close("si") => {
                if found.len() >= limits::CELLS {
                    return Err(Trouble::TooLarge { what: part.to_owned(), limit: limits::CELLS as u64 });
                }
                found.push(Arc::from(&*unwritten(&text)));
            }
            Step::Close(_) => {}
        }
        Ok(())
    })?;
    Ok(found)
}
