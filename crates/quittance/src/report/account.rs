//! A machine, a person or a lot explained: what stands on it, which line counts it and how, and the evidence.

use super::explain::{evidence, shortened};
use super::wording::{self, Say};
use licensing::facts::Origin;
use licensing::position::Position;
use licensing::position::account::{Account, Kind, LotAccount};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Places of evidence that a terminal shows.
const PLACES_SHOWN: usize = 40;

/// The name of a line as people say it, with its id.
fn line(position: &Position, id: &str) -> String {
    let name = position.lines.iter().find(|line| line.id == id).map(wording::name);
    name.map_or_else(|| id.to_owned(), |name| format!("{name} ({id})"))
}

fn section(text: &mut String, title: &str, items: &[String], say: &dyn Say) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", say.say(title, &[]));
    for item in items {
        let _ = writeln!(text, "  • {item}");
    }
}

/// A machine or person for the terminal; `names` gives the name of an evidence file by its hash.
pub(crate) fn render(
    account: &Account,
    position: &Position,
    names: &BTreeMap<String, String>,
    say: &dyn Say,
) -> String {
    let kind = match account.kind {
        Kind::Device => "account-device",
        Kind::Server => "account-server",
        Kind::VirtualMachine => "account-virtual-machine",
        Kind::Person => "account-person",
    };
    let mut text = format!("{}  ({})\n", account.name, say.say(kind, &[]));
    let told: Vec<String> = account
        .told
        .iter()
        .map(|(code, value)| say.say(&format!("account-told-{code}"), &[("value", value.clone())]))
        .collect();
    section(&mut text, "account-told", &told, say);
    let entries: Vec<String> = account
        .entries
        .iter()
        .map(|entry| {
            let outcome = wording::word(&format!("outcome-{}", entry.outcome), &entry.outcome, say);
            let times =
                if entry.count > 1 { format!("{} × ", wording::number(entry.count, say)) } else { String::new() };
            let mut values = vec![("what", format!("{times}{}", entry.what)), ("outcome", outcome)];
            if let Some(id) = &entry.line {
                values.push(("line", line(position, id)));
                return say.say("account-entry-line", &values);
            }
            let why = entry.why.as_deref().unwrap_or_default();
            values.push(("why", wording::word(&format!("aside-{why}"), why, say)));
            say.say("account-entry-aside", &values)
        })
        .collect();
    let none = [say.say("account-nothing", &[])];
    section(&mut text, "account-entries", if entries.is_empty() { &none } else { &entries }, say);
    let also: Vec<String> = account.also_in.iter().map(|id| line(position, id)).collect();
    section(&mut text, "account-also", &also, say);
    let evidence = evidence(&account.origins, names, say);
    section(&mut text, "explain-evidence", &shortened(evidence.len(), PLACES_SHOWN, say, evidence.into_iter()), say);
    text
}

/// A machine that the evidence knows and no line counts, with what was noticed about it.
pub(crate) fn uncounted(
    name: &str,
    reasons: Vec<String>,
    origins: &[Origin],
    names: &BTreeMap<String, String>,
    say: &dyn Say,
) -> String {
    let mut text = format!("{}\n", say.say("account-uncounted", &[("name", name.to_owned())]));
    section(&mut text, "account-told", &reasons, say);
    let evidence = evidence(origins, names, say);
    section(&mut text, "explain-evidence", &shortened(evidence.len(), PLACES_SHOWN, say, evidence.into_iter()), say);
    text
}

/// A lot for the terminal.
pub(crate) fn render_lot(
    account: &LotAccount,
    position: &Position,
    names: &BTreeMap<String, String>,
    say: &dyn Say,
) -> String {
    let lot = &account.lot;
    let name = wording::product_name(&lot.product, &lot.edition, &lot.version);
    let mut text = format!("{}  ({name})\n", lot.id);
    let mut told = vec![say.say(
        "account-lot-bought",
        &[("quantity", wording::number(lot.quantity, say)), ("metric", wording::metric(&lot.metric, say))],
    )];
    let mut tell = |code: &str, value: Option<String>| {
        told.extend(value.map(|value| say.say(&format!("account-told-{code}"), &[("value", value)])));
    };
    tell("channel", Some(lot.channel.clone()).filter(|channel| !channel.is_empty()));
    tell("purchased", lot.purchased.map(|day| wording::day(day, say)));
    tell("sa-until", lot.sa_until.map(|day| wording::day(day, say)));
    told.extend((lot.proof == Some(false)).then(|| say.say("account-lot-unproven", &[])));
    section(&mut text, "account-told", &told, say);
    let uses: Vec<String> = account
        .lines
        .iter()
        .map(|each| {
            let mut values = vec![("line", line(position, &each.line)), ("used", wording::number(each.used, say))];
            match &each.why_not {
                Some(why) if each.used == 0 => {
                    values.push(("why", wording::word(&format!("why-{why}"), why, say)));
                    say.say("account-lot-refused", &values)
                }
                _ => say.say("account-lot-used", &values),
            }
        })
        .collect();
    section(&mut text, "account-lot-lines", &uses, say);
    let unused: Vec<String> = account
        .unused
        .iter()
        .map(|(units, why)| {
            let why = wording::word(&format!("why-{why}"), why, say);
            say.say("account-lot-unused", &[("units", wording::number(*units, say)), ("why", why)])
        })
        .collect();
    section(&mut text, "position-unused", &unused, say);
    let evidence = evidence(&lot.origins, names, say);
    section(&mut text, "explain-evidence", &shortened(evidence.len(), PLACES_SHOWN, say, evidence.into_iter()), say);
    text
}
