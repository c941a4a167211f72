//! Tables whose headings no reader knows as they stand, but whose words say plainly what each column is. Tools name their columns
//! in many ways; the words in them are few. Tried last, behind the mappings that a person has confirmed.

use super::{Known, Record, find, headings};

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Column {
    Machine,
    System,
    SystemVersion,
    Serial,
    Cores,
    Sockets,
    Seen,
    Kind,
    Life,
    Site,
    Program,
    Version,
    Publisher,
    Installed,
    Title,
    Quantity,
    Date,
    Part,
    Price,
    Invoice,
}

impl Column {
    /// The heading under which readers know it.
    fn known_as(self) -> &'static str {
        match self {
            Column::Machine => "computername",
            Column::System => "operating system",
            Column::SystemVersion => "os version",
            Column::Serial => "serial number",
            Column::Cores => "cores",
            Column::Sockets => "number of processors",
            Column::Seen => "last seen",
            Column::Kind => "asset type",
            Column::Life => "status",
            Column::Site => "site",
            Column::Program => "software name",
            Column::Version => "version",
            Column::Publisher => "publisher",
            Column::Installed => "install date",
            Column::Title => "designation",
            Column::Quantity => "quantity",
            Column::Date => "invoice date",
            Column::Part => "part number",
            Column::Price => "unit price",
            Column::Invoice => "invoice number",
        }
    }
}

const MACHINES: &[&str] = &[
    "computer",
    "computers",
    "device",
    "machine",
    "host",
    "hostname",
    "poste",
    "ordinateur",
    "rechner",
    "pc",
    "endpoint",
    "client",
    "workstation",
    "appareil",
    "gerat",
    "equipo",
    "dispositivo",
    "apparaat",
    "computernaam",
    "rechnername",
    "computername",
    "devicename",
    "geratename",
    "machinename",
    "asset",
    "station",
    "ordenador",
    "calcolatore",
    "maquina",
    "komputer",
    "komputera",
    "server",
    "servername",
    "serveur",
    "servidor",
];
const NAMES: &[&str] = &[
    "name",
    "nom",
    "nombre",
    "nome",
    "naam",
    "hostname",
    "label",
    "bezeichnung",
    "libelle",
    "nazwa",
    "display",
    "dns",
    "netbios",
    "fqdn",
];
/// Words that may stand in the name of a machine or program and say nothing.
const IDLE: &[&str] = &[
    "de",
    "du",
    "des",
    "la",
    "le",
    "les",
    "l",
    "d",
    "del",
    "della",
    "di",
    "do",
    "da",
    "der",
    "des",
    "die",
    "das",
    "van",
    "het",
    "of",
    "the",
    "managed",
    "installed",
    "installe",
    "installato",
    "instalado",
    "geinstalleerde",
    "installierte",
    "detected",
    "full",
    "the",
    "je",
    "pro",
];
const PROGRAMS: &[&str] = &[
    "software",
    "softwarename",
    "softwarenaam",
    "softwareprodukt",
    "application",
    "applications",
    "app",
    "programme",
    "program",
    "programm",
    "logiciel",
    "aplicacion",
    "applicazione",
    "aplicativo",
    "anwendung",
    "toepassing",
    "applicatie",
    "product",
    "produit",
    "produkt",
    "prodotto",
    "producto",
    "produto",
    "programma",
    "programa",
    "oprogramowanie",
    "title",
    "titre",
    "titel",
];
const LAST: &[&str] = &[
    "last", "dernier", "derniere", "letzte", "letzter", "letztes", "ultimo", "ultima", "laatst", "laatste", "most",
    "ostatni",
];
const VERSIONS: &[&str] = &[
    "version",
    "versione",
    "versie",
    "versao",
    "produktversion",
    "softwareversion",
    "programmversion",
    "versionsnummer",
    "versienummer",
    "wersja",
    "release",
    "build",
];
const PUBLISHERS: &[&str] = &[
    "publisher",
    "vendor",
    "editeur",
    "hersteller",
    "fabricante",
    "produttore",
    "uitgever",
    "fabricant",
    "editore",
    "leverancier",
    "wydawca",
    "manufacturer",
];
const QUANTITIES: &[&str] = &[
    "quantity",
    "qty",
    "qte",
    "quantite",
    "cantidad",
    "quantita",
    "quantidade",
    "aantal",
    "menge",
    "anzahl",
    "stuck",
    "ilosc",
    "units",
];
const DATES: &[&str] =
    &["date", "data", "fecha", "datum", "factuurdatum", "rechnungsdatum", "belegdatum", "bestelldatum", "orderdatum"];
const PAPERS: &[&str] = &[
    "invoice",
    "facture",
    "factura",
    "fattura",
    "factuur",
    "rechnung",
    "beleg",
    "order",
    "commande",
    "pedido",
    "ordine",
    "bestellung",
    "bestelling",
    "po",
    "purchase",
    "achat",
    "acquisto",
    "compra",
    "document",
    "piece",
];

/// What a folded heading says it is.
fn column(heading: &str) -> Option<Column> {
    let words: Vec<&str> = heading.split(' ').filter(|word| !word.is_empty()).collect();
    if words.is_empty() || words.len() > 6 {
        return None;
    }
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let all = |lists: &[&[&str]]| {
        words.iter().all(|word| IDLE.contains(word) || lists.iter().any(|list| list.contains(word)))
    };
    let contains = |part: &str| words.iter().any(|word| word.contains(part));
    let system = has(&["os", "operatingsystem", "betriebssystem", "besturingssysteem", "betriebssystemname"])
        || (has(&["operating"]) && has(&["system"]))
        || (has(&["systeme"]) && has(&["exploitation"]))
        || (has(&["sistema"]) && has(&["operativo", "operacional"]));
    if contains("serial")
        || has(&["serie"])
        || contains("seriennummer")
        || contains("seriennr")
        || contains("serienummer")
        || has(&["seriale", "seryjny"])
    {
        return Some(Column::Serial);
    }
    if system {
        let about = [
            "family",
            "famille",
            "type",
            "date",
            "installed",
            "architecture",
            "language",
            "arch",
            "bit",
            "key",
            "platform",
            "licence",
            "license",
        ];
        if has(VERSIONS) || contains("version") {
            return Some(Column::SystemVersion);
        }
        return (!has(&about)).then_some(Column::System);
    }
    if has(&["core", "cores", "coeurs", "kerne", "kernen", "nucleos", "nuclei", "prozessorkerne", "rdzenie"]) {
        return (!has(&["logical", "logique", "logiques", "logische", "speed", "per", "par"])).then_some(Column::Cores);
    }
    if has(&["sockets", "sockel"])
        || (has(&["cpu", "processor", "processeurs", "prozessoren", "procesadores", "processori"])
            && has(&["count", "number", "nombre", "nb", "anzahl", "numero"]))
    {
        return Some(Column::Sockets);
    }
    if has(LAST) {
        let user = ["user", "utilisateur", "benutzer", "usuario", "utente", "gebruiker", "name", "username", "ip"];
        return (!has(&user)).then_some(Column::Seen);
    }
    if has(MACHINES) && has(&["type", "class", "classe", "category", "kind", "typ", "tipo", "klasse"]) {
        return Some(Column::Kind);
    }
    if has(&["status", "state", "etat", "statut", "estado", "stato", "zustand", "lifecycle"])
        && all(&[&[
            "status",
            "state",
            "etat",
            "statut",
            "estado",
            "stato",
            "zustand",
            "lifecycle",
            "install",
            "asset",
            "device",
        ]])
    {
        return Some(Column::Life);
    }
    if has(&["site", "location", "sede", "standort", "lieu", "ubicacion", "locatie", "localizacao"])
        && all(&[&[
            "site",
            "location",
            "sede",
            "standort",
            "lieu",
            "ubicacion",
            "locatie",
            "localizacao",
            "name",
            "nom",
        ]])
    {
        return Some(Column::Site);
    }
    if has(VERSIONS) && all(&[VERSIONS, PROGRAMS, &["display"]]) {
        return Some(Column::Version);
    }
    if has(PUBLISHERS) && all(&[PUBLISHERS, PROGRAMS, NAMES]) {
        return Some(Column::Publisher);
    }
    let price = [
        "price",
        "prix",
        "pu",
        "prezzo",
        "prijs",
        "preis",
        "precio",
        "preco",
        "cost",
        "einzelpreis",
        "stuckpreis",
        "kosten",
    ];
    if has(&price)
        && !has(&["total", "totale", "totaal", "gesamt", "gesamtpreis", "ttc", "tva", "vat", "devise", "currency"])
    {
        return Some(Column::Price);
    }
    if (has(QUANTITIES) || contains("menge")) && !has(&["price", "prix", "total"]) {
        return Some(Column::Quantity);
    }
    if has(&["installation", "installationsdatum", "installazione", "instalacion", "installatiedatum", "installdate"])
        && (has(DATES) || words.len() == 1 || has(&["installationsdatum"]))
    {
        return Some(Column::Installed);
    }
    let part = [
        "part",
        "reference",
        "ref",
        "mfr",
        "sku",
        "codice",
        "referencia",
        "artikelnummer",
        "artikelnr",
        "teilenummer",
        "mpn",
        "herstellernummer",
    ];
    if has(&part) && !has(&["name", "price", "commande", "order"]) {
        return Some(Column::Part);
    }
    if has(DATES) && all(&[DATES, PAPERS]) {
        return Some(Column::Date);
    }
    let number = [
        "number",
        "no",
        "n",
        "nr",
        "num",
        "numero",
        "nummer",
        "factuurnummer",
        "rechnungsnummer",
        "belegnummer",
        "fatturanummer",
    ];
    if (has(PAPERS) && has(&number)) || has(&["factuurnummer", "rechnungsnummer", "belegnummer"]) {
        return Some(Column::Invoice);
    }
    let title = [
        "description",
        "descrizione",
        "omschrijving",
        "beschreibung",
        "designation",
        "libelle",
        "descripcion",
        "descricao",
        "bezeichnung",
        "artikelbezeichnung",
        "artikelomschrijving",
        "produktbezeichnung",
        "opis",
    ];
    if has(&title) && all(&[&title, PROGRAMS, &["item", "article", "artikel", "articolo", "line", "ligne"]]) {
        return Some(Column::Title);
    }
    if has(PROGRAMS) && all(&[PROGRAMS, NAMES]) {
        return Some(Column::Program);
    }
    if has(MACHINES) && all(&[MACHINES, NAMES]) {
        return Some(Column::Machine);
    }
    None
}

/// The columns of a line of headings, each once; the first that says it counts. Where no column names a machine, one that is only
/// called "name" does, if the others speak of machines.
fn columns(header: &[String]) -> Vec<Option<Column>> {
    let mut seen = Vec::new();
    let mut found: Vec<Option<Column>> = header
        .iter()
        .map(|heading| {
            let told = column(heading).filter(|told| !seen.contains(told));
            seen.extend(told);
            told
        })
        .collect();
    let says = |wanted: Column| seen.contains(&wanted);
    // A bare "name" is the machine's; a column like "client" beside it says something of the machine ("Yes").
    let bare = |heading: &String| matches!(heading.as_str(), "name" | "nom" | "nombre" | "nome" | "naam");
    if !says(Column::Quantity)
        && !says(Column::Program)
        && (says(Column::System) || says(Column::Serial))
        && let Some(name) = header.iter().position(bare)
    {
        for (slot, heading) in found.iter_mut().zip(header) {
            let named = heading.split(' ').any(|word| NAMES.contains(&word) || word.ends_with("name"));
            if *slot == Some(Column::Machine) && !named {
                *slot = None;
            }
        }
        if !found.contains(&Some(Column::Machine))
            && let Some(slot) = found.get_mut(name)
        {
            *slot = Some(Column::Machine);
        }
        return found;
    }
    if says(Column::Quantity) {
        // Whoever sells is not who publishes.
        for (slot, heading) in found.iter_mut().zip(header) {
            let sells =
                heading.split(' ').any(|word| matches!(word, "vendor" | "leverancier" | "fabricant" | "manufacturer"));
            if *slot == Some(Column::Publisher) && sells {
                *slot = None;
            }
            // What is bought is a product.
            if *slot == Some(Column::Program) && !seen.contains(&Column::Title) {
                *slot = Some(Column::Title);
            }
        }
    }
    if !says(Column::Machine) && !says(Column::Program) && says(Column::System) && !says(Column::Quantity) {
        let name = header.iter().position(|heading| {
            matches!(heading.as_str(), "name" | "nom" | "nombre" | "nome" | "naam" | "display name" | "displayname")
        });
        if let Some(slot) = name.and_then(|at| found.get_mut(at)).filter(|slot| slot.is_none()) {
            *slot = Some(Column::Machine);
        }
    }
    found
}

/// The names that readers know for the columns of a line of headings. A machine and what stands on it are found by their full headings
/// alone: two columns may speak of machines.
pub(super) fn names(header: &[String]) -> Vec<Option<&'static str>> {
    let found = columns(header);
    let certain = |told: &Column| {
        !matches!(told, Column::Machine | Column::Program | Column::Title | Column::Kind | Column::Life)
    };
    found.into_iter().map(|told| told.filter(certain).map(Column::known_as)).collect()
}

/// True if columns make a list of machines, of programs on machines, or of purchases.
fn is_enough(found: &[Option<Column>]) -> bool {
    let has = |wanted: Column| found.contains(&Some(wanted));
    let machines = has(Column::Machine)
        && (has(Column::System) || has(Column::Serial))
        && !has(Column::Program)
        && !has(Column::Quantity);
    let programs = has(Column::Machine) && has(Column::Program) && (has(Column::Version) || has(Column::Publisher));
    let purchases = (has(Column::Title) || has(Column::Program))
        && has(Column::Quantity)
        && has(Column::Date)
        && !has(Column::Machine);
    machines || programs || purchases
}

/// How many records may stand above the headings.
const PROSE: usize = 40;

/// The headings of a table under the names that readers know, who reads it so, and where they stand. `None`: no line of headings says
/// enough.
pub(super) fn renamed(records: &[Record]) -> Option<(&'static Known, usize, Vec<String>)> {
    let (at, found, header) = records.iter().take(PROSE).enumerate().find_map(|(at, record)| {
        if record.cells.len() < 2 || record.cells.iter().any(|cell| cell.chars().count() > 60) {
            return None;
        }
        let header = headings(record);
        let found = columns(&header);
        is_enough(&found).then_some((at, found, header))
    })?;
    let name = |(told, heading): (Option<Column>, String)| match told {
        Some(column) => column.known_as().to_owned(),
        // What has no meaning must not pass for another column that has none.
        None => format!("other {heading}"),
    };
    let names: Vec<String> = found.into_iter().zip(header).map(name).collect();
    let (known, _) = find(&[Record { cells: names.clone(), cut: false }])?;
    Some((known, at, names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_headings_tell_their_columns() {
        for (heading, wanted) in [
            ("device hostname", Some(Column::Machine)),
            ("nome computer", Some(Column::Machine)),
            ("device type", Some(Column::Kind)),
            ("os reported", Some(Column::System)),
            ("sistema operacional", Some(Column::System)),
            ("os version", Some(Column::SystemVersion)),
            ("aantal cores", Some(Column::Cores)),
            ("ultimo contatto", Some(Column::Seen)),
            ("last user", None),
            ("software vendor", Some(Column::Publisher)),
            ("nome software", Some(Column::Program)),
            ("quantita", Some(Column::Quantity)),
            ("data fattura", Some(Column::Date)),
            ("qte cmd", Some(Column::Quantity)),
            ("prijs per stuk", Some(Column::Price)),
            ("kostenstelle", None),
            ("bestellmenge", Some(Column::Quantity)),
            ("cpu sockel", Some(Column::Sockets)),
        ] {
            assert_eq!(column(heading), wanted, "{heading}");
        }
    }
}
