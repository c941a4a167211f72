//! Readers against made-up files, hostile files, and the shared corpus where it is present.

#[cfg(test)]
mod bulk;
#[cfg(test)]
mod company_machines;
#[cfg(test)]
mod company_people;
#[cfg(test)]
mod company_purchases;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod dialects;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod more_tools;
#[cfg(test)]
mod other_papers;
#[cfg(test)]
mod other_tools;
#[cfg(test)]
mod purchases;
#[cfg(test)]
mod small;

use evidence::{Context, Member, Reading, Refusal};
use std::path::{Path, PathBuf};

/// The shared folder beside the workspace, if it is there; says plainly when a test is skipped without it.
fn shared(part: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(part);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {part} of the shared corpus is not here");
    None
}

/// Reads a file, or each member of a container.
fn read_all(name: &str, bytes: &[u8]) -> Vec<(String, Result<Reading, Refusal>)> {
    let context = Context::default();
    match evidence::open(bytes, &context.limits) {
        Ok(Some(members)) => members
            .into_iter()
            .map(|Member { name: member, bytes }| {
                let full = format!("{name}/{member}");
                let reading = evidence::read(&full, &bytes, &context);
                (full, reading)
            })
            .collect(),
        Ok(None) => vec![(name.to_owned(), evidence::read(name, bytes, &context))],
        Err(refusal) => vec![(name.to_owned(), Err(refusal))],
    }
}

/// The law that every reading keeps.
fn sums_up(reading: &Reading) -> bool {
    reading.rows == reading.facts.len() as u64 + reading.rejects.len() as u64
}
