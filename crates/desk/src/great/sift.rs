//! The rows of great lists that matter, and the count of all others: a list of a hundred million rows does not fit in memory, and
//! most of its titles ask for no licence.

use super::{Names, TitleRow};
use crate::{Case, Error};
use licensing::facts::{FactRow, Origin};
use licensing::word::Word;
use recognition::estate::counted::{Counted, matters};
use recognition::titles::Titles;

/// Machines named as examples of a title.
const EXAMPLES: usize = 5;

/// What is known of a title of the list at hand.
struct Known {
    matters: bool,
    /// The machine that bore it last.
    last: Option<usize>,
    /// Its rows that were only counted.
    counted: Option<Counted>,
}

/// Sifts the rows of one great list after the other.
struct Sieve<'a> {
    titles: &'a Titles,
    /// The list at hand.
    evidence: Option<Word>,
    known: Vec<Known>,
    /// Machines of the list so far.
    machines: usize,
    counted: Vec<Counted>,
}

impl Sieve<'_> {
    /// Whether a row is to be kept: its title matters, it tells more than its title, or it is the first of its machine, which shows
    /// that the machine is there and its software was listed. Any other row is counted.
    fn keeps(&mut self, evidence: &Word, names: &Names, row: &TitleRow<'_>) -> bool {
        if self.evidence.as_ref() != Some(evidence) {
            self.close();
            self.evidence = Some(evidence.clone());
        }
        for title in names.titles.iter().skip(self.known.len()) {
            self.known.push(Known { matters: matters(title, self.titles), last: None, counted: None });
        }
        // Machines have their numbers in the order of their first rows.
        let first = row.machine >= self.machines;
        self.machines = self.machines.max(row.machine.saturating_add(1));
        let (Some(known), Some(title)) = (self.known.get_mut(row.title), names.titles.get(row.title)) else {
            return true;
        };
        let again = known.last.replace(row.machine) == Some(row.machine);
        if known.matters || first || row.told.is_some() || !row.remarks.is_empty() {
            return true;
        }
        let counted = known.counted.get_or_insert_with(|| Counted {
            title: title.clone(),
            rows: 0,
            machines: 0,
            examples: Vec::new(),
            origin: Origin { evidence: evidence.clone(), part: None, row: row.row },
        });
        counted.rows += 1;
        if !again {
            counted.machines += 1;
            if counted.examples.len() < EXAMPLES {
                counted.examples.extend(names.machines.get(row.machine).and_then(|machine| machine.name.clone()));
            }
        }
        false
    }

    /// The list at hand is over.
    fn close(&mut self) {
        self.machines = 0;
        self.counted.extend(self.known.drain(..).filter_map(|known| known.counted));
    }
}

impl Case {
    /// The facts of the case that an estate is built of, in the order of [`Case::facts`], and the count of those rows of great lists
    /// that are none: their titles make no demand as `titles` read them, and other rows tell of their machines.
    ///
    /// # Errors
    /// As [`Case::facts`].
    pub(crate) fn facts_that_matter(&self, titles: &Titles) -> Result<(Vec<FactRow>, Vec<Counted>), Error> {
        let mut sieve = Sieve { titles, evidence: None, known: Vec::new(), machines: 0, counted: Vec::new() };
        let mut facts = Vec::new();
        self.sift(&mut |evidence, names, row| sieve.keeps(evidence, names, row), &mut |row| {
            facts.push(row);
            Ok(())
        })?;
        sieve.close();
        Ok((facts, sieve.counted))
    }
}
