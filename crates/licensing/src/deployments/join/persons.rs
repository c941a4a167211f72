//! People out of accounts: by principal name and account name; computer and service accounts are told apart.

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
    let mut rows: Vec<&FactRow> = rows.iter().collect();
    rows.sort_by(|a, b| a.origin.cmp(&b.origin));
    let mut people: Vec<JoinedPerson> = Vec::new();
    let mut by_upn: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_sam: BTreeMap<String, usize> = BTreeMap::new();
    // The directory knows both names: it comes first.
    let (both, one): (Vec<&FactRow>, Vec<&FactRow>) = rows
        .iter()
        .copied()
        .filter(|row| matches!(row.fact, Fact::Person(_)))
        .partition(|row| matches!(&row.fact, Fact::Person(Person { upn: Some(_), sam: Some(_), .. })));
    for row in both.into_iter().chain(one) {
        let Fact::Person(person) = &row.fact else { continue };
        let found = person
            .upn
            .as_ref()
            .and_then(|upn| by_upn.get(upn))
            .or_else(|| person.sam.as_ref().and_then(|sam| by_sam.get(sam)))
            .copied();
        let at = found.unwrap_or_else(|| {
            people.push(JoinedPerson::default());
            people.len() - 1
        });
        if let Some(upn) = &person.upn {
            by_upn.insert(upn.clone(), at);
        }
        if let Some(sam) = &person.sam {
            by_sam.insert(sam.clone(), at);
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
    by_upn: &BTreeMap<String, usize>,
    by_sam: &BTreeMap<String, usize>,
) {
    let (Some(who), Some(server)) = (account(&access.who), access.to.name.clone()) else { return };
    let found = by_upn.get(&who).or_else(|| by_sam.get(&who)).or_else(|| {
        let local = who.split('@').next().unwrap_or_default();
        by_sam.get(local)
    });
    let role = access.role.clone().unwrap_or_default();
    if let Some(person) = found.and_then(|at| people.get_mut(*at)) {
        person.reached.insert((server, role));
        person.origins.insert(origin.clone());
    }
}
