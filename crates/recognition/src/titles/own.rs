//! What a person decided about titles, as rules in the shape of the files of `titles/software/`; they are tried before everything
//! else, whoever the publisher is said to be.

use super::rules::{File, Rule, RuleFile, TitlesError, in_engine_words, set};
use super::{Standing, Titles, normalise};
use regex::RegexSet;
use serde::Serialize;

/// A decision about one title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Identifier of its rule (`decided-12`).
    pub id: String,
    /// The title, as an inventory writes it.
    pub title: String,
    /// Only where this publisher is told; `None`: whoever is.
    pub publisher: Option<String>,
    /// What it means for licences; never [`Standing::Unknown`].
    pub standing: Standing,
    /// Product in the words of the terms, for what needs a licence; else what it belongs to, or nothing.
    pub family: String,
    /// Edition; `unknown` is a value.
    pub edition: String,
    /// Version; `unknown` is a value.
    pub version: String,
    /// Why, and who said so.
    pub why: String,
}

impl Decided {
    /// The rule of this decision: the whole title and nothing else.
    fn rule(&self) -> RuleFile {
        let title = regex::escape(&normalise(&self.title));
        let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        RuleFile {
            id: self.id.clone(),
            requires: self
                .publisher
                .as_ref()
                .map(|publisher| format!("^{} {title}$", regex::escape(&normalise(publisher)))),
            pattern: format!("^{title}$"),
            unless: None,
            whole: false,
            standing: self.standing.to_string(),
            family: self.family.clone(),
            edition: known(&self.edition),
            version: known(&self.version),
            why: self.why.clone(),
        }
    }
}

/// Decisions as the text of a rule file, for other cases and other companies: [`Titles::with_own`] reads it.
pub fn rule_file(decisions: &[Decided]) -> String {
    #[derive(Serialize)]
    struct Written {
        rule: Vec<RuleFile>,
    }
    // Plain texts in a plain table: nothing that the writer could refuse.
    toml::to_string(&Written { rule: decisions.iter().rev().map(Decided::rule).collect() }).unwrap_or_default()
}

/// Identifiers of the rules in the text of a file; none where it cannot be read.
pub fn rules_in(text: &str) -> Vec<String> {
    toml::from_str(text).map(|file: File| file.rule.into_iter().map(|rule| rule.id).collect()).unwrap_or_default()
}

/// The rules that were decided.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    rules: Vec<Rule>,
    set: Option<RegexSet>,
}

impl Own {
    /// The first rule that knows a title; publisher and title are normalised.
    pub(super) fn find(&self, maker: &str, text: &str) -> Option<&Rule> {
        let fits = self.set.as_ref()?.matches(text);
        let both = format!("{maker} {text}");
        fits.into_iter().filter_map(|index| self.rules.get(index)).find(|rule| rule.fits(text, &both))
    }

    pub(super) fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.rules.iter().any(|rule| rule.id == id)
    }
}

/// A product that a title may be: what it names, without being its plain name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Near {
    /// Family (`SQL Server`); empty where the title names none.
    pub family: String,
    /// Edition that the title names.
    pub edition: Option<String>,
    /// Version that the title names.
    pub version: Option<String>,
    /// Whether the title looks like something that needs a licence: it names a product that the terms count, an edition, or a server.
    pub licensable: bool,
}

impl Titles {
    /// These rules with rules of the user before them: (name, text) of files, and decisions, the last decision first.
    ///
    /// # Errors
    /// [`TitlesError`]: a file that cannot be read, or that says more than rules.
    pub fn with_own(mut self, files: &[(&str, &str)], decisions: &[Decided]) -> Result<Titles, TitlesError> {
        let (mut rules, mut patterns) = (Vec::new(), Vec::new());
        let mut take = |file: &str, rule: RuleFile| -> Result<(), TitlesError> {
            let (rule, pattern) = Rule::new(file, rule)?;
            rules.push(rule);
            patterns.push(pattern);
            Ok(())
        };
        for decided in decisions.iter().rev() {
            take(&decided.id, decided.rule())?;
        }
        for (name, text) in files {
            let fail = |detail: String| TitlesError { file: (*name).to_owned(), detail };
            let file: File = toml::from_str(text).map_err(|error| fail(error.to_string()))?;
            if file.is_more_than_rules() || file.rule.is_empty() {
                return Err(fail("a file of own rules holds [[rule]] tables, and nothing else".to_owned()));
            }
            for rule in file.rule {
                take(name, rule)?;
            }
        }
        self.own = Own { set: if patterns.is_empty() { None } else { Some(set(&patterns)?) }, rules };
        Ok(self)
    }

    /// Whether a rule is one of the user's own.
    pub fn is_own(&self, rule: &str) -> bool {
        self.own.has(rule)
    }

    /// The rule of the user's own that places a title.
    pub fn own_rule(&self, publisher: &str, title: &str) -> Option<&str> {
        if self.own.rules.is_empty() {
            return None;
        }
        self.own.find(&normalise(publisher), &normalise(title)).map(|rule| rule.id.as_str())
    }

    /// Names of the editions that titles of a family may bear, as the rules write them.
    pub fn editions(&self, family: &str) -> Vec<&str> {
        let mut names = self.edition_names(family);
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The title as rules see it: two titles of one form are one.
    pub fn form(title: &str) -> String {
        normalise(title)
    }

    /// What a title that no rule places may be.
    pub fn near(&self, title: &str) -> Near {
        let text = normalise(title);
        let family = match self.family_named(&text) {
            "other" => "",
            "Windows" if text.contains("server") => "Windows Server",
            family => family,
        };
        let edition = self.edition_in(family, &text).map(str::to_owned);
        let version = self.version_in(&text);
        let counted =
            matches!(family, "Windows" | "Windows Server" | "Skype for Business / Lync" | "Microsoft 365 Apps")
                || in_engine_words(family, "Standard", "", &text).is_some();
        let told = |word: &str| text.split(|c: char| !c.is_alphanumeric()).any(|each| each == word);
        let licensable = counted
            || [
                "server",
                "serveur",
                "enterprise",
                "entreprise",
                "professional",
                "professionnel",
                "standard",
                "ultimate",
                "premium",
            ]
            .into_iter()
            .any(told);
        Near { family: family.to_owned(), edition, version, licensable }
    }
}
