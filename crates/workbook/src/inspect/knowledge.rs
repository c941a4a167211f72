//! What is known of calls and entry points, read from the tables in `data/`.

use crate::trouble::Trouble;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How much a call weighs by itself, before it is known what starts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Worth naming, harmless by itself.
    Plain,
    /// Reaches files, network, registry or mail, as honest forms also do.
    Outside,
    /// Starts programs, writes programs, turns protection off, hides.
    Grave,
}

/// Where a procedure must stand to run without being called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A standard module.
    Standard,
    /// The document module of the workbook.
    Workbook,
    /// The document module of a sheet or chart.
    Sheet,
    /// The document module of anything.
    Document,
    /// A form.
    Form,
    /// A class.
    Class,
}

/// What makes a procedure run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// The file is opened and macros are allowed.
    Open,
    /// The file is closed.
    Close,
    /// Another act: a cell is changed, a sheet is shown, the workbook is saved, printed or calculated.
    Act,
    /// A button, control or key is used.
    Click,
    /// The form or class that holds it is brought up.
    Shown,
    /// The shown form is used.
    Used,
    /// A cell's formula calls it.
    Cell,
}

/// An entry of `data/calls.toml`; its comments tell what each field means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallRule {
    /// Stable code.
    pub code: String,
    /// What it touches.
    pub family: String,
    /// How much it weighs.
    pub weight: Weight,
    /// Names that stand alone.
    #[serde(default)]
    pub functions: Vec<String>,
    /// Names after a dot.
    #[serde(default)]
    pub members: Vec<String>,
    /// What must stand before the dot.
    #[serde(default)]
    pub of: Vec<String>,
    /// One of these codes must stand in the project.
    #[serde(default)]
    pub needs: Vec<String>,
    /// One of these must stand in a text of the project.
    #[serde(default)]
    pub needs_text: Vec<String>,
    /// Beginnings of class names.
    #[serde(default)]
    pub objects: Vec<String>,
    /// Functions of libraries.
    #[serde(default)]
    pub imports: Vec<String>,
    /// Parts of constant texts.
    #[serde(default)]
    pub texts: Vec<String>,
    /// What it can do, for developers.
    pub does: String,
    /// Code of what it gives away.
    pub reveals: Option<String>,
}

/// An entry of `data/entries.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryRule {
    /// Program that runs it.
    pub host: String,
    /// Where it must stand.
    #[serde(rename = "where")]
    pub place: Place,
    /// What makes it run.
    pub when: When,
    /// Names in small letters.
    pub names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Calls {
    hidden: Vec<String>,
    libraries: Vec<String>,
    programs: Vec<String>,
    call: Vec<CallRule>,
}

#[derive(Deserialize)]
struct Entries {
    entry: Vec<EntryRule>,
}

/// Functions of Excel 4 macros by what they can do; see `data/xlm.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Excel4 {
    grave: Vec<String>,
    outside: Vec<String>,
    covers: Vec<String>,
}

/// What a function of an Excel 4 macro can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Excel4Act {
    /// Shows, moves or computes.
    Mild,
    /// Writes formulas while running, looks round for a watcher, hides.
    Covers,
    /// Reaches files, network, mail, databases.
    Outside,
    /// Starts programs, calls libraries, drives other programs, plants code.
    Grave,
}

/// The tables, laid out for looking up.
#[derive(Debug)]
pub struct Knowledge {
    /// Rules of calls in the order of the table.
    pub calls: Vec<CallRule>,
    /// Rules of entry points.
    pub entries: Vec<EntryRule>,
    excel4: Excel4,
    hidden: Vec<String>,
    libraries: Vec<String>,
    programs: Vec<String>,
    functions: BTreeMap<String, Vec<usize>>,
    members: BTreeMap<String, Vec<usize>>,
    imports: BTreeMap<String, usize>,
    objects: Vec<(String, usize)>,
    texts: Vec<(String, usize)>,
    exact: BTreeMap<String, Vec<usize>>,
    endings: BTreeMap<String, Vec<usize>>,
}

impl Knowledge {
    /// The tables that the program carries.
    ///
    /// # Errors
    /// The tables cannot be read; a test holds that they can.
    pub fn built_in() -> Result<&'static Self, Trouble> {
        static BUILT_IN: LazyLock<Result<Knowledge, Trouble>> = LazyLock::new(|| {
            let (calls, entries) = (include_str!("../../data/calls.toml"), include_str!("../../data/entries.toml"));
            Knowledge::parse(calls, entries, include_str!("../../data/xlm.toml"))
        });
        BUILT_IN.as_ref().map_err(Clone::clone)
    }

    fn parse(calls: &str, entries: &str, excel4: &str) -> Result<Self, Trouble> {
        let broken = |_| Trouble::malformed("tables of calls", "they cannot be read");
        let calls: Calls = toml::from_str(calls).map_err(broken)?;
        let entries: Entries = toml::from_str(entries).map_err(broken)?;
        let mut found = Self {
            excel4: toml::from_str(excel4).map_err(broken)?,
            hidden: calls.hidden,
            libraries: calls.libraries,
            programs: calls.programs,
            functions: BTreeMap::new(),
            members: BTreeMap::new(),
            imports: BTreeMap::new(),
            objects: Vec::new(),
            texts: Vec::new(),
            exact: BTreeMap::new(),
            endings: BTreeMap::new(),
            calls: calls.call,
            entries: entries.entry,
        };
        for (i, rule) in found.calls.iter().enumerate() {
            for name in &rule.functions {
                found.functions.entry(name.clone()).or_default().push(i);
            }
            for name in &rule.members {
                found.members.entry(name.clone()).or_default().push(i);
            }
            found.imports.extend(rule.imports.iter().map(|n| (n.clone(), i)));
            found.objects.extend(rule.objects.iter().map(|n| (n.clone(), i)));
            found.texts.extend(rule.texts.iter().map(|n| (n.clone(), i)));
        }
        // The longest beginning is the most exact one.
        found.objects.sort_by_key(|(name, i)| (std::cmp::Reverse(name.len()), *i));
        for (i, rule) in found.entries.iter().enumerate() {
            for name in &rule.names {
                match name.strip_prefix('*') {
                    Some(ending) => found.endings.entry(ending.to_owned()).or_default().push(i),
                    None => found.exact.entry(name.clone()).or_default().push(i),
                }
            }
        }
        Ok(found)
    }

    /// Rules for a name that stands alone.
    pub fn function(&self, lower: &str) -> &[usize] {
        self.functions.get(lower).map_or(&[], Vec::as_slice)
    }

    /// Rules for a name after a dot.
    pub fn member(&self, lower: &str) -> &[usize] {
        self.members.get(lower).map_or(&[], Vec::as_slice)
    }

    /// The rule for a function of a library, whatever its closing A or W.
    pub fn import(&self, function: &str) -> Option<usize> {
        let lower = function.to_lowercase();
        let lower = lower.as_str();
        let bare = lower.strip_suffix(['a', 'w']).unwrap_or(lower);
        self.imports.get(lower).or_else(|| self.imports.get(bare)).copied()
    }

    /// The rule for a class name.
    pub fn object(&self, class: &str) -> Option<usize> {
        let lower = class.trim().to_lowercase();
        self.objects.iter().find(|(name, _)| lower.starts_with(name.as_str())).map(|(_, i)| *i)
    }

    /// The first rule for a constant text, and the part that fits.
    pub fn text(&self, lower: &str) -> Option<(usize, &str)> {
        self.texts.iter().find(|(part, _)| lower.contains(part.as_str())).map(|(part, i)| (*i, part.as_str()))
    }

    /// Weight of a name that is telling wherever it stands: a function, a member or an import that needs nothing around it.
    pub fn telling(&self, lower: &str) -> Option<Weight> {
        let plain = |i: &&usize| {
            self.rule(**i).is_some_and(|r| r.of.is_empty() && r.needs.is_empty() && r.needs_text.is_empty())
        };
        let named = self.function(lower).iter().chain(self.member(lower)).find(plain).copied();
        let found = named.or_else(|| self.import(lower)).and_then(|i| self.rule(i));
        let create = ["createobject", "getobject"].contains(&lower).then_some(Weight::Outside);
        found.map(|r| r.weight).filter(|w| *w > Weight::Plain).or(create)
    }

    /// A word that an honest source shows as it is, or the beginning of a class name, within a text in small letters.
    pub fn hidden(&self, lower: &str) -> Option<&str> {
        let word = self.hidden.iter().find(|w| lower.contains(w.as_str()));
        word.or_else(|| self.objects.iter().map(|(n, _)| n).find(|n| lower.starts_with(n.as_str()))).map(String::as_str)
    }

    /// True for a library that comes with Windows or a Macintosh.
    pub fn is_system_library(&self, library: &str) -> bool {
        let lower = library.to_lowercase();
        let bare = lower.rsplit(['\\', '/']).next().unwrap_or_default();
        self.libraries.iter().any(|l| bare.split('.').next() == Some(l))
    }

    /// True for the name of a file that is a program or a script.
    pub fn is_program(&self, path: &str) -> bool {
        let lower = path.trim_end_matches(['"', '\'', ' ']).to_lowercase();
        self.programs.iter().any(|e| lower.ends_with(e.as_str()))
    }

    /// What a function of an Excel 4 macro can do, by its name; `URLDownloadToFileA` and the like are functions of Windows.
    pub fn excel4(&self, name: &str) -> Excel4Act {
        let among = |list: &[String]| list.iter().any(|f| f == name);
        if among(&self.excel4.grave) || name.chars().any(char::is_lowercase) {
            Excel4Act::Grave
        } else if among(&self.excel4.outside) {
            Excel4Act::Outside
        } else if among(&self.excel4.covers) {
            Excel4Act::Covers
        } else {
            Excel4Act::Mild
        }
    }

    /// The rule of that index.
    pub fn rule(&self, index: usize) -> Option<&CallRule> {
        self.calls.get(index)
    }

    /// The first rule of a code, for hits that no table entry names.
    pub fn by_code(&self, code: &str) -> Option<usize> {
        self.calls.iter().position(|r| r.code == code)
    }

    /// Rules of entry points for the name of a procedure, in small letters.
    pub fn entry(&self, lower: &str) -> impl Iterator<Item = &EntryRule> {
        let exact = self.exact.get(lower);
        let ending = lower.rfind('_').and_then(|at| self.endings.get(lower.get(at..)?));
        exact.into_iter().chain(ending).flatten().filter_map(|&i| self.entries.get(i))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_read_and_in_small_letters() {
        let known = Knowledge::built_in().unwrap();
        assert!(known.calls.len() > 50 && known.entries.len() > 10);
        for rule in &known.calls {
            let names = [&rule.functions, &rule.members, &rule.of, &rule.objects, &rule.imports, &rule.texts];
            for name in names.into_iter().flatten() {
                assert_eq!(*name, name.to_lowercase(), "{}", rule.code);
            }
            for need in &rule.needs {
                assert!(known.by_code(need).is_some(), "{need}");
            }
            assert!(!rule.does.is_empty());
        }
        for list in [&known.excel4.grave, &known.excel4.outside, &known.excel4.covers] {
            assert!(list.is_sorted() && list.iter().all(|f| *f == f.to_uppercase()));
        }
        let code = |i: usize| known.calls[i].code.as_str();
        assert_eq!(code(known.import("URLDownloadToFileA").unwrap()), "downloads-file");
        assert_eq!(code(known.object("WinHttp.WinHttpRequest.5.1").unwrap()), "web-request");
        assert_eq!(code(known.object("new:{72C24DD5-D70A-438B-8A42-98424B88AFB8}").unwrap()), "wscript-shell");
        assert_eq!(known.entry("commandbutton1_click").count(), 2);
    }
}
