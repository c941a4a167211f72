//! The rows of great lists that matter, and the count of all others: a list of a hundred million rows does not fit in memory, and
//! most of its titles ask for no licence.

use super::{Names, TitleRow};
use crate::{Case, Error};
use licensing::facts::{FactRow, Origin, Title};
use licensing::word::Word;
use recognition::estate::counted::{Counted, matters};
use recognition::titles::Titles;
use std::collections::HashMap;

/// Machines named as examples of a title.
const EXAMPLES: usize = 5;

/// What is known of a title of the list at hand.
struct Known {
    matters: bool,
    /// The machine that bore it last.
    last: Option<usize>,
}

/// Sifts the rows of one great list after the other. Of an archive each member is a list; its titles are counted over all of them.
struct Sieve<'a> {
    titles: &'a Titles,
    /// The list at hand.
    list: u64,
    known: Vec<Known>,
    /// Machines of the list so far.
    machines: usize,
    /// Whether a title matters, by its phrase.
    matter: HashMap<i64, bool>,
    /// The file at hand, and where its titles are counted, by their phrases.
    evidence: Option<Word>,
    places: HashMap<i64, usize>,
    counted: Vec<Counted>,
}

impl Sieve<'_> {
    /// Whether a row is to be kept: its title matters, it tells more than its title, or it is the first of its machine, which shows
    /// that the machine is there and its software was listed. Any other row is counted.
    fn keeps(&mut self, evidence: &Word, names: &Names, row: &TitleRow<'_>) -> bool {
        if self.evidence.as_ref() != Some(evidence) {
            self.places.clear();
            self.evidence = Some(evidence.clone());
        }
        if self.list != names.list {
            self.list = names.list;
            self.known.clear();
            self.machines = 0;
        }
        for (title, phrase) in names.titles.iter().zip(&names.phrases).skip(self.known.len()) {
            let matters = *self.matter.entry(*phrase).or_insert_with(|| matters(title, self.titles));
            self.known.push(Known { matters, last: None });
        }
        // Machines have their numbers in the order of their first rows.
        let first = row.machine >= self.machines;
        self.machines = self.machines.max(row.machine.saturating_add(1));
        let (Some(known), Some(title), Some(phrase)) =
            (self.known.get_mut(row.title), names.titles.get(row.title), names.phrases.get(row.title))
        else {
            return true;
        };
        let again = known.last.replace(row.machine) == Some(row.machine);
        if known.matters || first || row.told.is_some() || !row.remarks.is_empty() {
            return true;
        }
        let place = *self.places.entry(*phrase).or_insert_with(|| {
            let origin = Origin { evidence: evidence.clone(), part: row.part.cloned(), row: row.row };
            let title = Title::clone(title);
            self.counted.push(Counted { title, rows: 0, machines: 0, examples: Vec::new(), origin });
            self.counted.len() - 1
        });
        if let Some(counted) = self.counted.get_mut(place) {
            counted.rows += 1;
            if !again {
                counted.machines += 1;
                if counted.examples.len() < EXAMPLES {
                    counted.examples.extend(names.machines.get(row.machine).and_then(|machine| machine.name.clone()));
                }
            }
        }
        false
    }
}

impl Case {
    /// The facts of the case that an estate is built of, in the order of [`Case::facts`], and the count of those rows of great lists
    /// that are none: their titles make no demand as `titles` read them, and other rows tell of their machines.
    ///
    /// # Errors
    /// As [`Case::facts`].
    pub(crate) fn facts_that_matter(&self, titles: &Titles) -> Result<(Vec<FactRow>, Vec<Counted>), Error> {
        let mut sieve = Sieve {
            titles,
            list: 0,
            known: Vec::new(),
            machines: 0,
            matter: HashMap::new(),
            evidence: None,
            places: HashMap::new(),
            counted: Vec::new(),
        };
        let mut facts = Vec::new();
        self.sift(&mut |evidence, names, row| sieve.keeps(evidence, names, row), &mut |row| {
            facts.push(row);
            Ok(())
        })?;
        Ok((facts, sieve.counted))
    }
}
