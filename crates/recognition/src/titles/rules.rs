//! The rules: read from `titles/software/`, tried in the order of their files and places.

use super::own::Own;
use super::whole::{WholeName, WordFile};
use super::{DAMAGED, Recognised, Standing, normalise};
use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde::{Deserialize, Serialize};

/// What can be wrong with the rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {detail}; mend the file, or restore the one that was shipped")]
pub struct TitlesError {
    /// The file.
    pub file: String,
    /// What is wrong.
    pub detail: String,
}

#[derive(Deserialize)]
pub(super) struct File {
    #[serde(default)]
    pub(super) rule: Vec<RuleFile>,
    #[serde(default)]
    edition: Vec<EditionFile>,
    #[serde(default)]
    word: Vec<WordFile>,
}

impl File {
    /// Whether the file says anything but rules.
    pub(super) fn is_more_than_rules(&self) -> bool {
        !self.edition.is_empty() || !self.word.is_empty()
    }
}

/// A rule as its file has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    pub(super) id: String,
    #[serde(rename = "match")]
    pub(super) pattern: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unless: Option<String>,
    /// What publisher and title together must also say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) requires: Option<String>,
    /// Whether the title must be the product's whole name, see [`WholeName`].
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) whole: bool,
    pub(super) standing: String,
    pub(super) family: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) edition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    pub(super) why: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditionFile {
    name: String,
    #[serde(rename = "match")]
    pattern: String,
    families: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) unless: Option<Regex>,
    pub(super) requires: Option<Regex>,
    pub(super) whole: bool,
    standing: Standing,
    family: String,
    edition: Option<String>,
    version: Option<String>,
    pub(super) why: String,
}

impl Rule {
    /// A rule of `file`, sound, with the pattern for the set that finds candidates.
    pub(super) fn new(file: &str, rule: RuleFile) -> Result<(Rule, String), TitlesError> {
        compile(file, &rule.pattern)?;
        let pattern = tolerant(&rule.pattern);
        let made = Rule {
            unless: rule.unless.as_deref().map(|pattern| compile(file, pattern)).transpose()?,
            requires: rule.requires.as_deref().map(|pattern| compile(file, pattern)).transpose()?,
            whole: rule.whole,
            standing: Standing::named(&rule.standing).ok_or_else(|| TitlesError {
                file: file.to_owned(),
                detail: format!("`{}` is no standing", rule.standing),
            })?,
            id: rule.id,
            family: rule.family,
            edition: rule.edition,
            version: rule.version,
            why: rule.why,
        };
        Ok((made, pattern))
    }

    /// Whether a title that bears the rule's pattern is what the rule means.
    pub(super) fn fits(&self, text: &str, both: &str) -> bool {
        !self.unless.as_ref().is_some_and(|unless| unless.is_match(text))
            && self.requires.as_ref().is_none_or(|requires| requires.is_match(both))
    }
}

/// All patterns of rules as one set.
pub(super) fn set(patterns: &[String]) -> Result<RegexSet, TitlesError> {
    RegexSetBuilder::new(patterns)
        .size_limit(64 << 20)
        .dfa_size_limit(16 << 20)
        .build()
        .map_err(|error| TitlesError { file: "all".to_owned(), detail: error.to_string() })
}

#[derive(Debug, Clone)]
struct Edition {
    name: String,
    pattern: Regex,
    families: Vec<String>,
}

/// All knowledge of titles.
#[derive(Debug, Clone)]
pub struct Titles {
    pub(super) own: Own,
    rules: Vec<Rule>,
    set: RegexSet,
    editions: Vec<Edition>,
    whole_name: WholeName,
    year: Regex,
    maker: Regex,
    families: Vec<(&'static str, Regex)>,
}

/// `pattern` with every letter that an accent may have stood on also matching a destroyed letter.
fn tolerant(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() * 2);
    let (mut escaped, mut class) = (false, false);
    for c in pattern.chars() {
        match c {
            _ if escaped => {
                escaped = false;
                out.push(c);
            }
            '\\' => {
                escaped = true;
                out.push(c);
            }
            '[' => {
                class = true;
                out.push(c);
            }
            ']' => {
                class = false;
                out.push(c);
            }
            'a' | 'e' | 'i' | 'o' | 'u' | 'c' | 'n' | 'l' | 's' | 'z' | ' ' if !class => {
                out.push('[');
                out.push(c);
                out.push(DAMAGED);
                out.push(']');
            }
            _ => out.push(c),
        }
    }
    out
}

pub(super) fn compile(file: &str, pattern: &str) -> Result<Regex, TitlesError> {
    RegexBuilder::new(&tolerant(pattern))
        .size_limit(4 << 20)
        .build()
        .map_err(|error| TitlesError { file: file.to_owned(), detail: error.to_string() })
}

impl Titles {
    /// The rules that are compiled in.
    ///
    /// # Errors
    /// Those of [`Titles::parse`]; a test keeps the shipped rules free of them.
    pub fn builtin() -> Result<Titles, TitlesError> {
        Titles::parse(&[
            ("titles/software/00-words.toml", include_str!("../../../../titles/software/00-words.toml")),
            ("titles/software/10-not-ours.toml", include_str!("../../../../titles/software/10-not-ours.toml")),
            ("titles/software/20-updates.toml", include_str!("../../../../titles/software/20-updates.toml")),
            ("titles/software/30-trials.toml", include_str!("../../../../titles/software/30-trials.toml")),
            ("titles/software/40-components.toml", include_str!("../../../../titles/software/40-components.toml")),
            (
                "titles/software/45-made-for-ours.toml",
                include_str!("../../../../titles/software/45-made-for-ours.toml"),
            ),
            ("titles/software/50-free.toml", include_str!("../../../../titles/software/50-free.toml")),
            (
                "titles/software/60-subscriptions.toml",
                include_str!("../../../../titles/software/60-subscriptions.toml"),
            ),
            ("titles/software/65-beside.toml", include_str!("../../../../titles/software/65-beside.toml")),
            ("titles/software/70-licensed.toml", include_str!("../../../../titles/software/70-licensed.toml")),
            ("titles/software/90-whole-names.toml", include_str!("../../../../titles/software/90-whole-names.toml")),
        ])
    }

    /// Rules out of (file name, text) pairs, in the order of the names.
    ///
    /// # Errors
    /// [`TitlesError`] with the file and what is wrong.
    pub fn parse(files: &[(&str, &str)]) -> Result<Titles, TitlesError> {
        let mut files: Vec<&(&str, &str)> = files.iter().collect();
        files.sort();
        let (mut rules, mut patterns, mut editions, mut words) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (file, text) in files {
            let read: File = toml::from_str(text)
                .map_err(|error| TitlesError { file: (*file).to_owned(), detail: error.to_string() })?;
            for rule in read.rule {
                let (rule, pattern) = Rule::new(file, rule)?;
                patterns.push(pattern);
                rules.push(rule);
            }
            for edition in read.edition {
                let pattern = compile(file, &edition.pattern)?;
                editions.push(Edition { name: edition.name, pattern, families: edition.families });
            }
            for word in read.word {
                compile(file, &word.pattern)?;
                words.push(word.pattern);
            }
        }
        let set = set(&patterns)?;
        let own = |pattern: &str| compile("built in", pattern);
        let named = [
            // A viewer is a free companion of Office, whichever product's files it shows.
            ("Office", r"(visio|project) viewer|visionneuse (visio|project)|microsoft (dcf|groove|osm) mui"),
            ("Visio", r"\bvisio\b"),
            ("Project", r"microsoft (office )?project\b"),
            ("SQL Server", r"sql server"),
            ("Visual Studio", r"visual studio"),
            (".NET Framework", r"\.net framework"),
            ("Skype for Business / Lync", r"skype for business|\blync\b"),
            ("Microsoft 365 Apps", r"office 365|microsoft 365"),
            (
                "Office application",
                r"^(produkt )?microsoft (access|excel|infopath|onenote|outlook|powerpoint|publisher|word)\b",
            ),
            (
                "Office",
                r"\boffice\b|\boutlook\b|\bword\b|\bexcel\b|microsoft (access|infopath|onenote|powerpoint|publisher|groove|filter pack|script editor|sharepoint workspace)\b",
            ),
            ("Exchange Server", r"exchange"),
            ("SharePoint Server", r"sharepoint"),
            ("System Center", r"system center|configuration manager"),
            ("Windows", r"windows|internet explorer"),
        ];
        let mut families = Vec::new();
        for (family, pattern) in named {
            families.push((family, own(pattern)?));
        }
        let whole_name = WholeName::new(&words)?;
        Ok(Titles {
            own: Own::default(),
            rules,
            set,
            editions,
            whole_name,
            year: own(YEARS)?,
            maker: own(MAKER)?,
            families,
        })
    }

    /// Recognises one row. `key` is the registry key or package id, `parent` marks a patch of another title.
    pub fn recognise(
        &self,
        publisher: &str,
        name: &str,
        version: &str,
        key: Option<&str>,
        parent: Option<&str>,
    ) -> Recognised {
        let text = normalise(name);
        let maker = normalise(publisher);
        if text.is_empty() {
            return Recognised::nothing(Standing::Unknown, "empty-title");
        }
        let with_key = key.filter(|key| key.len() < 80).map(normalise);
        // What a person decided comes before everything that is known in general.
        if let Some(rule) = self.own.find(&maker, &text) {
            return self.told(rule, &text, version, with_key.as_deref());
        }
        if parent.is_some_and(|parent| !parent.trim().is_empty()) {
            let mut patch = Recognised::nothing(Standing::Update, "row-of-a-parent");
            patch.family = whole_family(self.family_named(&text), Standing::Update).to_owned();
            return patch;
        }
        if self.another(&maker) && !text.starts_with("microsoft ") {
            return third_party("another-publisher");
        }
        let both = format!("{maker} {text}");
        let fits = self.set.matches(&text);
        for (index, rule) in self.rules.iter().enumerate() {
            let fits = fits.matched(index) && rule.fits(&text, &both);
            if fits && rule.whole && !self.whole_name.is(&text) {
                if self.another(&maker) {
                    return third_party("another-publisher");
                }
                // More than the product's name: a person must say what it is.
                let mut unsure = Recognised::nothing(Standing::Unknown, "more-than-the-name");
                unsure.family.clone_from(&rule.family);
                return unsure;
            }
            if fits {
                return self.told(rule, &text, version, with_key.as_deref());
            }
        }
        let ours = maker.contains("microsoft") || text.contains("microsoft") || text.starts_with("windows ");
        if ours { Recognised::nothing(Standing::Unknown, "no-rule") } else { third_party("not-named") }
    }

    /// Whether a publisher is told and is not Microsoft. Installers leave placeholders where nobody filled the field.
    fn another(&self, maker: &str) -> bool {
        let told = maker.chars().any(char::is_alphanumeric)
            && !matches!(maker, "undefined" | "unknown" | "inconnu" | "unbekannt" | "n/a" | "null" | "none" | "-");
        told && !self.maker.is_match(maker)
    }

    /// Why a rule decides as it does.
    pub fn why(&self, rule: &str) -> Option<&str> {
        self.own.rules().chain(&self.rules).find(|each| each.id == rule).map(|each| each.why.as_str())
    }

    pub(super) fn family_named(&self, text: &str) -> &'static str {
        self.families.iter().find(|(_, pattern)| pattern.is_match(text)).map_or("other", |(family, _)| family)
    }

    pub(super) fn edition_in(&self, family: &str, text: &str) -> Option<&str> {
        self.editions
            .iter()
            .find(|edition| edition.families.iter().any(|each| each == family) && edition.pattern.is_match(text))
            .map(|edition| edition.name.as_str())
    }

    pub(super) fn edition_names(&self, family: &str) -> Vec<&str> {
        let of_family = self.editions.iter().filter(|edition| edition.families.iter().any(|each| each == family));
        of_family.map(|edition| edition.name.as_str()).collect()
    }

    pub(super) fn version_in(&self, text: &str) -> Option<String> {
        let found = self.year.find(text)?.as_str().trim();
        // Only the suite for the Mac had a release of that year; elsewhere it is the year of a build.
        if found == "2011" && !text.contains("microsoft office") {
            return None;
        }
        let found = found.replace(" release 2", " R2").replace(" r2", " R2").replace("r2", " R2");
        Some(found.replace("  ", " ").to_uppercase().replace("VISTA", "Vista"))
    }

    fn told(&self, rule: &Rule, text: &str, number: &str, key: Option<&str>) -> Recognised {
        let family = if rule.family == "as named" {
            whole_family(self.family_named(text), rule.standing).to_owned()
        } else {
            rule.family.clone()
        };
        let mut edition = match rule.edition.as_deref() {
            Some("title") | None => self.edition_in(&family, text).map(str::to_owned),
            Some("title-or-unknown") => Some(self.edition_in(&family, text).unwrap_or("unknown").to_owned()),
            Some("application") => {
                self.edition_in(&family, text).map(|edition| format!("{} {edition}", application(text)))
            }
            Some(told) => Some(told.to_owned()),
        };
        let needs = rule.standing == Standing::Yes && rule.edition.as_deref() == Some("title");
        if needs && edition.is_none() {
            edition =
                key.and_then(|key| self.edition_in(&family, key)).map(str::to_owned).or(Some("unknown".to_owned()));
        }
        if rule.standing == Standing::Trial {
            edition = match family.as_str() {
                "Office application" => Some(application(text).to_owned()),
                "SQL Server" | "Microsoft 365 Apps" => Some("unknown".to_owned()),
                _ => edition,
            };
        } else if !matches!(rule.standing, Standing::Yes) && rule.edition.is_none() {
            edition = None;
        }
        let version = match rule.version.as_deref() {
            Some("none") => None,
            Some("subscription") => Some("subscription".to_owned()),
            _ if rule.standing == Standing::Trial && family == "Microsoft 365 Apps" => Some("subscription".to_owned()),
            // A patch of Windows names the systems it is for, which is no version of a product.
            _ if family == "Windows" && rule.standing == Standing::Update => None,
            _ if family == "Windows" && rule.standing == Standing::Yes => {
                super::systems::client_version(text, Some(number))
            }
            Some("number") if family == "Windows" => windows_by_number(number),
            Some("registry key") => by_key(text).map(str::to_owned),
            Some(told) if told != "number" => Some(told.to_owned()),
            _ => self.version_in(text).map(|version| long_term(&family, text, version)).or_else(|| {
                (rule.standing == Standing::Yes).then(|| by_number(&family, number)).flatten().map(str::to_owned)
            }),
        };
        let edition = edition.unwrap_or_default();
        let product_version = version.unwrap_or_default();
        let product = (rule.standing == Standing::Yes)
            .then(|| {
                in_engine_words(&family, &edition, &product_version, text)
                    .or_else(|| self.own.has(&rule.id).then(|| as_decided(&family, &edition, &product_version)))
            })
            .flatten();
        Recognised { family, edition, product_version, licensable: rule.standing, rule: rule.id.clone(), product }
    }
}

/// The publisher, in the scripts that occur, and the firm whose Skype it sells.
const MAKER: &str = r"microsoft|skype|майкрософт|微软|マイクロソフト|^msft$";

fn third_party(rule: &str) -> Recognised {
    Recognised { family: "third party".to_owned(), ..Recognised::nothing(Standing::No, rule) }
}

/// Years and names of versions.
const YEARS: &str = r"\b(2008 ?(r2|release 2)|2012 ?(r2|release 2)|2003 ?r2|2006 ?r2|2013 ?r2|2003|2006|2002|2005|2007|2008|2010|2011|2012|2013|2014|2015|2016|2017|2018|2019|2020|2021|2022|2024|2025|2026|2000|xp\b|vista)\b";

/// A patch or a part of one application belongs to the suite; only a licence or a trial is of the application.
fn whole_family(family: &'static str, standing: Standing) -> &'static str {
    let part = matches!(standing, Standing::Update | Standing::Component);
    if part && family == "Office application" { "Office" } else { family }
}

/// The release of Windows that an application of the system was built for.
fn windows_by_number(number: &str) -> Option<String> {
    let mut parts = number.split('.').map(|part| part.parse::<u32>().ok());
    match (parts.next()??, parts.next()??, parts.next().flatten()) {
        (10, 0, Some(22_000..)) => Some("11".to_owned()),
        (10, 0, _) => Some("10".to_owned()),
        _ => None,
    }
}

fn long_term(family: &str, text: &str, version: String) -> String {
    let from_2021 = matches!(version.as_str(), "2021" | "2024");
    let family = matches!(family, "Office" | "Visio" | "Project" | "Office application");
    if family && from_2021 && text.contains("ltsc") { format!("LTSC {version}") } else { version }
}

/// The version in a registry key such as `Office14.PROPLUS`.
fn by_key(text: &str) -> Option<&'static str> {
    [("office12.", "2007"), ("office14.", "2010"), ("office15.", "2013"), ("office16.", "2016")]
        .into_iter()
        .find(|(part, _)| text.contains(part))
        .map(|(_, version)| version)
}

/// Versions that a number tells without doubt; 16 may be 2016, 2019, 2021, 2024 or a subscription.
fn by_number(family: &str, number: &str) -> Option<&'static str> {
    let major = number.split('.').next()?.trim();
    let minor = number.split('.').nth(1).unwrap_or_default();
    match family {
        "Office" | "Office application" | "Visio" | "Project" => match major {
            "9" => Some("2000"),
            "10" => Some("XP"),
            "11" => Some("2003"),
            "12" => Some("2007"),
            "14" => Some("2010"),
            "15" => Some("2013"),
            _ => None,
        },
        "SQL Server" => match (major, minor) {
            ("8", _) => Some("2000"),
            ("9", _) => Some("2005"),
            ("10", "0" | "00") => Some("2008"),
            ("10", "50") => Some("2008 R2"),
            ("11", _) => Some("2012"),
            ("12", _) => Some("2014"),
            ("13", _) => Some("2016"),
            ("14", _) => Some("2017"),
            ("15", _) => Some("2019"),
            ("16", _) => Some("2022"),
            ("17", _) => Some("2025"),
            _ => None,
        },
        "Exchange Server" => match (major, minor) {
            ("8", _) => Some("2007"),
            ("14", _) => Some("2010"),
            ("15", "0" | "00") => Some("2013"),
            ("15", "1" | "01") => Some("2016"),
            ("15", "2" | "02") => Some("2019"),
            _ => None,
        },
        _ => None,
    }
}

/// The application that a title names.
fn application(text: &str) -> &'static str {
    const NAMES: [(&str, &str); 10] = [
        ("access", "Access"),
        ("groove", "Groove"),
        ("excel", "Excel"),
        ("infopath", "InfoPath"),
        ("outlook", "Outlook"),
        ("powerpoint", "PowerPoint"),
        ("publisher", "Publisher"),
        ("word", "Word"),
        ("onenote", "OneNote"),
        ("frontpage", "FrontPage"),
    ];
    NAMES.iter().find(|(word, _)| text.contains(word)).map_or("Office", |(_, name)| name)
}

/// What a person says a title is, who names the product as the terms do.
fn as_decided(family: &str, edition: &str, version: &str) -> (String, String, String) {
    let known = |text: &str| if text.is_empty() { "unknown".to_owned() } else { text.to_owned() };
    (family.to_owned(), known(edition), known(version))
}

/// Product, edition, version as the worked examples write them. `None`: the engine does not count it.
pub(super) fn in_engine_words(
    family: &str,
    edition: &str,
    version: &str,
    text: &str,
) -> Option<(String, String, String)> {
    // The terms call the release of 2002 by the name of its suite.
    let known = |text: &str| match text {
        "" => "unknown".to_owned(),
        "2002" => "XP".to_owned(),
        told => told.to_owned(),
    };
    let of = |product: &str, edition: &str, version: String| Some((product.to_owned(), edition.to_owned(), version));
    match family {
        "Microsoft 365 Apps" => match edition {
            "enterprise" => of("Microsoft 365 Apps for enterprise", "none", "current".to_owned()),
            "business" => of("Microsoft 365 Apps for business", "none", "current".to_owned()),
            // The maker's stub for consumers: no use can be told from it.
            _ => None,
        },
        "Visio" | "Project" if version == "subscription" => {
            let plan = if family == "Visio" { "Plan 2" } else { "Plan 3" };
            of(family, plan, "current".to_owned())
        }
        "Office" => {
            let edition = if edition == "Home and Business" { "Home & Business" } else { edition };
            of("Office", edition, known(version))
        }
        "Office application" => of(application(text), "none", known(version)),
        "Skype for Business / Lync" => None,
        "Windows" | "Windows Server" => None,
        "Visio" | "Project" | "SQL Server" | "Visual Studio" | "Exchange Server" | "SharePoint Server" => {
            of(family, &known(edition), known(version))
        }
        "Azure DevOps Server" | "System Center" => of(family, "none", known(version)),
        // Those that the customer's own licence file counts; what else bears the name is counted by its users elsewhere.
        "Dynamics" => {
            const BY_FILE: [(&str, &str); 3] =
                [("dynamics nav", "Dynamics NAV"), ("dynamics ax", "Dynamics AX"), ("dynamics gp", "Dynamics GP")];
            let text = text.to_lowercase();
            let (_, product) = BY_FILE.iter().find(|(name, _)| text.contains(name))?;
            of(product, "none", known(version))
        }
        _ => None,
    }
}
