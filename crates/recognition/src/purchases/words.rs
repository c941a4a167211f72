//! A line as canonical words: abbreviations written out, glued words taken apart, numbers parted from their units.

use super::knowledge::Knowledge;
use super::text::Text;

/// Units that are written against their number (`2Lic`, `16Core`, `5CLT`, `1YR`).
const UNITS: &[(&str, &str)] = &[
    ("lic", "license"),
    ("l", "license"),
    ("license", "license"),
    ("licence", "license"),
    ("licenses", "license"),
    ("licences", "license"),
    ("lics", "license"),
    ("core", "core"),
    ("cores", "core"),
    ("coeur", "core"),
    ("coeurs", "core"),
    ("c", "core"),
    ("cr", "core"),
    ("proc", "processor"),
    ("proz", "processor"),
    ("cpu", "processor"),
    ("processor", "processor"),
    ("clt", "clt"),
    ("pk", "pack"),
    ("er", "pack"),
    ("pack", "pack"),
    ("yr", "year"),
    ("y", "year"),
    ("year", "year"),
    ("years", "year"),
    ("an", "year"),
    ("ans", "year"),
    ("mth", "month"),
    ("month", "month"),
    ("mois", "month"),
    ("cal", "cal"),
    ("cals", "cal"),
    ("user", "user"),
    ("device", "device"),
    ("server", "server"),
];

/// Splits a word that begins with digits and goes on with a known unit.
fn number_and_unit(word: &str) -> Option<(String, &'static str)> {
    let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
    if digits.is_empty() || digits.len() > 4 {
        return None;
    }
    let rest: String = word.chars().skip(digits.len()).collect();
    UNITS.iter().find(|(unit, _)| *unit == rest).map(|(_, stands_for)| (digits, *stands_for))
}

/// The year that a word ends in after a short name (`ws2019`, `win2016`).
fn year_after<'a>(word: &'a str, name: &str) -> Option<&'a str> {
    word.strip_prefix(name)
        .filter(|year| year.len() == 4 && year.starts_with("20") && year.chars().all(|c| c.is_ascii_digit()))
}

/// Takes a glued word apart: the fewest pieces that cover it wholly.
fn unglue(word: &str, knowledge: &Knowledge) -> Option<Vec<String>> {
    let chars: Vec<char> = word.chars().collect();
    if chars.len() > 60 {
        return None;
    }
    // best[i]: the fewest pieces that cover the first i characters, and where the last of them begins.
    let mut best: Vec<Option<(usize, usize)>> = vec![None; chars.len() + 1];
    if let Some(first) = best.first_mut() {
        *first = Some((0, 0));
    }
    for end in 1..=chars.len() {
        for start in 0..end {
            let Some(Some((pieces, _))) = best.get(start).copied() else { continue };
            let piece: String = chars.get(start..end).unwrap_or_default().iter().collect();
            if knowledge.glued.contains_key(&piece) {
                let better = best.get(end).copied().flatten().is_none_or(|(fewest, _)| pieces + 1 < fewest);
                if better && let Some(slot) = best.get_mut(end) {
                    *slot = Some((pieces + 1, start));
                }
            }
        }
    }
    let mut pieces = Vec::new();
    let mut end = chars.len();
    while end > 0 {
        let (_, start) = best.get(end).copied().flatten()?;
        let piece: String = chars.get(start..end).unwrap_or_default().iter().collect();
        pieces.push(knowledge.glued.get(&piece)?.clone());
        end = start;
    }
    pieces.reverse();
    Some(pieces)
}

/// The line without its dates ("fin 30/06/2026", "01/2024 au 12/2024", "2024-03-31"): their years are no versions.
fn without_dates(folded: &str) -> String {
    let is_date = |word: &str| {
        let parts: Vec<&str> = word.split(['/', '.', '-']).collect();
        let sane = |part: &str, long: std::ops::RangeInclusive<usize>| {
            long.contains(&part.len()) && part.chars().all(|c| c.is_ascii_digit())
        };
        let year = |part: &str| sane(part, 4..=4) && part.parse().is_ok_and(|y: u32| (1990..=2060).contains(&y));
        match parts.as_slice() {
            [day, month, last] => {
                sane(day, 1..=2) && sane(month, 1..=2) && year(last)
                    || year(day) && sane(month, 2..=2) && sane(last, 2..=2)
            }
            [month, last] => {
                word.contains('/')
                    && sane(month, 2..=2)
                    && month.parse().is_ok_and(|m: u32| (1..=12).contains(&m))
                    && year(last)
            }
            _ => false,
        }
    };
    let bare = |word: &str| !is_date(word.trim_matches(|c: char| !c.is_ascii_digit()));
    folded.split(' ').filter(|word| bare(word)).collect::<Vec<_>>().join(" ")
}

/// The canonical words of a line.
pub(crate) fn words(title: &str, knowledge: &Knowledge) -> Vec<String> {
    let mut text = Text::new(title);
    for (phrase, stands_for) in &knowledge.phrases {
        text.replace(phrase, stands_for);
    }
    let folded = without_dates(&text.folded());
    let mut raw: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut chars = folded.chars().peekable();
    while let Some(c) = chars.next() {
        let inside_number = c == '.'
            && word.chars().last().is_some_and(|p| p.is_ascii_digit())
            && chars.peek().is_some_and(char::is_ascii_digit);
        if c.is_alphanumeric() || inside_number {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            raw.push(std::mem::take(&mut word));
        }
        match c {
            '+' => raw.push("+".into()),
            '&' => raw.push("and".into()),
            _ => {}
        }
    }
    if !word.is_empty() {
        raw.push(word);
    }
    let mut made: Vec<String> = Vec::new();
    for word in raw {
        if let Some(stands_for) = knowledge.words.get(&word) {
            made.extend(stands_for.split_whitespace().map(str::to_owned));
        } else if let Some((number, unit)) = number_and_unit(&word) {
            made.push(number);
            made.push(unit.to_owned());
        } else if let Some(year) =
            word.strip_suffix("r2").filter(|y| y.len() == 4 && y.chars().all(|c| c.is_ascii_digit()))
        {
            made.push(year.to_owned());
            made.push("r2".into());
        } else if let Some(year) = year_after(&word, "ws") {
            // Makers and buyers write Windows Server and its year as one word.
            made.extend(["windows", "server", year].map(str::to_owned));
        } else if let Some(year) = year_after(&word, "win") {
            made.extend(["windows", year].map(str::to_owned));
        } else if let Some(pieces) = unglue(&word, knowledge) {
            made.extend(pieces.iter().flat_map(|p| p.split_whitespace()).map(str::to_owned));
        } else {
            made.push(word);
        }
    }
    made
}

/// Place of a phrase (words) in a list of words.
pub(crate) fn position(words: &[String], phrase: &[&str]) -> Option<usize> {
    if phrase.is_empty() || phrase.len() > words.len() {
        return None;
    }
    words.windows(phrase.len()).position(|window| window.iter().zip(phrase).all(|(a, b)| a == b))
}

/// True if one of the words of a table stands in the list.
pub(crate) fn any(words: &[String], table: &[String]) -> bool {
    words.iter().any(|w| table.contains(w))
}

/// True if the word stands in the list.
pub(crate) fn has(words: &[String], word: &str) -> bool {
    words.iter().any(|w| w == word)
}

/// Numbers that stand directly before a word.
pub(crate) fn numbers_before(words: &[String], unit: &str) -> Vec<u32> {
    words
        .windows(2)
        .filter_map(|pair| match pair {
            [number, word] if word == unit => number.parse().ok(),
            _ => None,
        })
        .collect()
}
