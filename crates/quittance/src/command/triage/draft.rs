//! The draft of an answer, in the mail's own language.

use message::triage::Verdict;
use message::triage::language::Language;
use message::world::World;

macro_rules! letters {
    ($($step:literal),* $(,)?) => {
        /// Letters by step: French, English.
        const LETTERS: &[(&str, &str, &str)] = &[$((
            $step,
            include_str!(concat!("../../../../../letters/replies/fr/", $step, ".txt")),
            include_str!(concat!("../../../../../letters/replies/en/", $step, ".txt")),
        )),*];
    };
}

letters![
    "acknowledge-and-scope",
    "acknowledge-and-set-method",
    "ask-for-signed-original",
    "contest-and-ask-for-source-data",
    "decline-or-set-terms",
    "prove-identity-and-mandate",
    "repeat-open-questions",
    "state-position-once",
];

/// The draft for the verdict's next step; `None` when no answer is the answer.
pub(super) fn of(verdict: &Verdict, world: &World) -> Option<String> {
    let (_, french, english) = LETTERS.iter().find(|(step, ..)| *step == verdict.next)?;
    let in_french = verdict.lang == Language::French;
    let letter = if in_french { french } else { english };
    let blank = "[...]";
    let or_blank = |text: Option<&str>| text.filter(|t| !t.is_empty()).unwrap_or(blank).to_owned();
    let publisher = world.publisher.as_ref().map(|p| p.name.as_str());
    let day = verdict.date.map(|d| if in_french { d.strftime("%d/%m/%Y").to_string() } else { d.to_string() });
    // Braces are taken out of what a mail says, so that it cannot become a place of its own.
    let values = [
        ("{day}", or_blank(day.as_deref())),
        ("{subject}", or_blank(Some(&verdict.subject.replace(['{', '}'], "")))),
        ("{deadline}", or_blank(verdict.deadlines.first().map(|d| d.date.to_string()).as_deref())),
        ("{publisher}", or_blank(publisher)),
        ("{customer}", or_blank(Some(&world.customer.name))),
        ("{agreement}", or_blank(verdict.agreement.as_deref())),
        ("{clause}", or_blank(verdict.clause.as_deref())),
        ("{auditor}", or_blank(verdict.auditor.as_deref())),
        ("{name}", blank.to_owned()),
    ];
    Some(values.iter().fold((*letter).to_owned(), |text, (place, value)| text.replace(place, value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_marks_its_places_alike_in_both_languages() {
        let places = |text: &str| {
            let mut found: Vec<String> =
                text.split('{').skip(1).filter_map(|r| r.split('}').next()).map(str::to_owned).collect();
            found.sort();
            found.dedup();
            found
        };
        for (step, french, english) in LETTERS {
            assert_eq!(places(french), places(english), "{step}");
        }
    }
}
