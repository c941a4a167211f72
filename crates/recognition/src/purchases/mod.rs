//! Purchase lines: from a title (and a part number) to product, edition, version, metric, units, kind and channel.
//!
//! A title is folded, its abbreviations are written out (`titles/purchases/words.toml`), and the result is read by a
//! small grammar: what product, for whom it is counted, in what packs, what kind of right, through which programme.
//! Names of online plans go another way ([`plan`]): there the title is the name, less what is no part of it.
//! What a line cannot tell stays `unknown`. Nothing here decides what is owned: an upgrade or a Software Assurance line
//! is called one, and whoever builds lots of it must find its base.

mod kind;
mod knowledge;
mod metric;
mod others;
mod plan;
mod plan_name;
mod product;
mod spelling;
mod table;
mod text;
mod version;
mod words;

pub use knowledge::knowledge_error;
pub use table::{TableError, recognise_table};
pub(crate) use text::fold;

use serde::Serialize;

/// A word for what cannot be told.
pub const UNKNOWN: &str = "unknown";
/// A word for what does not apply.
pub const NONE: &str = "none";
/// The newest version on the day of the order.
pub const CURRENT: &str = "current";

/// What the paper around a line says of it, for lines whose title does not. Titles are read without them too.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// Version column.
    pub version: Option<&'a str>,
    /// Product family column.
    pub family: Option<&'a str>,
    /// Programme column (`Open License`, `OEM`, `CSP`).
    pub programme: Option<&'a str>,
    /// Purchase type column (`License`, `LSA`, `SA`).
    pub purchase_type: Option<&'a str>,
}

/// A purchase line, understood. Words are those of the worked examples; `unknown` is a value of every field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PurchaseLine {
    /// Product; empty for a service, `unknown` if none is named.
    pub product: String,
    /// Edition; for access licences `User` or `Device`.
    pub edition: String,
    /// Version, `current`, `none`.
    pub version: String,
    /// Metric (`core_2pack`, `server`, `user_cal`, `device`, `user_sub`, ...).
    pub metric: String,
    /// Rights that one counted unit brings, in the metric's base unit; `None` is unknown.
    pub units: Option<u64>,
    /// `licence`, `licence+SA`, `SA`, `step-up`, `upgrade`, `subscription`, `media`, `service`, `trial`, `unknown`.
    pub kind: String,
    /// `oem`, `fpp`, `open`, `open_value`, `select`, `ea`, `mpsa`, `csp`, `spla`, `volume`, `unknown`.
    pub channel: String,
    /// How the line was read: the lane and the words used.
    pub trace: Vec<String>,
    /// What to know about it, as stable codes (`used-licence`, `needs-base`, `quantity-in-title:7`, `part-number-contradicts:...`).
    pub notes: Vec<String>,
}

impl PurchaseLine {
    fn nothing() -> Self {
        PurchaseLine {
            product: UNKNOWN.into(),
            edition: UNKNOWN.into(),
            version: UNKNOWN.into(),
            metric: UNKNOWN.into(),
            units: None,
            kind: UNKNOWN.into(),
            channel: UNKNOWN.into(),
            trace: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// True if the line brings a right by itself: no Software Assurance alone, no media, service, trial, and no step-up or
    /// upgrade, which count only together with their base.
    pub fn is_licence(&self) -> bool {
        matches!(self.kind.as_str(), "licence" | "licence+SA" | "subscription") && self.metric != NONE
    }

    /// The columns of [`COLUMNS`].
    pub fn columns(&self) -> [String; 7] {
        [
            self.product.clone(),
            self.edition.clone(),
            self.version.clone(),
            self.metric.clone(),
            self.units.map_or_else(|| UNKNOWN.to_owned(), |u| u.to_string()),
            self.kind.clone(),
            self.channel.clone(),
        ]
    }
}

/// Columns that recognition adds to a list of purchase lines.
pub const COLUMNS: [&str; 7] = ["product", "edition", "version", "metric", "units", "kind", "channel"];

/// The grammar together with its tables.
#[derive(Debug, Clone, Copy)]
pub struct Purchases {
    knowledge: &'static knowledge::Knowledge,
}

impl Purchases {
    /// The tables that the program carries (`titles/purchases`).
    pub fn builtin() -> Self {
        Purchases { knowledge: knowledge::knowledge() }
    }

    /// Understands one purchase line; see [`recognise`].
    pub fn recognise(&self, title: &str, part_number: Option<&str>, hints: &Hints<'_>) -> PurchaseLine {
        read_line(title, part_number, hints, self.knowledge)
    }
}

/// The year of the agreement in which a title says its licence was bought (`AqY2`, "Acquired Year 2", "Kauf Jahr 2"), 1 to 3.
pub(crate) fn acquisition_year(title: &str) -> Option<u8> {
    kind::acquisition_year(&words::words(title, knowledge::knowledge()))
}

/// A plan's name in the publisher's English; a name that no translation is known of comes back as it is.
pub fn plan_in_english(name: &str) -> String {
    plan_name::in_english(name, knowledge::knowledge())
}

/// Understands one purchase line.
///
/// `title` is the line's own wording, `part_number` the maker's number if the paper has one, `hints` what other columns
/// say; [`Hints::default`] for none. Never fails: what cannot be told is `unknown`.
pub fn recognise(title: &str, part_number: Option<&str>, hints: &Hints<'_>) -> PurchaseLine {
    read_line(title, part_number, hints, knowledge::knowledge())
}

fn read_line(
    title: &str,
    part_number: Option<&str>,
    hints: &Hints<'_>,
    knowledge: &knowledge::Knowledge,
) -> PurchaseLine {
    let part = part_number.map(str::trim).filter(|p| !p.is_empty());
    let shown = text::Text::new(title);
    let words = words::words(title, knowledge);
    let mut line = if kind::is_service(&shown, &words, knowledge) {
        let mut line = PurchaseLine::nothing();
        line.product = String::new();
        line.edition = NONE.into();
        line.version = NONE.into();
        line.metric = NONE.into();
        line.units = Some(1);
        line.kind = "service".into();
        line.trace.push("service".into());
        line
    } else if let Some(line) = others::recognise(&shown, &words, knowledge) {
        line
    } else if plan::is_plan(&shown, &words, knowledge) {
        plan::recognise(&shown, &words, part, knowledge)
    } else {
        let line = product::recognise(&words, part, hints, knowledge);
        match spelling::mended(&words, knowledge).filter(|_| line.product == UNKNOWN) {
            Some((mended, note)) => {
                let mut line = product::recognise(&mended, part, hints, knowledge);
                line.notes.push(note);
                line
            }
            None => line,
        }
    };
    if line.channel == UNKNOWN
        && line.kind != "service"
        && let Some(told) = hints.programme.and_then(kind::channel_of_programme)
    {
        line.channel = told.to_owned();
    }
    if words::any(&words, &knowledge.tokens.used) {
        line.notes.push("used-licence".into());
    }
    if words::any(&words, &knowledge.tokens.segment) {
        line.notes.push("special-segment".into());
    }
    for unit in ["unit", "units", "unites", "unite"] {
        if let Some(quantity) = words::numbers_before(&words, unit).first() {
            line.notes.push(format!("quantity-in-title:{quantity}"));
        }
    }
    line
}
