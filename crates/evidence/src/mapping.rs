//! Mappings: which column of a table that no reader knows is what. Proposed by the program, confirmed by the user, kept.

use crate::reading::Sink;
use crate::tables::{self, Record, View};
use crate::text::fold;
use crate::values::{amount, boolean, count, short_name, uuid, whole};
use licensing::facts::{Fact, Machine, MachineRef, Person, Purchase, Title};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A row a title on a machine.
    Software,
    /// A row a machine.
    Machines,
    /// A row a person.
    People,
    /// A row a purchase.
    Purchases,
}

/// A saved mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Its name, shown as `mapping:NAME`.
    pub name: String,
    /// What the table is about.
    pub about: Role,
    /// Meaning (`machine`, `name`, `version`, `publisher`, `serial`, `uuid`, `os`, `processors`, `cores`, `site`, `user`, `upn`,
    /// `title`, `quantity`, `date`, `part_number`, `price`, `agreement`, `invoice`) to heading as it stands in the file.
    pub columns: BTreeMap<String, String>,
}

/// A mapping that seems right, to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The mapping, ready to be saved.
    pub mapping: Mapping,
    /// Headings that were given no meaning.
    pub unused: Vec<String>,
}

/// Words that headings of a meaning contain, in three languages; the first that fits wins.
const HINTS: [(&str, &[&str]); 19] = [
    ("uuid", &["uuid", "guid"]),
    ("serial", &["serie", "serial", "serien"]),
    ("upn", &["principal", "mail", "courriel"]),
    ("part_number", &["part", "reference", "ref ", "artikelnummer", "sku"]),
    ("agreement", &["contrat", "agreement", "contract", "vertrag"]),
    ("invoice", &["facture", "invoice", "rechnung"]),
    ("quantity", &["quantit", "qte", "qty", "menge", "anzahl", "nombre"]),
    ("price", &["prix", "price", "preis", "pu "]),
    ("version", &["version"]),
    ("publisher", &["editeur", "publisher", "vendor", "fournisseur", "hersteller"]),
    ("os", &["exploitation", "operating", "betriebssystem", "os"]),
    ("processors", &["processeur", "processor", "socket", "prozessor"]),
    ("cores", &["coeur", "core", "kern"]),
    ("site", &["site", "lieu", "location", "standort"]),
    ("user", &["utilisateur", "user", "benutzer"]),
    ("date", &["date", "datum"]),
    (
        "machine",
        &["poste", "machine", "computer", "ordinateur", "host", "asset", "rechner", "device", "serveur", "server"],
    ),
    ("title", &["designation", "libelle", "article", "bezeichnung"]),
    (
        "name",
        &["logiciel", "software", "application", "programme", "produit", "product", "titre", "title", "nom", "name"],
    ),
];

/// Whether a folded heading says `word`. Short words must stand alone: `os` is in `poste` and in `Kostenstelle`.
fn says(folded: &str, word: &str) -> bool {
    if word.trim_end().len() > 3 {
        return folded.contains(word);
    }
    folded.split(|c: char| !c.is_alphanumeric()).any(|each| each == word.trim_end())
}

/// A mapping proposed from the headings, if they say enough.
pub(crate) fn propose(records: &[Record]) -> Option<Proposal> {
    let widest = records.iter().take(20).map(|record| record.cells.len()).max()?;
    let header = records.iter().take(20).find(|record| record.cells.len() == widest && widest > 1)?;
    let mut columns = BTreeMap::new();
    let mut unused = Vec::new();
    for heading in &header.cells {
        let folded = format!("{} ", fold(heading));
        let meaning = HINTS
            .iter()
            .find(|(meaning, words)| !columns.contains_key(*meaning) && words.iter().any(|word| says(&folded, word)));
        match meaning {
            Some((meaning, _)) => {
                columns.insert((*meaning).to_owned(), heading.clone());
            }
            None => unused.push(heading.clone()),
        }
    }
    let has = |meaning: &str| columns.contains_key(meaning);
    let about = if has("quantity") && (has("title") || has("name")) {
        Role::Purchases
    } else if has("machine") && has("name") {
        Role::Software
    } else if has("upn") {
        Role::People
    } else if has("machine") || has("serial") || has("uuid") {
        Role::Machines
    } else {
        return None;
    };
    Some(Proposal { mapping: Mapping { name: "table".to_owned(), about, columns }, unused })
}

impl Mapping {
    /// Place of the headings, if the table bears all of this mapping's.
    pub(crate) fn find(&self, records: &[Record]) -> Option<usize> {
        records.iter().take(40).position(|record| tables::bears(record, self))
    }

    pub(crate) fn read(&self, view: &View<'_>, sink: &mut Sink) {
        let column = |meaning: &str| self.columns.get(meaning).and_then(|heading| tables::mapped_column(view, heading));
        let date = column("date");
        let order = view.order(date);
        for (number, record) in view.records(sink) {
            let mut remarks = Vec::new();
            let get = |meaning: &str| tables::cell(record, column(meaning));
            let id = MachineRef {
                uuid: get("uuid").and_then(|text| uuid(&text)),
                serial: get("serial"),
                name: get("machine").map(|text| short_name(&text)),
                ..MachineRef::default()
            };
            let nameless = id == MachineRef::default();
            let day = tables::day(record, date, order, "date", &mut remarks);
            let fact = match self.about {
                Role::Software => match get("name") {
                    Some(name) if !nameless => Some(Fact::Title(Title {
                        machine: id,
                        publisher: get("publisher"),
                        name,
                        version: get("version"),
                        installed: day,
                        from: Some("mapping".to_owned()),
                        ..Title::default()
                    })),
                    _ => None,
                },
                Role::Machines if nameless => None,
                Role::Machines => Some(Fact::Machine(Machine {
                    id,
                    os: get("os"),
                    processors: get("processors").as_deref().and_then(count),
                    cores: get("cores").as_deref().and_then(count),
                    site: get("site"),
                    user: get("user"),
                    last_seen: day,
                    retired: get("retired").and_then(|text| boolean(&text)),
                    ..Machine::default()
                })),
                Role::People => get("upn").map(|upn| {
                    Fact::Person(Person {
                        upn: Some(upn.to_lowercase()),
                        name: get("name"),
                        site: get("site"),
                        ..Person::default()
                    })
                }),
                Role::Purchases => {
                    let quantity = get("quantity").as_deref().and_then(whole);
                    quantity.zip(get("title").or_else(|| get("name"))).map(|(quantity, title)| {
                        Fact::Purchase(Purchase {
                            title,
                            quantity,
                            part_number: get("part_number"),
                            date: day,
                            agreement: get("agreement"),
                            invoice: get("invoice"),
                            unit_price: get("price").as_deref().and_then(amount),
                            ..Purchase::default()
                        })
                    })
                }
            };
            match fact {
                Some(fact) => sink.fact(number, fact, remarks),
                None => sink.reject(
                    number,
                    "incomplete",
                    "a column that the mapping needs is empty in this row",
                    &record.raw(),
                ),
            }
        }
    }
}
