//! Names, numbers and sums that a text mentions, by shape.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use regex::bytes::Regex as Bytes;
use serde::Serialize;

use crate::fold::Folded;
use crate::rules::expression;

/// A sum of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// The value with two decimals.
    pub value: String,
    /// ISO currency.
    pub currency: &'static str,
    /// `excl` or `incl`, when the text says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax: Option<&'static str>,
    /// True for a fine that a law threatens with, which nobody claims.
    #[serde(skip)]
    pub fine: bool,
}

/// A number of things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// How many.
    pub n: u32,
    /// Of what, as written.
    pub what: String,
}

/// All that is mentioned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Sums.
    pub amounts: Vec<Amount>,
    /// Numbers of machines, users, licences.
    pub counts: Vec<Count>,
    /// Reference numbers of the sender.
    pub case_refs: Vec<String>,
    /// Telephone numbers, as written.
    pub phones: Vec<String>,
    /// A clause named beside the contract, with the words around it.
    pub clause: Option<(String, String)>,
    /// A contract number named in words.
    pub agreement: Option<String>,
    /// An audit firm named.
    pub auditor: Option<String>,
}

struct Shapes {
    /// A number beside a currency: without it no amount is one.
    money: Bytes,
    amount: Bytes,
    count: Bytes,
    phone: Bytes,
    clause: Bytes,
    statute: Bytes,
    fine: Bytes,
    contract: Bytes,
    agreement: Bytes,
    reference: Regex,
    numbered: Regex,
    auditors: Vec<Regex>,
}

static SHAPES: LazyLock<Option<Shapes>> = LazyLock::new(|| {
    let bytes = |p: &str| expression(p).ok();
    Some(Shapes {
        money: bytes(
            r"(?:eur|usd|gbp|chf|\$|\xc2\xa3) ?\d|\d ?(?:k ?)?(?:eur|usd|gbp|chf|\$|\xc2\xa3|dollars|pounds)",
        )?,
        amount: bytes(
            r"(?:(?P<c1>eur|usd|gbp|chf|\$|\xc2\xa3) ?)?(?P<v>\d{1,3}(?:[ .,']\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?) ?(?P<k>k ?)?(?P<c2>eur(?:os?)?\b|usd\b|gbp\b|chf\b|\$|\xc2\xa3|dollars\b|pounds\b)?(?: ?\(?(?P<t>ht\b|hors taxes?\b|ttc\b|toutes taxes\b|excl\w*\.?(?: of)? (?:vat|tax)|incl\w*\.?(?: of)? (?:vat|tax)|ex(?:cluding)? vat|plus vat|before tax))?",
        )?,
        count: bytes(
            r"\b(?P<n>\d{1,6}) (?P<w>postes?(?: de travail)?|serveurs?|licences?|utilisateurs?|machines?|ordinateurs?|instances?|coeurs?|installations?|abonnements?|servers?|users?|devices?|desktops?|workstations?|computers?|laptops?|pcs?|licenses?|cals?|cores?|subscriptions?|seats?)\b",
        )?,
        phone: bytes(r"(?:^|[^0-9a-z])(?P<p>(?:\+33 ?(?:\(0\) ?)?|0)[1-9](?:[ .-]?\d{2}){4}|\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]\d{2,4}){2,4}|\+\d{1,3}[ .-]\d{2,5}[ .-]\d{5,8}|0\d{2,4}[ .-]\d{3,4}[ .-]?\d{3,4})(?:[^0-9]|$)")?,
        clause: bytes(r"\b(?:section|clause|article|paragraphe?|art\.) (?P<n>\d{1,3}(?:\.\d{1,2})*(?:\([a-z0-9]\))?|[ivx]{1,5})\b")?,
        statute: bytes(r"\b(?:article|art\.) ?(?:[lrd]\.? ?)?\d[\d-]*(?:[^.\n]{0,20})\b(?:du code|de la loi|cpi|of the (?:act|code|law)|code civil|rgpd|gdpr)\b|\b(?:article|art\.) [lrd]\.? ?\d")?,
        fine: bytes(r"\b(?:amendes?|puni\w*|emprisonnement|fines?|punishable|imprisonment|(?:can|may|could) (?:reach|amount to|be as high as)|(?:peut|peuvent|pourrait|pouvant) (?:atteindre|s.elever a|aller jusqu)|jusqu.a|up to)\b")?,
        contract: bytes(r"\b(?:agreements?|contract(?:s|ual)?|contrats?|accords?|licen[cs]e terms|conditions (?:generales|d.utilisation|particulieres)|terms|convention|enrol+ment|mbsa|eula|cluf)\b")?,
        agreement: bytes(r"\b(?:agreement|contract|contrat|accord|enrol+ment|inscription|convention)s?(?: (?:cadre|number|numero|reference|ref\.?|no\.?|n\.?o?|num\.?|id)| ?n\xc2\xb0| ?#)*(?: ?[:#])? ?(?P<n>[a-z]{0,6}-?\d[a-z0-9-]{3,})\b")?,
        reference: Regex::new(r"(?-u:\b)[A-Z]{2,6}(?:[-/][A-Z0-9]{2,8})*[-/][0-9]{3,10}(?-u:\b)").ok()?,
        numbered: Regex::new(
            r"(?i)\b(?:dossier|case|file|ref(?:erence|érence)?)\b\.?(?: ?(?:n°|n o|no\.?|number|numéro|:|#))? ?(?P<n>\d{2,}[\d/-]{2,})",
        )
        .ok()?,
        auditors: [
            // Someone is given the work.
            format!(r"(?:engaged|appointed|retained|mandated|instructed|selected|nominated|(?:examined|audited|conducted|performed|carried out|verified) by|mandaté|missionné|désigné|chargé|nommé|retenu|confiée?s?(?: cette mission)? (?:à|au))\s+(?:le |la |au |à |the |an )?(?:independent )?(?:accounting |audit )?(?:cabinet |société |firme |firm (?:of )?|auditor |auditeur )?(?P<f>{FIRM})"),
            // A firm is called one.
            format!(r"(?:[Cc]abinet|[Aa]uditeur|[Aa]uditor|(?:accounting|audit) firm(?: of)?)\s+(?:d’audit |d'audit |indépendant )?(?P<f>{FIRM})"),
            // A name is explained.
            format!(r"(?P<f>{FIRM}),\s+(?:an? |une? |the |le |la )?[^,.\n]{{0,60}}(?:independent|accountants?|accounting|auditors?|indépendante?|comptables?)"),
        ]
        .iter()
        .map(|p| Regex::new(p).ok())
        .collect::<Option<Vec<Regex>>>()?,
    })
});

/// A proper name of one word or more.
const FIRM: &str = r"\p{Lu}[\p{L}\d'’-]*(?:\.\p{L}+)*(?:\s+(?:&|et|and|und|de|\p{Lu}[\p{L}\d'’-]*(?:\.\p{L}+)*))*";

/// Reads the mentions of a text.
pub fn read(text: &Folded) -> Mentions {
    let Some(shapes) = SHAPES.as_ref() else { return Mentions::default() };
    let mut out = Mentions::default();
    let bytes = text.bytes();
    // Every number is taken apart for its currency; most paragraphs have numbers and no money. No sum runs over the end of one.
    let mut paragraphs: Vec<Range<usize>> = Vec::new();
    for money in shapes.money.find_iter(bytes).take(500) {
        if paragraphs.last().is_none_or(|last| money.start() >= last.end) {
            paragraphs.push(text.paragraph(money.start()));
        }
    }
    let amounts = paragraphs.into_iter().flat_map(|place| {
        let numbers = shapes.amount.captures_iter(text.slice(place.clone()));
        numbers.map(move |found| (place.start, found))
    });
    for (start, found) in amounts.take(500) {
        let fine = || {
            let range = found.get(0).map_or(0..0, |m| start + m.start()..start + m.end());
            shapes.fine.is_match(text.slice(text.sentence(&range)))
        };
        if let Some(amount) = amount(&found, &fine)
            && out.amounts.len() < 50
            && !out.amounts.contains(&amount)
        {
            out.amounts.push(amount);
        }
    }
    for found in shapes.count.captures_iter(bytes).take(50) {
        let (Some(n), Some(what)) = (found.name("n"), found.name("w")) else { continue };
        let n = std::str::from_utf8(n.as_bytes()).ok().and_then(|n| n.parse().ok());
        let count = n.map(|n| Count { n, what: text.words(what.range()) });
        if let Some(count) = count.filter(|c| !out.counts.contains(c)) {
            out.counts.push(count);
        }
    }
    let phones = may_phone(bytes).then(|| shapes.phone.captures_iter(bytes).take(20));
    for found in phones.into_iter().flatten() {
        if let Some(phone) = found.name("p") {
            let words = text.words(phone.range());
            if !out.phones.contains(&words) {
                out.phones.push(words);
            }
        }
    }
    for found in shapes.clause.find_iter(bytes).take(20) {
        let sentence = text.sentence(&found.range());
        let around = text.slice(sentence.clone());
        let law = text.slice(found.start()..sentence.end.min(found.end() + 40));
        // A clause is one of a contract: the sentence says so, or gives a number as contracts have.
        let contract = shapes.contract.is_match(around) || shapes.reference.is_match(&text.words(sentence.clone()));
        if !shapes.statute.is_match(law) && contract {
            out.clause = Some((text.words(found.range()).to_lowercase(), text.words(sentence)));
            break;
        }
    }
    out.agreement = shapes.agreement.captures(bytes).and_then(|c| c.name("n")).map(|m| text.words(m.range()));
    for found in shapes.reference.find_iter(text.original()).take(20) {
        let reference = found.as_str().to_owned();
        if !out.case_refs.contains(&reference) {
            out.case_refs.push(reference);
        }
    }
    for found in shapes.numbered.captures_iter(text.original()).take(20).filter_map(|c| c.name("n")) {
        let reference = found.as_str().trim_end_matches(['-', '/']).to_owned();
        if !out.case_refs.iter().any(|r| r.contains(&reference)) {
            out.case_refs.push(reference);
        }
    }
    // Firms are looked for only where auditors are spoken of.
    let spoken = ["audit", "independ", "accountant", "accounting", "comptable", "cabinet"]
        .iter()
        .any(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some());
    let shapes_of_firms = if spoken { shapes.auditors.as_slice() } else { &[] };
    let named = shapes_of_firms.iter().find_map(|shape| shape.captures(text.original())?.name("f"));
    out.auditor = named.map(|m| {
        let name = crate::html::squeeze(m.as_str());
        name.trim_end_matches(['.', ',', ' '])
            .trim_end_matches(" et")
            .trim_end_matches(" and")
            .trim_end_matches(" de")
            .to_owned()
    });
    out
}

/// False when nothing begins like a telephone number: with `+`, or with a nought that no letter or digit precedes.
fn may_phone(text: &[u8]) -> bool {
    memchr::memchr2_iter(b'+', b'0', text).any(|n| {
        let inside = |b: &u8| b.is_ascii_digit() || b.is_ascii_lowercase();
        text.get(n + 1).is_some_and(u8::is_ascii_digit)
            && !n.checked_sub(1).and_then(|p| text.get(p)).is_some_and(inside)
    })
}

fn amount(found: &regex::bytes::Captures<'_>, fine: &dyn Fn() -> bool) -> Option<Amount> {
    let symbol = found.name("c1").or(found.name("c2"))?;
    let currency = match symbol.as_bytes() {
        b"usd" | b"$" | b"dollars" => "USD",
        b"gbp" | b"\xc2\xa3" | b"pounds" => "GBP",
        b"chf" => "CHF",
        _ => "EUR",
    };
    let text = std::str::from_utf8(found.name("v")?.as_bytes()).ok()?;
    // The last separator with one or two digits after it is the decimal one; all others group thousands.
    let (whole, cents) = match text.rfind(['.', ',']) {
        Some(n) if text.len() - n <= 3 => (text.get(..n)?, text.get(n + 1..)?),
        _ => (text, ""),
    };
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    if whole.is_empty() || whole.len() > 12 {
        return None;
    }
    let thousands = if found.name("k").is_some() { "000" } else { "" };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let tax = found.name("t").map(|t| match t.as_bytes() {
        t if t.starts_with(b"ttc") || t.starts_with(b"toutes") || t.starts_with(b"incl") => "incl",
        _ => "excl",
    });
    Some(Amount { value: format!("{whole}{thousands}.{cents:0<2}"), currency, tax, fine: fine() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_after_five_hundred_numbers_was_not_found() {
        let text = format!("{}\n\nSoit 1 284,50 euros HT.", "7 rows of 8, ".repeat(400));
        let found = read(&Folded::new(text)).amounts;
        assert_eq!(found.iter().map(|a| a.value.as_str()).collect::<Vec<_>>(), ["1284.50"]);
    }
}
