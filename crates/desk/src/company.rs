//! A company out of its case: facts, lots, estate, position. Nothing computed is kept; the same case on the same day gives the
//! same position.

use crate::{Case, Error};
use jiff::civil::Date;
use licensing::deployments::join::Decided;
use licensing::facts::FactRow;
use licensing::position::{Options, Position};
use licensing::terms::{Prices, Terms};
use recognition::estate::queue;
use recognition::lots::Lots;
use recognition::titles::Titles;

/// What the program knows: terms, titles, prices. Compiled in, or replaced by the user's own.
#[derive(Debug, Clone, Copy)]
pub struct Knowledge<'a> {
    /// Licensing terms.
    pub terms: &'a Terms,
    /// Titles of software.
    pub titles: &'a Titles,
    /// Prices.
    pub prices: &'a Prices,
}

/// A company on a day.
#[derive(Debug)]
pub struct Company {
    /// The facts of the case; of great lists those that matter, the rest is counted in `estate`.
    pub facts: Vec<FactRow>,
    /// What was bought, and what was noticed about it.
    pub lots: Lots,
    /// Machines, people and installations joined, with the estate that the core reads.
    pub estate: recognition::estate::Company,
    /// Titles as this case recognises them: what the program knows, and what was decided here.
    pub titles: Titles,
    /// What was decided here about the records of machines and people.
    pub decided: Decided,
}

impl Case {
    /// The company of this case on `as_of`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn company(&self, knowledge: &Knowledge<'_>, as_of: Date) -> Result<Company, Error> {
        let titles = self.titles(knowledge.titles)?;
        let (facts, counted) = self.facts_that_matter(&titles)?;
        let lots = recognition::lots::build(&facts, knowledge.terms, as_of);
        let owned = lots.entitlements.clone();
        let decided = self.decided_records()?;
        let estate = recognition::estate::company_as_decided(&facts, &titles, knowledge.terms, owned, &decided, as_of);
        let estate = recognition::estate::Company { counted, ..estate };
        Ok(Company { facts, lots, estate, titles, decided })
    }
}

impl Company {
    /// The licence position of this company on `as_of`.
    pub fn position(&self, knowledge: &Knowledge<'_>, as_of: Date, options: &Options) -> Position {
        let mut position = licensing::position(&self.estate.estate, knowledge.terms, knowledge.prices, as_of, options);
        // What a title means is no question of the core, which sees no titles; it has no worth and stands behind those that have.
        let queue = queue::queue(&self.estate, &self.titles);
        position.questions.extend(queue::questions(&queue, knowledge.prices.currency()));
        position
    }
}
