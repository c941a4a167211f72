//! People out of accounts: by principal name and account name; computer and service accounts are told apart.

use super::decided::{Decided, PersonRef, Sides};
use crate::facts::{Access, Fact, FactRow, Origin, Person, PersonKind};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A person or account, joined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JoinedPerson {
    /// Stable identifier: the principal name, else the account name.
    pub id: String,
    /// Principal name.
    pub upn: Option<String>,
    /// Account name.
    pub sam: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// What the account stands for; `None`: a person, as far as known.
    pub kind: Option<PersonKind>,
    /// Site.
    pub site: Option<String>,
    /// Enabled in the directory.
    pub ad_enabled: Option<bool>,
    /// Sign-in blocked.
    pub blocked: Option<bool>,
    /// Left on.
    pub left: Option<Date>,
    /// Plans, as the newest export says.
    pub plans: Vec<String>,
    /// Servers reached, with the role used.
    pub reached: BTreeSet<(String, String)>,
    /// Evidence rows.
    pub origins: BTreeSet<Origin>,
    /// Day of the export that the plans are from.
    plans_of: Option<Date>,
}

impl JoinedPerson {
    /// A human being in the company's service: no service account, guest or shared box, and not disabled everywhere.
    pub fn is_person(&self) -> bool {
        !matches!(self.kind, Some(PersonKind::Service | PersonKind::Shared | PersonKind::Guest))
    }

    /// Disabled, blocked or told to have left.
    pub fn is_leaver(&self) -> bool {
        self.left.is_some()
            || self.ad_enabled == Some(false)
            || (self.blocked == Some(true) && self.ad_enabled != Some(true))
    }
}

/// An account as a log writes it: `DOMAIN\\user`, a principal name, or a bare name.
fn account(who: &str) -> Option<String> {
    let bare = who.rsplit('\\').next().unwrap_or(who).trim().to_lowercase();
    let nobody = ["anonymous logon", "local service", "network service", "system", "system account", "-", ""];
    (!bare.ends_with('$') && !nobody.contains(&bare.as_str())).then_some(bare)
}

/// Joins the people of `rows`, with the servers that logs show them to reach.
pub fn persons(rows: &[FactRow]) -> Vec<JoinedPerson> {
    persons_as_decided(rows, &Decided::default())
}

/// What people decided about accounts, made ready for looking up.
struct Hand<'d> {
    decided: &'d Decided,
    /// Where the persons are that a decision made one.
    at: BTreeMap<usize, usize>,
    /// Sides of splits that each person's records are on.
    sides: Vec<Sides>,
}

impl Hand<'_> {
    fn sides_of(&self, record: &PersonRef) -> Sides {
        let mut sides = Sides::default();
        for (number, split) in self.decided.people_split.iter().enumerate() {
            for (side, records) in split.iter().enumerate() {
                if records.contains(record) {
                    sides.stand(number, side);
                }
            }
        }
        sides
    }

    /// The decision that made this record one with others.
    fn joined(&self, record: &PersonRef) -> Option<usize> {
        self.decided.people_joined.iter().position(|records| {
            records.iter().any(|each| {
                each == record
                    || (each.upn.is_some() && each.upn == record.upn)
                    || (each.upn.is_none() && record.upn.is_none() && each.sam.is_some() && each.sam == record.sam)
            })
        })
    }

    fn allows(&self, at: usize, sides: &Sides) -> bool {
        self.sides.get(at).is_none_or(|own| !own.oppose(sides))
    }
}

/// Joins the people of `rows`, holding to what people decided about their records.
pub fn persons_as_decided(rows: &[FactRow], decided: &Decided) -> Vec<JoinedPerson> {
    let mut hand = Hand { decided, at: BTreeMap::new(), sides: Vec::new() };
    let mut rows: Vec<&FactRow> = rows.iter().collect();
    rows.sort_by(|a, b| a.origin.cmp(&b.origin));
    let mut people: Vec<JoinedPerson> = Vec::new();
    let mut by_upn: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut by_sam: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    // The directory knows both names: it comes first.
    let (both, one): (Vec<&FactRow>, Vec<&FactRow>) = rows
        .iter()
        .copied()
        .filter(|row| matches!(row.fact, Fact::Person(_)))
        .partition(|row| matches!(&row.fact, Fact::Person(Person { upn: Some(_), sam: Some(_), .. })));
    for row in both.into_iter().chain(one) {
        let Fact::Person(person) = &row.fact else { continue };
        let (sides, made_one) = if decided.is_empty() {
            (Sides::default(), None)
        } else {
            let record = PersonRef::of(person);
            (hand.sides_of(&record), hand.joined(&record))
        };
        let by = |known: &BTreeMap<String, Vec<usize>>, key: &Option<String>, fits: &dyn Fn(usize) -> bool| {
            let found = key.as_ref().and_then(|key| known.get(key)).into_iter().flatten();
            found.copied().find(|at| hand.allows(*at, &sides) && fits(*at))
        };
        let here = |at: usize| !elsewhere(people.get(at), person);
        let found = made_one
            .and_then(|decision| hand.at.get(&decision).copied())
            .filter(|at| hand.allows(*at, &sides))
            .or_else(|| by(&by_upn, &person.upn, &|_| true))
            .or_else(|| by(&by_sam, &person.sam, &here));
        let at = found.unwrap_or_else(|| {
            people.push(JoinedPerson::default());
            hand.sides.push(Sides::default());
            people.len() - 1
        });
        if let Some(own) = hand.sides.get_mut(at) {
            own.add(&sides);
        }
        if let Some(decision) = made_one {
            hand.at.entry(decision).or_insert(at);
        }
        for (known, key) in [(&mut by_upn, &person.upn), (&mut by_sam, &person.sam)] {
            if let Some(key) = key {
                let places = known.entry(key.clone()).or_default();
                // The last word on a name comes first; others stand behind it only where a decision or their domains keep
                // them apart.
                places.retain(|each| *each != at);
                places.insert(0, at);
            }
        }
        if let Some(joined) = people.get_mut(at) {
            take(joined, person, &row.origin);
        }
    }
    for row in &rows {
        if let Fact::Access(access) = &row.fact {
            reach(access, &row.origin, &mut people, &by_upn, &by_sam);
        }
    }
    for person in &mut people {
        person.id = person.upn.clone().or_else(|| person.sam.clone()).unwrap_or_default();
    }
    people.sort_by(|a, b| a.id.cmp(&b.id));
    people
}

/// The domain of a principal name.
fn domain_of(upn: &str) -> Option<&str> {
    upn.split_once('@').map(|(_, domain)| domain)
}

/// Whether an account of that short name is another domain's: each domain may have a `jmartin` of its own.
fn elsewhere(known: Option<&JoinedPerson>, person: &Person) -> bool {
    let domains =
        known.and_then(|known| domain_of(known.upn.as_deref()?)).zip(person.upn.as_deref().and_then(domain_of));
    domains.is_some_and(|(a, b)| !a.eq_ignore_ascii_case(b))
}

/// Whether the domain that a log names before an account (`CERNAY\\user`) is that of a person.
fn in_domain(who: &str, person: &JoinedPerson) -> bool {
    let told = who.rsplit_once('\\').map(|(domain, _)| domain);
    let own = person.upn.as_deref().and_then(domain_of);
    told.zip(own).is_some_and(|(told, own)| own.split('.').next().is_some_and(|label| label.eq_ignore_ascii_case(told)))
}

fn take(joined: &mut JoinedPerson, person: &Person, origin: &Origin) {
    let keep = |slot: &mut Option<String>, value: &Option<String>| {
        if slot.is_none() {
            slot.clone_from(value);
        }
    };
    keep(&mut joined.upn, &person.upn);
    keep(&mut joined.sam, &person.sam);
    keep(&mut joined.name, &person.name);
    keep(&mut joined.site, &person.site);
    joined.kind = joined.kind.or(person.kind);
    joined.ad_enabled = person.ad_enabled.or(joined.ad_enabled);
    joined.left = person.left.or(joined.left);
    if let Some(plans) = &person.plans
        && (joined.plans_of.is_none() || person.exported >= joined.plans_of)
    {
        joined.plans.clone_from(plans);
        joined.plans_of = person.exported;
        joined.blocked = person.blocked.or(joined.blocked);
    }
    joined.origins.insert(origin.clone());
}

fn reach(
    access: &Access,
    origin: &Origin,
    people: &mut [JoinedPerson],
    by_upn: &BTreeMap<String, Vec<usize>>,
    by_sam: &BTreeMap<String, Vec<usize>>,
) {
    let (Some(who), Some(server)) = (account(&access.who), access.to.name.clone()) else { return };
    let found = by_upn.get(&who).or_else(|| by_sam.get(&who)).or_else(|| {
        let local = who.split('@').next().unwrap_or_default();
        by_sam.get(local)
    });
    let role = access.role.clone().unwrap_or_default();
    let at = found.and_then(|places| {
        let named = places.iter().find(|at| people.get(**at).is_some_and(|person| in_domain(&access.who, person)));
        named.or(places.first()).copied()
    });
    if let Some(person) = at.and_then(|at| people.get_mut(at)) {
        person.reached.insert((server, role));
        person.origins.insert(origin.clone());
    }
}
