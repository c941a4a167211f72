//! Mistyped names of products, for lines that nothing else understands.

use super::knowledge::Knowledge;

/// Names that are mended. Short and common words are not among them: a mended word must not make a product of a sentence.
const NAMES: [&str; 8] =
    ["windows", "office", "visio", "exchange", "sharepoint", "standard", "professional", "datacenter"];

/// True if `written` is `meant` with one letter missing, doubled or wrong, or two swapped; in short names only missing or
/// swapped, since there one letter more or another makes other words (Vision is no Visio).
fn is_slip_of(written: &str, meant: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (written.chars().collect(), meant.chars().collect());
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (rest_a, rest_b) = (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default());
    let long = b.len() >= 7;
    match (rest_a, rest_b) {
        ([], []) => false,
        (rest_a, [_, rest_b @ ..]) if rest_a == rest_b => true,
        ([x, y, rest_a @ ..], [v, w, rest_b @ ..]) if x == w && y == v && rest_a == rest_b => true,
        ([_, rest_a @ ..], rest_b) if long && rest_a == rest_b => true,
        ([_, rest_a @ ..], [_, rest_b @ ..]) => long && rest_a == rest_b,
        _ => false,
    }
}

/// The words with a mistyped product name mended, and a note of it (`misspelt:viso=visio`); `None` if nothing is mended.
pub(crate) fn mended(words: &[String], knowledge: &Knowledge) -> Option<(Vec<String>, String)> {
    let mut notes = Vec::new();
    let made: Vec<String> = words
        .iter()
        .map(|word| {
            let meant = NAMES
                .iter()
                .find(|name| word.chars().count() >= 4 && !knowledge.is_known(word) && is_slip_of(word, name));
            match meant {
                Some(meant) => {
                    notes.push(format!("misspelt:{word}={meant}"));
                    (*meant).to_owned()
                }
                None => word.clone(),
            }
        })
        .collect();
    notes.into_iter().next().map(|note| (made, note))
}

#[cfg(test)]
mod tests {
    use super::is_slip_of;

    #[test]
    fn a_slip_is_mended_and_another_word_is_not() {
        for (written, meant) in [("viso", "visio"), ("ofice", "office"), ("winsows", "windows"), ("windosw", "windows")]
        {
            assert!(is_slip_of(written, meant), "{written}");
        }
        for (written, meant) in [("vision", "visio"), ("officer", "office"), ("visit", "visio"), ("windows", "windows")]
        {
            assert!(!is_slip_of(written, meant), "{written}");
        }
    }
}
