//! Operating systems: what a machine says of itself, in the languages that occur.

use super::{Recognised, Standing, Titles, normalise};

impl Titles {
    /// Recognises an operating system's caption (`Microsoft Windows 10 Professionnel`) and build (`10.0.19045`).
    pub fn operating_system(&self, caption: &str, build: Option<&str>) -> Recognised {
        let text = normalise(caption);
        if !text.contains("windows") {
            return Recognised::nothing(Standing::No, "system-of-another-publisher");
        }
        if text.contains("hyper-v server") {
            return Recognised::nothing(Standing::No, "free-hypervisor");
        }
        let server = text.contains("server") || text.contains("serveur");
        let (family, version) = if server {
            let told = self.version_in(&text).filter(|version| !matches!(version.as_str(), "XP" | "Vista"));
            ("Windows Server", told.or_else(|| server_version(build)))
        } else {
            ("Windows", client_version(&text, build))
        };
        let mut edition = self.edition_in(family, &text).unwrap_or("unknown").to_owned();
        if server && text.contains("evaluation") {
            edition = format!("{edition} Evaluation");
        }
        let long_term = if server {
            None
        } else {
            ["LTSC", "LTSB"].into_iter().find(|channel| text.contains(&channel.to_lowercase()))
        };
        if let Some(channel) = long_term {
            edition = format!("Enterprise {channel}");
        }
        let version = version.unwrap_or_default();
        // Professional became Pro with version 8; the engine's words follow.
        let engine_edition = match (family, version.as_str(), edition.as_str()) {
            ("Windows", "7" | "XP", "Pro") => "Professional",
            ("Windows", "Vista", "Pro") => "Business",
            (_, _, edition) => edition,
        };
        let told = match long_term {
            // The releases of the long-term channel have years of their own, which the build tells where the caption does not.
            Some(_) => long_term_release(&text, build).unwrap_or("unknown"),
            None if version.is_empty() => "unknown",
            None => version.as_str(),
        };
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
    match numbers(build?).as_slice() {
        [10, 0, number, ..] if *number >= 22_000 => Some("11".to_owned()),
        [10, 0, ..] => Some("10".to_owned()),
        [6, 3, ..] => Some("8.1".to_owned()),
        [6, 2, ..] => Some("8".to_owned()),
        [6, 1, ..] => Some("7".to_owned()),
        [6, 0, ..] => Some("Vista".to_owned()),
        [5, 1, ..] => Some("XP".to_owned()),
        _ => None,
    }
}

/// The release of Windows in the long-term channel.
fn long_term_release(text: &str, build: Option<&str>) -> Option<&'static str> {
    let years = ["2015", "2016", "2019", "2021", "2024"];
    years.into_iter().find(|year| text.contains(year)).or_else(|| match numbers(build?).as_slice() {
        [10, 0, 10_240, ..] => Some("2015"),
        [10, 0, 14_393, ..] => Some("2016"),
        [10, 0, 17_763, ..] => Some("2019"),
        [10, 0, 19_044, ..] => Some("2021"),
        [10, 0, 26_100, ..] => Some("2024"),
        _ => None,
    })
}

/// The release of Windows Server that a build number tells.
fn server_version(build: Option<&str>) -> Option<String> {
    let version = match numbers(build?).as_slice() {
        [10, 0, 14_393, ..] => "2016",
        [10, 0, 17_763, ..] => "2019",
        [10, 0, 20_348, ..] => "2022",
        [10, 0, 26_100, ..] => "2025",
        [6, 3, ..] => "2012 R2",
        [6, 2, ..] => "2012",
        [6, 1, ..] => "2008 R2",
        [6, 0, ..] => "2008",
        [5, 2, ..] => "2003",
        _ => return None,
    };
    Some(version.to_owned())
}

/// Numbers of a build, also as a directory writes it: `10.0 (20348)`.
fn numbers(build: &str) -> Vec<u32> {
    build.split(['.', ' ', '(', ')']).filter(|part| !part.is_empty()).map_while(|part| part.parse().ok()).collect()
}
