//! Operating systems: what a machine says of itself, in the languages that occur.

use super::{Recognised, Standing, Titles, normalise};

impl Titles {
    /// Recognises an operating system's caption (`Microsoft Windows 10 Professionnel`) and build (`10.0.19045`).
    pub fn operating_system(&self, caption: &str, build: Option<&str>) -> Recognised {
        let text = normalise(caption);
        let free = Recognised::nothing(Standing::No, "system-of-another-publisher");
        if !text.contains("windows") || text.contains("hyper-v server") {
            return free;
        }
        let server = text.contains("server") || text.contains("serveur");
        let (family, version) = if server {
            ("Windows Server", self.version_in(&text).filter(|version| !matches!(version.as_str(), "XP" | "Vista")))
        } else {
            ("Windows", client_version(&text, build))
        };
        let mut edition = self.edition_in(family, &text).unwrap_or("unknown").to_owned();
        if server && text.contains("evaluation") {
            edition = format!("{edition} Evaluation");
        }
        if !server && text.contains("ltsc") || text.contains("ltsb") {
            "Enterprise".clone_into(&mut edition);
        }
        let version = version.unwrap_or_default();
        // Professional became Pro with version 8; the engine's words follow.
        let engine_edition = match (family, version.as_str(), edition.as_str()) {
            ("Windows", "7" | "XP", "Pro") => "Professional",
            ("Windows", "Vista", "Pro") => "Business",
            (_, _, edition) => edition,
        };
        let told = if version.is_empty() { "unknown" } else { version.as_str() };
        let product = Some((family.to_owned(), engine_edition.to_owned(), told.to_owned()));
        Recognised {
            family: family.to_owned(),
            edition,
            product_version: version,
            licensable: Standing::Yes,
            rule: "operating-system".to_owned(),
            product,
        }
    }
}

pub(super) fn client_version(text: &str, build: Option<&str>) -> Option<String> {
    for name in ["11", "10", "8.1", "8", "7"] {
        let found = text.split([' ', '(']).any(|word| word == name);
        if found {
            return Some(name.to_owned());
        }
    }
    for (word, name) in [("vista", "Vista"), ("xp", "XP")] {
        if text.split(' ').any(|each| each == word) {
            return Some(name.to_owned());
        }
    }
    let parts: Vec<u32> = build?.split('.').filter_map(|part| part.parse().ok()).collect();
    match parts.as_slice() {
        [10, 0, number, ..] if *number >= 22_000 => Some("11".to_owned()),
        [10, 0, ..] => Some("10".to_owned()),
        [6, 3, ..] => Some("8.1".to_owned()),
        [6, 2, ..] => Some("8".to_owned()),
        [6, 1, ..] => Some("7".to_owned()),
        _ => None,
    }
}
