//! What the case can answer to a form: for each question and each row the value, with the machines, people, lots and evidence
//! behind it; or why there is none. Nothing is guessed: what is not in the evidence stays empty and says so.

mod count;
mod lot;
mod machine;
mod product;

use crate::company::Company;
use jiff::civil::Date;
use licensing::deployments::join::{JoinedMachine, JoinedPerson};
use recognition::estate::ProductView;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a form asks, in the words of its map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// Key (`machine.name`, `ws.2016.Standard.cores`, ...).
    pub key: &'a str,
    /// Product in the form's words, if it asks for one.
    pub product: Option<&'a str>,
    /// Edition, where it does not stand in the product.
    pub edition: Option<&'a str>,
    /// Version, where it does not stand in the product.
    pub version: Option<&'a str>,
    /// What is counted.
    pub metric: Option<&'a str>,
}

/// Whose row it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// The company as a whole.
    Company,
    /// A site, by its name in the case; empty: machines and people whose site is not known.
    Site(String),
    /// A machine, by its identifier.
    Machine(String),
    /// A purchase, by its identifier.
    Lot(String),
}

/// A value that answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// A count.
    Number(u64),
    /// Text as it is.
    Text(String),
    /// The name of a machine, person or site: a pseudonym leaves in its place.
    Name(String),
    /// A day.
    Day(Date),
    /// Yes or no.
    Yes(bool),
    /// One thing in several wordings, the plainest first: the form's own list says which fits.
    Choice(Vec<String>),
}

/// An answer with what stands behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The value.
    pub value: Value,
    /// How it was found, as a code (`counted`, `cores-summed`, `lots-summed`, `told-by-inventory`, ...).
    pub how: &'static str,
    /// Machines, people or lots behind it, sorted.
    pub of: Vec<String>,
    /// What to know about it, as codes.
    pub remarks: Vec<&'static str>,
}

impl Told {
    fn new(value: Value, how: &'static str, of: impl IntoIterator<Item = String>) -> Self {
        let of: BTreeSet<String> = of.into_iter().collect();
        Told { value, how, of: of.into_iter().collect(), remarks: Vec::new() }
    }

    fn with(mut self, remark: Option<&'static str>) -> Self {
        self.remarks.extend(remark);
        self
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Silent {
    /// `only-you-know`, `not-in-evidence`, `some-unknown`, `not-by-site`, `several`, `does-not-apply`, `no-such-product`.
    pub why: &'static str,
    /// What is missing: machines without that fact, or what there is several of.
    pub of: Vec<String>,
}

impl Silent {
    fn because(why: &'static str) -> Self {
        Silent { why, of: Vec::new() }
    }

    fn of(why: &'static str, of: impl IntoIterator<Item = String>) -> Self {
        let of: BTreeSet<String> = of.into_iter().collect();
        Silent { why, of: of.into_iter().collect() }
    }
}

/// The case, ready to be asked.
#[derive(Debug)]
pub struct Answers<'a> {
    company: &'a Company,
    as_of: Date,
    /// Products by machine.
    products: BTreeMap<&'a str, Vec<&'a ProductView>>,
    /// Identifiers of machines by name, host and cluster members among them.
    by_name: BTreeMap<String, &'a JoinedMachine>,
    /// Other names of a site: name in the evidence to name in the form.
    sites: BTreeMap<String, String>,
    /// The site whose row bears what the company owns as a whole.
    owner: Option<String>,
}

impl<'a> Answers<'a> {
    /// `products` are those of the same company; `sites` says which names of the evidence are one site (name to name);
    /// `owner` is the site whose row bears what is owned by the company as a whole.
    pub fn new(
        company: &'a Company,
        products: &'a [ProductView],
        as_of: Date,
        sites: BTreeMap<String, String>,
        owner: Option<String>,
    ) -> Self {
        let mut by_machine: BTreeMap<&str, Vec<&ProductView>> = BTreeMap::new();
        for product in products {
            by_machine.entry(product.machine.as_str()).or_default().push(product);
        }
        let machines = &company.estate.joined.machines;
        let by_name = machines.iter().map(|machine| (machine.name.to_lowercase(), machine)).collect();
        let sites = sites.into_iter().map(|(from, to)| (from.to_lowercase(), to)).collect();
        Answers { company, as_of, products: by_machine, by_name, sites, owner }
    }

    /// The answer to `asked` in `row`, or why there is none.
    ///
    /// # Errors
    /// [`Silent`]: the case does not know, only the user does, or the question does not apply to that row.
    pub fn answer(&self, asked: &Asked<'_>, row: &Row) -> Result<Told, Silent> {
        match row {
            Row::Machine(id) => machine::answer(self, asked, id),
            Row::Lot(id) => lot::answer(self, asked, id),
            Row::Site(_) | Row::Company => count::answer(self, asked, row),
        }
    }

    /// The sites of the case, sorted; the empty name stands for machines whose site is not known, if there are any.
    pub fn sites(&self) -> Vec<String> {
        let of_machines = self.counted().map(|machine| self.site_of(machine.site.as_deref()));
        let found: BTreeSet<String> = of_machines.collect();
        found.into_iter().collect()
    }

    /// Machines that count, by identifier: the rows of a form that asks for each.
    pub fn machines(&self) -> Vec<&'a JoinedMachine> {
        self.counted().collect()
    }

    /// Purchases by identifier: the rows of a form that asks for each.
    pub fn lots(&self) -> Vec<&'a str> {
        self.company.lots.view.iter().map(|lot| lot.id.as_str()).collect()
    }

    /// Every name that a form should not give away: machines, people, accounts, serial numbers, with what each is; sorted.
    pub fn names(&self) -> BTreeSet<(&'static str, String)> {
        let mut all = BTreeSet::new();
        for machine in &self.company.estate.joined.machines {
            let names = std::iter::once(&machine.name).chain(&machine.other_names).chain(&machine.dns);
            all.extend(names.map(|name| ("machine", name.clone())));
            all.extend(machine.serial.iter().map(|serial| ("serial", serial.clone())));
            all.extend(machine.user.iter().map(|user| ("user", user.clone())));
        }
        for person in &self.company.estate.persons {
            let told = [&person.upn, &person.sam, &person.name];
            all.extend(told.into_iter().flatten().map(|name| ("user", name.clone())));
        }
        all
    }

    fn counted(&self) -> impl Iterator<Item = &'a JoinedMachine> + use<'a> {
        self.company.estate.joined.machines.iter().filter(|machine| machine.counts())
    }

    fn site_of(&self, site: Option<&str>) -> String {
        let site = site.unwrap_or_default();
        self.sites.get(&site.to_lowercase()).cloned().unwrap_or_else(|| site.to_owned())
    }

    fn in_row(&self, row: &Row, site: Option<&str>) -> bool {
        match row {
            Row::Company => true,
            Row::Site(name) => self.site_of(site) == *name,
            Row::Machine(_) | Row::Lot(_) => false,
        }
    }

    /// Machines of a row.
    fn machines_in(&self, row: &Row) -> impl Iterator<Item = &'a JoinedMachine> {
        self.counted().filter(|machine| self.in_row(row, machine.site.as_deref()))
    }

    /// People of a row: human beings who have not left.
    fn people_in(&self, row: &Row) -> impl Iterator<Item = &'a JoinedPerson> {
        let all = self.company.estate.persons.iter().filter(|person| person.is_person() && !person.is_leaver());
        all.filter(|person| self.in_row(row, person.site.as_deref()))
    }

    fn products_on(&self, machine: &str) -> &[&'a ProductView] {
        self.products.get(machine).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a row bears what the company owns as a whole.
    fn owns(&self, row: &Row) -> bool {
        match row {
            Row::Company => true,
            Row::Site(name) => self.owner.as_ref() == Some(name) || self.sites().len() == 1,
            Row::Machine(_) | Row::Lot(_) => false,
        }
    }
}
