//! Titles of great lists that make no demand: counted, never loaded row by row.

use crate::titles::{Recognised, Standing, Titles};
use licensing::facts::{Origin, Title};
use serde::Serialize;

/// A title of a great list whose rows were counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The title; it names no machine.
    pub title: Title,
    /// Its rows.
    pub rows: u64,
    /// Machines that bear it. In a list that does not tell machine after machine, and over several lists, the same machine may
    /// be counted again: then they are at most so many.
    pub machines: u64,
    /// Some of the machines, by the names that the list gives.
    pub examples: Vec<String>,
    /// Its first row.
    pub origin: Origin,
}

/// What was counted, in sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CountedSum {
    /// Rows of great lists whose titles make no demand.
    pub rows: u64,
    /// Different titles, with publisher and version, in them.
    pub titles: u64,
}

/// The sum; `None` where nothing was only counted.
pub fn sum(counted: &[Counted]) -> Option<CountedSum> {
    (!counted.is_empty())
        .then(|| CountedSum { rows: counted.iter().map(|each| each.rows).sum(), titles: counted.len() as u64 })
}

/// What different titles say of licences, in sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sorted {
    /// Titles that ask for a licence.
    pub licensable: u64,
    /// Titles that are known and ask for none.
    pub not_licensable: u64,
    /// Titles that nobody has placed yet.
    pub unrecognised: u64,
}

/// Sorts different titles by what they say of licences, each recognised once.
pub fn sorted<'a>(all: impl IntoIterator<Item = &'a Title>, titles: &Titles) -> Sorted {
    let mut sorted = Sorted::default();
    for title in all {
        let slot = match recognised(title, titles).licensable {
            Standing::Yes => &mut sorted.licensable,
            Standing::Unknown => &mut sorted.unrecognised,
            Standing::Component | Standing::Free | Standing::Update | Standing::Trial | Standing::No => {
                &mut sorted.not_licensable
            }
        };
        *slot += 1;
    }
    sorted
}

/// What a title says, as [`Titles`] read it.
pub(super) fn recognised(title: &Title, titles: &Titles) -> Recognised {
    titles.recognise(
        title.publisher.as_deref().unwrap_or_default(),
        &title.name,
        title.version.as_deref().unwrap_or_default(),
        title.key.as_deref(),
        title.parent.as_deref(),
    )
}

/// Whether the rows of a title must be known one by one: it makes demand, or it may stand for a product in the view of facts.
pub fn matters(title: &Title, titles: &Titles) -> bool {
    let told = recognised(title, titles);
    told.product.is_some() || told.licensable == Standing::Yes
}
