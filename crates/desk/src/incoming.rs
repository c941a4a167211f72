//! What agents send while the desk listens: kept in `incoming/` first, taken into the case in small batches, so that a message
//! is on the disk before its sender is told so, and a crash loses none.

use crate::add::{Added, Fate, add};
use crate::reader::ReaderOptions;
use crate::{Case, Error, Stamp};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Messages that may wait; beyond it a sender is asked to come again.
const MOST: usize = 20_000;

/// The folder where messages wait.
#[derive(Debug, Clone)]
pub struct Incoming {
    case: PathBuf,
    folder: PathBuf,
    refused: PathBuf,
}

impl Incoming {
    /// The folder of the case at `case`, made if it is not there.
    ///
    /// # Errors
    /// [`Error::NoCase`], or the folder cannot be made.
    pub fn of(case: &Path) -> Result<Self, Error> {
        if !Case::is_case(case) {
            return Err(Error::NoCase { dir: case.to_owned() });
        }
        let folder = case.join("incoming");
        let refused = folder.join("refused");
        fs::create_dir_all(&refused).map_err(|source| Error::File { path: refused.clone(), source })?;
        Ok(Incoming { case: case.to_owned(), folder, refused })
    }

    /// Keeps a message under a name made of `name` (letters, digits and `-._` of it) and its own bytes' fingerprint; `false`
    /// where too many wait already.
    ///
    /// # Errors
    /// The disk does not take it.
    pub fn keep(&self, name: &str, ending: &str, bytes: &[u8]) -> Result<bool, Error> {
        let fail = |source| Error::File { path: self.folder.clone(), source };
        if self.waiting()?.len() >= MOST {
            return Ok(false);
        }
        let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-._".contains(*c)).take(80).collect();
        let plain = plain.trim_start_matches('.');
        let mark: String = evidence::fingerprint(bytes).chars().take(12).collect();
        let path = self.folder.join(format!("{plain}-{mark}.{ending}"));
        let mut file = tempfile::Builder::new().prefix(".unfinished-").tempfile_in(&self.folder).map_err(fail)?;
        file.write_all(bytes).map_err(fail)?;
        file.as_file().sync_all().map_err(fail)?;
        file.persist(&path).map_err(|error| fail(error.error))?;
        fs::File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(fail)?;
        Ok(true)
    }

    /// Messages that wait, sorted.
    ///
    /// # Errors
    /// The folder cannot be listed.
    pub fn waiting(&self) -> Result<Vec<PathBuf>, Error> {
        let fail = |source| Error::File { path: self.folder.clone(), source };
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path.is_file() && !hidden {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }

    /// Takes what waits into the case. What is refused is set aside in `incoming/refused/`, never deleted.
    ///
    /// # Errors
    /// [`Error::Busy`] where another process changes the case (what waits stays), or the case cannot be written.
    pub fn take(&self, options: &ReaderOptions, stamp: &Stamp) -> Result<Vec<Added>, Error> {
        let waiting = self.waiting()?;
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let mut case = Case::open_for_change(&self.case)?;
        let added = add(&mut case, &waiting, options, stamp, &mut |_| {})?;
        for each in &added {
            let fail = |source| Error::File { path: each.path.clone(), source };
            match &each.fate {
                Fate::Taken { .. } | Fate::Known { .. } => fs::remove_file(&each.path).map_err(fail)?,
                Fate::Refused(_) => {
                    let name = each.path.file_name().unwrap_or_default();
                    fs::rename(&each.path, self.refused.join(name)).map_err(fail)?;
                }
                // It is tried again with the next batch.
                Fate::Unreadable(_) => {}
            }
        }
        Ok(added)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_outside_stays_in_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = Stamp { at: jiff::Timestamp::UNIX_EPOCH, author: "me".to_owned() };
        let case = folder.path().join("case");
        drop(Case::create(&case, &stamp).unwrap());
        let incoming = Incoming::of(&case).unwrap();
        assert!(incoming.keep("../../etc/pass wd\u{0}é", "json", b"{}").unwrap());
        assert!(incoming.keep("", "xml", b"<a/>").unwrap());
        let names: Vec<String> = incoming
            .waiting()
            .unwrap()
            .iter()
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["-29114363f749.xml", "etcpasswd-44136fa355b3.json"].map(str::to_owned).to_vec().as_slice());
    }
}
