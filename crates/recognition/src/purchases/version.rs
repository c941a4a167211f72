//! Versions in the words of a line: years with their releases, dotted numbers, and the names of Windows on a PC.

/// Versions of Windows on a PC that are no years.
const CLIENT_VERSIONS: [&str; 9] = ["xp", "vista", "7", "8", "8.1", "10", "11", "98", "2000"];

/// A version as found: its name, and the words without it.
pub(super) struct Version {
    pub(super) name: Option<String>,
    pub(super) rest: Vec<String>,
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse::<u32>().is_ok_and(|y| (1995..=2039).contains(&y))
}

pub(super) fn is_dotted(word: &str) -> bool {
    word.contains('.') && word.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Finds years (with R2) and dotted versions, and takes them out.
pub(super) fn version_of(words: &[String]) -> Version {
    let mut name: Option<String> = None;
    let mut rest = Vec::new();
    let mut i = 0;
    while let Some(word) = words.get(i) {
        let next = words.get(i + 1).map(String::as_str);
        if is_year(word) {
            // The release may stand apart from its year ("2012 std R2").
            let apart = matches!(word.as_str(), "2003" | "2008" | "2012") && words.iter().any(|w| w == "r2");
            let r2 = next == Some("r2");
            if name.as_deref().is_none_or(is_dotted) {
                name = Some(if r2 || apart { format!("{word} R2") } else { word.clone() });
            }
            i += if r2 { 2 } else { 1 };
            continue;
        }
        if is_dotted(word) {
            if name.is_none() {
                name = Some(word.clone());
            }
            i += 1;
            continue;
        }
        rest.push(word.clone());
        i += 1;
    }
    Version { name, rest }
}

/// The version of Windows: the number that follows its name closely, else the first that counts nothing else
/// ("8 Go, Windows 10" is no Windows 8).
pub(super) fn client_version(words: &[String]) -> Option<String> {
    let names = |at: &usize| words.get(*at).is_some_and(|w| CLIENT_VERSIONS.contains(&w.as_str()));
    let close = words.iter().enumerate().filter(|(_, w)| *w == "windows").find_map(|(i, _)| (i + 1..i + 4).find(names));
    let counts = |at: &usize| {
        words.get(at + 1).is_some_and(|unit| {
            matches!(
                unit.as_str(),
                "go" | "gb" | "g" | "to" | "tb" | "core" | "user" | "device" | "pack" | "clt" | "cal"
            )
        })
    };
    let found = close.or_else(|| (0..words.len()).find(|at| names(at) && !counts(at)))?;
    Some(match words.get(found).map(String::as_str) {
        Some("xp") => "XP".into(),
        Some("vista") => "Vista".into(),
        other => other.unwrap_or_default().to_owned(),
    })
}
