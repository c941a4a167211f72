//! Domain names: the organisation behind one, its form for people, and names that only look like another.

use std::collections::BTreeSet;

use unicode_security::MixedScript;
use unicode_security::confusable_detection::skeleton;

use crate::dns::normal;

/// The registrable domain (`mail.example.co.uk` gives `example.co.uk`), by the public suffix list; the name itself when it
/// is a suffix.
pub fn organisation(domain: &str) -> String {
    let name = normal(domain);
    psl::domain_str(&name).map_or_else(|| name.clone(), str::to_owned)
}

/// The label that an organisation registered (`example` of `mail.example.co.uk`).
pub fn label(domain: &str) -> String {
    let organisation = organisation(domain);
    organisation.split_once('.').map_or(organisation.clone(), |(l, _)| l.to_owned())
}

/// True when both names belong to one organisation.
pub fn same_organisation(a: &str, b: &str) -> bool {
    !a.is_empty() && organisation(a) == organisation(b)
}

/// The domain of an address, lower case; empty when there is none.
pub fn of_address(address: &str) -> String {
    address.rsplit_once('@').map(|(_, d)| normal(d.trim_end_matches('>').trim())).unwrap_or_default()
}

/// An internationalised name with its letters shown; other names unchanged. A label that cannot be decoded stays coded.
pub fn unicode(domain: &str) -> String {
    let decode = |label: &str| match label.get(..4).filter(|p| p.eq_ignore_ascii_case("xn--")) {
        Some(_) => {
            let coded = label.get(4..).unwrap_or_default();
            idna::punycode::decode_to_string(coded).unwrap_or_else(|| label.to_owned())
        }
        None => label.to_owned(),
    };
    domain.split('.').map(decode).collect::<Vec<_>>().join(".")
}

/// True when a label of the name mixes alphabets, as no honest name does.
pub fn mixes_scripts(domain: &str) -> bool {
    unicode(domain).split('.').any(|l| !l.is_ascii() && !l.is_single_script())
}

/// How a name imitates another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// Letters that look the same (another alphabet, `rn` for `m`, `0` for `o`).
    SameLooks,
    /// The other's label with words added (`publisher-licences`).
    WordsAdded,
    /// The other's label under another ending.
    OtherEnding,
    /// One letter more, less or changed, or two swapped.
    OneLetter,
}

/// Tells whether `domain` looks like `original` without belonging to it. Short labels are compared only by looks: one
/// letter apart means nothing among names of three or four letters.
pub fn likeness(domain: &str, original: &str) -> Option<Likeness> {
    if domain.is_empty() || original.is_empty() || same_organisation(domain, original) {
        return None;
    }
    let (own, other) = (unicode(&label(domain)), unicode(&label(original)));
    let long = other.chars().count() >= 5;
    if own == other {
        return long.then_some(Likeness::OtherEnding);
    }
    if looks(&own) == looks(&other) {
        return Some(Likeness::SameLooks);
    }
    if !long {
        return None;
    }
    let words = |l: &str| l.split('-').map(looks).collect::<BTreeSet<String>>();
    if own.contains('-') && words(&own).is_superset(&words(&other)) {
        return Some(Likeness::WordsAdded);
    }
    // Hyphens are what one remembers least of a name: `acmesoft-billing` is read as `acme-soft` with a word more.
    let bare = |l: &str| looks(l).replace('-', "");
    let (own_bare, other_bare) = (bare(&own), bare(&other));
    let glued =
        own_bare.len() > other_bare.len() && (own_bare.starts_with(&other_bare) || own_bare.ends_with(&other_bare));
    if own_bare == other_bare || (glued && other.chars().count() >= 6) {
        return Some(Likeness::WordsAdded);
    }
    (one_apart(&own, &other)).then_some(Likeness::OneLetter)
}

/// What a label looks like: the Unicode skeleton, then pairs and digits that pass for letters in small print. Only ever
/// compared with another of its kind, never shown.
pub(crate) fn looks(label: &str) -> String {
    let mut out = skeleton(&label.to_lowercase()).collect::<String>().to_lowercase();
    for (from, to) in [("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("5", "s"), ("|", "l")] {
        out = out.replace(from, to);
    }
    // The skeleton of `i` without a dot and of `l` differ by font only.
    out.replace('i', "l")
}

/// True when one insertion, deletion, change or swap of neighbours turns one label into the other.
fn one_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let head = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let tail = short.iter().rev().zip(long.iter().rev()).take_while(|(x, y)| x == y).count();
    let tail = tail.min(short.len() - head);
    match long.len() - short.len() {
        0 => {
            let middle = short.len() - head - tail;
            middle == 1
                || (middle == 2 && short.get(head) == long.get(head + 1) && short.get(head + 1) == long.get(head))
        }
        1 => head + tail >= short.len(),
        _ => false,
    }
}
