//! Kind and channel of a line.

use super::knowledge::{Class, Knowledge};
use super::text::Text;
use super::words::{any, has, numbers_before, position};

/// True if the line begins with a word of labour and buys nothing.
fn begins_with_labour(words: &[String], knowledge: &Knowledge) -> bool {
    let labour = words.first().is_some_and(|word| knowledge.tokens.labour.contains(word));
    // "Configuration Manager" is a product.
    labour && words.get(1).is_none_or(|next| next != "manager") && !names_sa(words) && !has(words, "subs")
}

/// Labour, transport, support, a price cut: no software at all. Words of the title as written decide, because the
/// grammar's words may mean something else there.
pub(crate) fn is_service(shown: &Text, words: &[String], knowledge: &Knowledge) -> bool {
    if words.first().is_some_and(|word| knowledge.tokens.money.contains(word)) {
        return true;
    }
    if any(words, &knowledge.tokens.media) {
        return false;
    }
    // "2 jours consultant": days and hours are sold to work in them.
    let days = words.first().is_some_and(|count| count.parse::<u32>().is_ok())
        && words.get(1).is_some_and(|unit| {
            matches!(
                unit.as_str(),
                "jour"
                    | "jours"
                    | "day"
                    | "days"
                    | "tag"
                    | "tage"
                    | "heure"
                    | "heures"
                    | "hour"
                    | "hours"
                    | "stunden"
                    | "h"
            )
        });
    let licence_words =
        any(words, &knowledge.tokens.volume) || has(words, "cal") || has(words, "license") || has(words, "oem");
    !licence_words
        && (days
            || begins_with_labour(words, knowledge)
            || knowledge.tokens.service.iter().any(|phrase| shown.has(phrase)))
}

/// True if a software assurance word stands in the line and is not denied.
fn names_sa(words: &[String]) -> bool {
    words.iter().enumerate().any(|(i, word)| {
        word == "sa"
            && !i
                .checked_sub(1)
                .and_then(|p| words.get(p))
                .is_some_and(|before| before == "without" || before == "hors" || before == "from")
    })
}

/// True if a licence and its Software Assurance are sold together.
fn licence_with_sa(words: &[String]) -> bool {
    if has(words, "licsapk") || has(words, "upgrdsapk") {
        return true;
    }
    // "Upgrade SA" in one breath is the upgrade of Windows with its Software Assurance.
    words
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if b == "sa" && (a == "+" || a == "with" || a == "and" || a == "upgrade")))
}

/// Years or months that the right lasts, if the line says so.
fn has_term(words: &[String]) -> bool {
    ["year", "month"].iter().any(|unit| numbers_before(words, unit).iter().any(|n| (1..=60).contains(n)))
        || has(words, "yearly")
}

/// The year of the agreement in which the line was bought, where it says so.
pub(crate) fn acquisition_year(words: &[String]) -> Option<u8> {
    let year = |text: &str| text.parse().ok().filter(|year| (1..=3).contains(year));
    let glued =
        |word: &String| ["acquiredyear", "acqy", "aqy"].iter().find_map(|stem| word.strip_prefix(stem)).and_then(year);
    let apart = |pair: &[String]| match pair {
        [a, b] if a == "acq" || a == "aq" => b.strip_prefix('y').and_then(year),
        _ => None,
    };
    words.iter().find_map(glued).or_else(|| words.windows(2).find_map(apart))
}

/// True if the line says in which year of the agreement it was bought: a yearly payment of a licence, no rent.
fn has_acquisition_year(words: &[String]) -> bool {
    words.iter().any(|w| {
        w.starts_with("acquiredyear")
            || matches!(w.as_str(), "aqy1" | "aqy2" | "aqy3" | "acqy1" | "acqy2" | "acqy3" | "acq" | "aq" | "buyout")
    })
}

/// Kind of the line. `channel` must be known before.
pub(crate) fn kind(words: &[String], class: Class, channel: &str, knowledge: &Knowledge) -> &'static str {
    let tokens = &knowledge.tokens;
    // A disc that opens the line is what is bought; at its end it only says how the licence comes.
    if any(words, &tokens.media) || words.first().is_some_and(|word| matches!(word.as_str(), "dvd" | "cd")) {
        return "media";
    }
    if has(words, "esu") {
        return "service";
    }
    if any(words, &tokens.trial) {
        return "trial";
    }
    if has(words, "sasu") || has(words, "stepup") || has(words, "su") {
        return "step-up";
    }
    if channel == "spla"
        || matches!(class, Class::Plan | Class::DevicePlan) && !has(words, "licsapk") && !names_sa(words)
    {
        return "subscription";
    }
    if names_sa(words) && !licence_with_sa(words) {
        return "SA";
    }
    if class == Class::School {
        return "subscription";
    }
    // The word of the subscription is part of what a developer's licence is called.
    if class == Class::Msdn && licence_with_sa(words) {
        return "licence+SA";
    }
    let rented = any(words, &tokens.subscription)
        || channel == "open_value" && !has_acquisition_year(words) && has_term(words)
        || channel != "open_value"
            && channel != "oem"
            && !licence_with_sa(words)
            && !names_sa(words)
            && has_term(words);
    if rented {
        return "subscription";
    }
    if has(words, "upgrdsapk") || licence_with_sa(words) {
        return "licence+SA";
    }
    if has(words, "upgrade") || has(words, "migration") {
        return "upgrade";
    }
    let in_volume = matches!(channel, "open" | "open_value" | "select" | "ea" | "mpsa" | "volume");
    if class == Class::ClientOs && in_volume && !is_genuine(words) {
        return "upgrade";
    }
    "licence"
}

/// True for the full Windows licence that volume programmes sell to legalise a PC.
pub(crate) fn is_genuine(words: &[String]) -> bool {
    words.iter().any(|w| matches!(w.as_str(), "getgenuine" | "ggwa" | "legalization" | "legalisation" | "ggk"))
}

/// True if the part number has the form of the cloud programme (`DG7GMGF0...`, `CFQ7TTC0...`), with a term before it or not.
pub(crate) fn is_csp_part(part: &str) -> bool {
    let upper = part.to_ascii_uppercase();
    upper.split(':').any(|piece| piece.starts_with("DG7GMGF0") || piece.starts_with("CFQ7TTC0"))
}

/// Channel of a line.
pub(crate) fn channel(
    words: &[String],
    edition_is_web: bool,
    part: Option<&str>,
    knowledge: &Knowledge,
) -> &'static str {
    let tokens = &knowledge.tokens;
    if has(words, "sal") || has(words, "spla") || edition_is_web && any(words, &tokens.short) {
        return "spla";
    }
    if part.is_some_and(is_csp_part) || words.iter().any(|w| matches!(w.as_str(), "csp" | "nce")) {
        return "csp";
    }
    if has(words, "olv") {
        return "open_value";
    }
    if has(words, "olp") {
        return "open";
    }
    for (word, name) in [("selectplus", "select"), ("select", "select"), ("mpsa", "mpsa"), ("ea", "ea")] {
        if has(words, word) {
            return name;
        }
    }
    // The maker stands before what it sells, or at the end of a short line.
    let made_by_maker = [words.first(), words.last()].into_iter().flatten().any(|w| tokens.oem_makers.contains(w))
        && !any(words, &tokens.volume);
    if any(words, &tokens.oem) || made_by_maker {
        return "oem";
    }
    if any(words, &tokens.volume) || position(words, &["without", "sa"]).is_some() {
        return "volume";
    }
    if any(words, &tokens.fpp)
        || position(words, &["home", "business"]).is_some()
        || position(words, &["home", "student"]).is_some()
    {
        return "fpp";
    }
    if let Some(programme) = part.and_then(|p| tokens.part_programme.get(&p.to_ascii_uppercase())) {
        return match programme.as_str() {
            "open" => "open",
            "open_value" => "open_value",
            "oem" => "oem",
            "fpp" => "fpp",
            _ => "unknown",
        };
    }
    let pack_of_csp = position(words, &["core", "license", "pack"]).is_some() && !any(words, &tokens.subscription);
    if pack_of_csp || words.iter().any(|w| w == "prorata") {
        return "csp";
    }
    "unknown"
}

/// Channel from a programme column, where the paper has one.
pub(crate) fn channel_of_programme(programme: &str) -> Option<&'static str> {
    let text = Text::new(programme);
    let table = [
        ("open value", "open_value"),
        ("olv", "open_value"),
        ("open license", "open"),
        ("open licence", "open"),
        ("open", "open"),
        ("olp", "open"),
        ("select plus", "select"),
        ("select", "select"),
        ("enterprise agreement", "ea"),
        ("enterprise", "ea"),
        ("ea", "ea"),
        ("accord entreprise", "ea"),
        ("mpsa", "mpsa"),
        ("csp", "csp"),
        ("cloud solution provider", "csp"),
        ("spla", "spla"),
        ("oem", "oem"),
        ("fpp", "fpp"),
        ("retail", "fpp"),
        ("boite", "fpp"),
        ("volume", "volume"),
    ];
    table.iter().find(|(phrase, _)| text.has(phrase)).map(|(_, name)| *name)
}

/// Kind from a purchase type column, where the paper has one.
pub(crate) fn kind_of_type(purchase_type: &str) -> Option<&'static str> {
    let text = Text::new(purchase_type);
    let folded = text.folded();
    match folded.as_str() {
        "l" => return Some("licence"),
        "lsa" | "l&sa" | "l/sa" | "l+sa" => return Some("licence+SA"),
        "sa" => return Some("SA"),
        "su" | "sasu" => return Some("step-up"),
        "sub" => return Some("subscription"),
        _ => {}
    }
    let sa =
        text.has("software assurance") || text.has("assurance logicielle") || text.has("sa") || text.has("maintenance");
    let licence = ["license", "licence", "lizenz", "licencia", "licenses", "licences", "lizenzen", "standard"]
        .iter()
        .any(|w| text.has(w));
    if ["step-up", "step up", "stepup"].iter().any(|w| text.has(w)) {
        Some("step-up")
    } else if ["subscription", "abonnement", "abonnements", "suscripcion", "online services", "services en ligne"]
        .iter()
        .any(|w| text.has(w))
    {
        Some("subscription")
    } else if ["upgrade", "mise a niveau", "aktualisierung"].iter().any(|w| text.has(w)) {
        Some(if sa { "licence+SA" } else { "upgrade" })
    } else if sa && licence {
        Some("licence+SA")
    } else if sa {
        Some("SA")
    } else if ["media", "medias", "disk kit"].iter().any(|w| text.has(w)) {
        Some("media")
    } else if licence {
        Some("licence")
    } else {
        None
    }
}
