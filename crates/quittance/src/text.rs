//! Sentences: Fluent files compiled in, French and English.
//!
//! The language is that of `--lang`, else `QUITTANCE_LANG`, else `LC_ALL`, `LC_MESSAGES`, `LANG`; else English. Every file of
//! `locales/` is listed here once; a test reads the folder and the sources and finds what is missing, unused, or different
//! between the languages.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use std::cell::OnceCell;
use std::ffi::OsString;
use std::fmt;
use unic_langid::LanguageIdentifier;

/// A language that the program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// English.
    English,
    /// French.
    French,
}

impl Language {
    /// The language asked for by the arguments, else by the environment.
    pub(crate) fn choose(arguments: &[OsString], environment: &dyn Fn(&str) -> Option<String>) -> Self {
        let arguments: Vec<String> = arguments.iter().map(|each| each.to_string_lossy().into_owned()).collect();
        let asked = arguments.iter().enumerate().find_map(|(at, argument)| match argument.as_str() {
            "--lang" => arguments.get(at + 1).cloned(),
            other => other.strip_prefix("--lang=").map(str::to_owned),
        });
        let told = asked.or_else(|| {
            let names = ["QUITTANCE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];
            names.iter().find_map(|name| environment(name).filter(|value| !value.is_empty()))
        });
        match told.map(|tag| tag.to_lowercase()) {
            Some(tag) if tag == "fr" || tag.starts_with("fr_") || tag.starts_with("fr-") || tag.starts_with("fr.") => {
                Language::French
            }
            _ => Language::English,
        }
    }

    fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::French => "fr",
        }
    }
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// Fluent files: name, English, French.
        pub(crate) const FILES: &[(&str, &str, &str)] = &[$((
            $name,
            include_str!(concat!("../locales/en/", $name, ".ftl")),
            include_str!(concat!("../locales/fr/", $name, ".ftl")),
        )),*];
    };
}

files!["commands", "decisions", "desk", "evidence", "failures", "form", "inspect", "position", "signature", "triage"];

/// The sentences of one language. A file is parsed when the first of its sentences is said: most commands say few.
pub(crate) struct Text {
    language: Language,
    files: Vec<OnceCell<FluentBundle<FluentResource>>>,
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text").field("language", &self.language).finish_non_exhaustive()
    }
}

/// Whether a Fluent file defines the message `id`: it stands at the start of a line, with a space behind it.
fn defines(source: &str, id: &str) -> bool {
    let begins = |at: usize| at == 0 || source.as_bytes().get(at - 1) == Some(&b'\n');
    source.match_indices(id).any(|(at, _)| begins(at) && source.as_bytes().get(at + id.len()) == Some(&b' '))
}

impl Text {
    /// All sentences of `language`.
    pub(crate) fn new(language: Language) -> Self {
        Text { language, files: FILES.iter().map(|_| OnceCell::new()).collect() }
    }

    fn source(&self, file: &(&str, &'static str, &'static str)) -> &'static str {
        if self.language == Language::French { file.2 } else { file.1 }
    }

    fn parse(&self, source: &str) -> FluentBundle<FluentResource> {
        let tag: LanguageIdentifier = self.language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new(vec![tag]);
        // Marks of direction are for mixed scripts; here they would only spoil what people copy.
        bundle.set_use_isolating(false);
        // What can be read of a faulty file is kept; a test looks at the faults.
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        bundle
    }

    /// The parsed file that holds the sentence `id`.
    fn bundle(&self, id: &str) -> Option<&FluentBundle<FluentResource>> {
        let at = FILES.iter().position(|file| defines(self.source(file), id))?;
        let (cell, file) = (self.files.get(at)?, FILES.get(at)?);
        Some(cell.get_or_init(|| self.parse(self.source(file))))
    }

    /// The sentence `id` with its values; whole numbers among them choose plurals. An unknown `id` is shown as it is.
    pub(crate) fn say(&self, id: &str, values: &[(&str, String)]) -> String {
        let Some(bundle) = self.bundle(id) else { return id.to_owned() };
        let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let mut arguments = FluentArgs::new();
        for (name, value) in values {
            let number = value.parse::<u32>().ok().filter(|number| number.to_string() == *value);
            match number {
                Some(number) => arguments.set(*name, FluentValue::from(number)),
                None => arguments.set(*name, FluentValue::from(value.as_str())),
            }
        }
        let mut faults = Vec::new();
        bundle.format_pattern(pattern, Some(&arguments), &mut faults).into_owned()
    }

    /// Whether there is a sentence `id`.
    pub(crate) fn knows(&self, id: &str) -> bool {
        FILES.iter().any(|file| defines(self.source(file), id))
    }

    /// Whether the reader reads French.
    pub(crate) fn is_french(&self) -> bool {
        self.language == Language::French
    }

    /// Where a row stands: file, part if there is one, row.
    pub(crate) fn place(&self, origin: &licensing::facts::Origin, file: &str) -> String {
        let mut values = vec![("file", file.to_owned()), ("row", origin.row.to_string())];
        match &origin.part {
            Some(part) => {
                values.push(("part", part.to_string()));
                self.say("place-part-row", &values)
            }
            None => self.say("place-row", &values),
        }
    }

    /// A row that was not understood: where, why, and the detail.
    pub(crate) fn reject(&self, place: String, reason: String, detail: &str) -> String {
        self.say("reject-line", &[("place", place), ("reason", reason), ("detail", detail.to_owned())])
    }

    /// The name of a format, with its mapping where it was read by one.
    pub(crate) fn kind(&self, taken_as: &str) -> String {
        match taken_as.strip_prefix("mapping:") {
            Some(name) => self.say("kind-mapping", &[("name", name.to_owned())]),
            None => self.word(&format!("kind-{taken_as}"), taken_as),
        }
    }

    /// The sentence for a code, or the code itself where the language has none yet.
    pub(crate) fn word(&self, id: &str, code: &str) -> String {
        if self.knows(id) { self.say(id, &[]) } else { code.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_syntax::ast;
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    fn chosen(arguments: &[&str], environment: &[(&str, &str)]) -> Language {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let look = |name: &str| environment.iter().find(|(each, _)| *each == name).map(|(_, v)| (*v).to_owned());
        Language::choose(&arguments, &look)
    }

    #[test]
    fn the_argument_comes_before_the_environment() {
        assert_eq!(chosen(&["q", "files"], &[("LANG", "fr_FR.UTF-8")]), Language::French);
        assert_eq!(chosen(&["q", "files", "--lang", "en"], &[("LANG", "fr_FR.UTF-8")]), Language::English);
        assert_eq!(chosen(&["q", "--lang=fr"], &[("QUITTANCE_LANG", "en")]), Language::French);
        assert_eq!(chosen(&["q"], &[("QUITTANCE_LANG", "en"), ("LC_ALL", "fr")]), Language::English);
        assert_eq!(chosen(&["q"], &[("LC_ALL", "C")]), Language::English);
    }

    /// Placeables of a pattern.
    fn variables(pattern: &ast::Pattern<String>, found: &mut BTreeSet<String>) {
        for element in &pattern.elements {
            if let ast::PatternElement::Placeable { expression } = element {
                expression_variables(expression, found);
            }
        }
    }

    fn expression_variables(expression: &ast::Expression<String>, found: &mut BTreeSet<String>) {
        let mut inline = |each: &ast::InlineExpression<String>| match each {
            ast::InlineExpression::VariableReference { id } => {
                found.insert(id.name.clone());
            }
            ast::InlineExpression::Placeable { expression } => expression_variables(expression, found),
            _ => {}
        };
        match expression {
            ast::Expression::Inline(each) => inline(each),
            ast::Expression::Select { selector, variants } => {
                inline(selector);
                for variant in variants {
                    variables(&variant.value, found);
                }
            }
        }
    }

    fn messages(name: &str, source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let resource = fluent_syntax::parser::parse(source.to_owned())
            .unwrap_or_else(|(_, faults)| panic!("{name}.ftl does not parse: {faults:?}"));
        let mut all = BTreeMap::new();
        for entry in resource.body {
            if let ast::Entry::Message(message) = entry {
                let mut found = BTreeSet::new();
                if let Some(value) = &message.value {
                    variables(value, &mut found);
                }
                assert!(all.insert(message.id.name.clone(), found).is_none(), "{} stands twice", message.id.name);
            }
        }
        all
    }

    #[test]
    fn both_languages_say_the_same_with_the_same_values() {
        for (name, english, french) in FILES {
            assert_eq!(messages(name, english), messages(name, french), "{name}.ftl");
        }
    }

    #[test]
    fn every_file_of_the_folder_is_compiled_in() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales/en");
        let there: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".ftl").to_owned())
            .collect();
        let listed: BTreeSet<String> = FILES.iter().map(|(name, ..)| (*name).to_owned()).collect();
        assert_eq!(there, listed);
    }

    fn sources(folder: &Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, all);
            } else if path.extension().is_some_and(|end| end == "rs" || end == "html") {
                all.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    /// Words in double quotes that look like identifiers, and starts of identifiers that a value completes.
    fn quoted(all: &str) -> (BTreeSet<&str>, BTreeSet<&str>) {
        let mut whole = BTreeSet::new();
        let mut starts = BTreeSet::new();
        for piece in all.split('"') {
            if let Some((start, _)) = piece.split_once('{').filter(|(start, _)| start.ends_with('-')) {
                starts.insert(start);
            }
            if piece.contains('-') && piece.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
                whole.insert(piece);
            }
        }
        (whole, starts)
    }

    #[test]
    fn every_sentence_is_used_and_every_sentence_used_is_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut all = String::new();
        sources(&root.join("src"), &mut all);
        sources(&root.join("templates"), &mut all);
        let (whole, starts) = quoted(&all);
        let known: BTreeSet<String> =
            FILES.iter().flat_map(|(name, english, _)| messages(name, english).into_keys()).collect();
        let unused: Vec<&String> = known
            .iter()
            .filter(|id| !whole.contains(id.as_str()) && !starts.iter().any(|start| id.starts_with(start)))
            .collect();
        assert!(unused.is_empty(), "sentences that nothing says: {unused:?}");
        let missing: Vec<&str> = ["say(\"", "say(&\"", "Failure::new(\"", "Failure::new( \""]
            .iter()
            .flat_map(|mark| all.split(mark).skip(1))
            .filter_map(|rest| rest.split('"').next())
            .filter(|id| !id.contains('{') && id.contains('-') && !known.contains(*id))
            .collect();
        assert!(missing.is_empty(), "sentences that are said and not there: {missing:?}");
    }

    /// Codes that earlier rooms tell, and the start of the sentences that put them into words.
    #[test]
    fn codes_of_joins_and_purchases_were_shown_without_a_sentence() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../recognition/src");
        let text = Text::new(Language::English);
        for (folder, mark, start) in [("estate", "tell(\"", "gap-"), ("lots", "finding(\"", "paper-")] {
            let mut all = String::new();
            sources(&root.join(folder), &mut all);
            let codes: BTreeSet<&str> = all.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).collect();
            assert!(codes.len() > 5, "{folder}: {codes:?}");
            let silent: Vec<&&str> = codes.iter().filter(|code| !text.knows(&format!("{start}{code}"))).collect();
            assert!(silent.is_empty(), "{folder}: {silent:?}");
        }
    }

    #[test]
    fn a_number_chooses_the_plural() {
        let text = Text::new(Language::French);
        assert_ne!(
            text.say("position-total-short", &[("count", "1".into())]),
            text.say("position-total-short", &[("count", "2".into())])
        );
    }
}
