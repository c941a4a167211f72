//! A product in the words of a form against the products of the case.

use super::Asked;
use recognition::estate::ProductView;
use recognition::purchases::{Hints, NONE, UNKNOWN};
use recognition::titles::Titles;
use std::sync::LazyLock;

static TITLES: LazyLock<Option<Titles>> = LazyLock::new(|| Titles::builtin().ok());

/// What a form means by a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    /// Family.
    pub(super) family: String,
    /// Edition; `None`: any.
    pub(super) edition: Option<String>,
    /// Version; `None`: any.
    pub(super) version: Option<String>,
    /// The long-term build: `true` only that, `false` only others, `None` either.
    pub(super) long_term: Option<bool>,
}

/// The whole product in a row, as a title would say it.
pub(super) fn words(asked: &Asked<'_>) -> Option<String> {
    let product = asked.product?;
    let mut words = product.replace("Skype Entreprise", "Skype for Business");
    for part in [asked.edition, asked.version].into_iter().flatten() {
        if !words.to_lowercase().contains(&part.to_lowercase()) {
            words.push(' ');
            words.push_str(part);
        }
    }
    Some(words)
}

/// What the words mean as an installed product; `None` where they are of none that is known.
pub(super) fn installed(words: &str) -> Option<Meant> {
    let full = if words.to_lowercase().contains("microsoft") { words.to_owned() } else { format!("Microsoft {words}") };
    let told = TITLES.as_ref()?.recognise("Microsoft Corporation", &full, "", None, None);
    if told.family.is_empty() {
        return None;
    }
    let told_of = |text: &str| (!text.is_empty() && text != UNKNOWN).then(|| text.to_owned());
    let lower = words.to_lowercase();
    let windows = told.family == "Windows";
    let long_term = lower.contains("ltsc") || lower.contains("ltsb");
    Some(Meant {
        edition: told_of(&told.edition),
        version: told_of(&told.product_version),
        long_term: windows.then_some(long_term),
        family: told.family,
    })
}

impl Meant {
    /// Whether a product on a machine is one of those meant; `system` is the machine's own words for its system.
    pub(super) fn is(&self, product: &ProductView, system: Option<&str>) -> bool {
        let lower = system.unwrap_or_default().to_lowercase();
        let long_term = lower.contains("ltsc") || lower.contains("ltsb");
        self.family == product.family
            && self.edition.as_deref().is_none_or(|edition| same_edition(edition, product, &self.family))
            && self.version.as_deref().is_none_or(|version| bare(version) == bare(&product.version))
            && self.long_term.is_none_or(|wanted| wanted == long_term)
    }
}

/// `LTSC 2021` and `2021` are one version of Office: only volume licences of it exist under the first name.
fn bare(version: &str) -> &str {
    version.strip_prefix("LTSC ").unwrap_or(version)
}

/// Editions under the names that forms give them. Small Business ended with Office 2007; later forms mean Home and Business.
fn same_edition(asked: &str, product: &ProductView, family: &str) -> bool {
    let edition = product.edition.as_str();
    let plain = |text: &str| text.replace('&', "and").to_lowercase();
    if plain(asked) == plain(edition) {
        return true;
    }
    match (family, asked) {
        ("Office", "Small Business") => product.version != "2007" && plain(edition) == "home and business",
        ("Windows", "Pro" | "Professional") => matches!(edition, "Pro" | "Professional"),
        _ => false,
    }
}

/// What the words mean as something bought: product, edition, version, metric, in the words of the lots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bought {
    pub(super) product: String,
    pub(super) edition: Option<String>,
    pub(super) version: Option<String>,
    pub(super) metric: String,
}

/// Reads the words as a purchase line would be read.
pub(super) fn bought(words: &str) -> Option<Bought> {
    let line = recognition::purchases::recognise(words, None, &Hints::default());
    if line.product.is_empty() || line.product == UNKNOWN {
        return None;
    }
    let told = |text: &str| {
        (!text.is_empty() && text != UNKNOWN && text != NONE && text != recognition::purchases::CURRENT)
            .then(|| text.to_owned())
    };
    Some(Bought {
        edition: told(&line.edition),
        version: told(&line.version),
        metric: line.metric,
        product: line.product,
    })
}

/// The plan that the words name, as the terms and the directory call it, without its number or programme.
pub(super) fn plan(words: &str) -> String {
    let mut text = words.to_lowercase();
    for (from, to) in [
        ("microsoft 365 / ", ""),
        ("microsoft 365 ", ""),
        ("m365 ", ""),
        ("o365 ", "office 365 "),
        ("planner et ", ""),
        ("planner and ", ""),
        (" pour microsoft 365", ""),
        (" for microsoft 365", ""),
        ("copilot microsoft 365", "copilot"),
        ("plan ", "p"),
        ("entreprise", "enterprise"),
    ] {
        text = text.replace(from, to);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(family: &str, edition: &str, version: &str) -> ProductView {
        ProductView {
            machine: "M".to_owned(),
            family: family.to_owned(),
            edition: edition.to_owned(),
            version: version.to_owned(),
            kind: "installed",
            standing: "yes",
            title: None,
            instance: None,
            build: None,
            decided: None,
        }
    }

    #[test]
    fn french_and_english_words_mean_the_same_product() {
        for words in ["Windows 10 Professionnel", "Windows 10 Pro", "Microsoft Windows 10 Professional"] {
            let meant = installed(words).unwrap();
            assert!(meant.is(&product("Windows", "Pro", "10"), Some("Microsoft Windows 10 Pro")), "{words} {meant:?}");
            assert!(!meant.is(&product("Windows", "Enterprise", "10"), None), "{words}");
        }
        let long_term = installed("Windows 10 Entreprise LTSC").unwrap();
        let enterprise = product("Windows", "Enterprise", "10");
        assert!(long_term.is(&enterprise, Some("Microsoft Windows 10 Enterprise LTSC")));
        assert!(!long_term.is(&enterprise, Some("Microsoft Windows 10 Entreprise")));
        assert!(!installed("Windows 10 Entreprise").unwrap().is(&enterprise, Some("Windows 10 Enterprise LTSC 2021")));
    }

    #[test]
    fn a_small_business_office_after_2007_is_home_and_business() {
        let meant = installed("Office 2019 PME").unwrap();
        assert!(meant.is(&product("Office", "Home and Business", "2019"), None), "{meant:?}");
        assert!(!meant.is(&product("Office", "Standard", "2019"), None));
    }

    #[test]
    fn plans_are_one_under_all_their_names() {
        assert_eq!(plan("Microsoft 365 / E3"), plan("Microsoft 365 E3"));
        assert_eq!(plan("Visio Plan 2"), "visio p2");
        assert_ne!(plan("Office 365 E3"), plan("Microsoft 365 E3"));
    }
}
