//! What leaves the house: pseudonyms that only the case can turn back, maps of forms, and the register of files that were made.

use crate::{Case, Error, Stamp};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

/// Kind of the act that keeps pseudonyms given.
const GIVEN: &str = "pseudonyms-given";
/// Kind of the act that keeps a form's map.
const MAPPED: &str = "form-map-kept";
/// Kind of the act that registers a file that was made.
const MADE: &str = "file-made";

/// A pseudonym: what kind of thing it names, the name, the pseudonym.
pub type Given = (String, String, String);

impl Case {
    /// The key of the case's pseudonyms; `fresh` becomes it where there is none yet. Kept beside the case, for its owner alone.
    ///
    /// # Errors
    /// The key cannot be read or kept, or is damaged.
    pub fn pseudonym_key(&self, fresh: [u8; 32]) -> Result<[u8; 32], Error> {
        let path = self.dir().join("pseudonym.key");
        let fail = |source| Error::File { path: path.clone(), source };
        match std::fs::read(&path) {
            Ok(bytes) => bytes.try_into().map_err(|_| self.damaged("pseudonym.key".to_owned(), "it has not 32 bytes")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut options = std::fs::OpenOptions::new();
                options.write(true).create_new(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                let mut file = options.open(&path).map_err(fail)?;
                file.write_all(&fresh).and_then(|()| file.sync_all()).map_err(fail)?;
                Ok(fresh)
            }
            Err(error) => Err(fail(error)),
        }
    }

    /// Every pseudonym given so far, in the order in which it was given.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn pseudonyms(&self) -> Result<Vec<Given>, Error> {
        let mut all = Vec::new();
        for act in self.acts()?.iter().filter(|act| act.kind == GIVEN) {
            let given: Vec<Given> =
                serde_json::from_str(&act.body).map_err(|error| self.damaged(format!("act {}", act.number), error))?;
            all.extend(given);
        }
        Ok(all)
    }

    /// Keeps pseudonyms that are not kept yet.
    ///
    /// # Errors
    /// The case cannot be written.
    pub fn keep_pseudonyms(&mut self, given: &[Given], stamp: &Stamp) -> Result<(), Error> {
        let known = self.pseudonyms()?;
        let new: Vec<&Given> = given.iter().filter(|each| !known.contains(each)).collect();
        if new.is_empty() {
            return Ok(());
        }
        self.act(stamp, GIVEN, &json!(new))
    }

    fn map_path(&self, fingerprint: &str) -> PathBuf {
        let plain: String = fingerprint.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
        self.dir().join("forms").join(format!("{plain}.toml"))
    }

    /// Keeps the map of a form, by the fingerprint of its layout. The last one counts.
    ///
    /// # Errors
    /// The case cannot be written.
    pub fn keep_form_map(&mut self, fingerprint: &str, map: &str, stamp: &Stamp) -> Result<(), Error> {
        let path = self.map_path(fingerprint);
        let fail = |source| Error::File { path: path.clone(), source };
        std::fs::create_dir_all(self.dir().join("forms")).map_err(fail)?;
        std::fs::write(&path, map).map_err(fail)?;
        let hash = evidence::fingerprint(map.as_bytes());
        self.act(stamp, MAPPED, &json!({ "form": fingerprint, "hash": hash }))
    }

    /// The map kept for a form, if there is one.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn form_map(&self, fingerprint: &str) -> Result<Option<String>, Error> {
        let path = self.map_path(fingerprint);
        match std::fs::read_to_string(&path) {
            Ok(map) => Ok(Some(map)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::File { path, source }),
        }
    }

    /// Registers a file that was made to leave the house: its name, its fingerprint, and what is in it.
    ///
    /// # Errors
    /// The case cannot be written.
    pub fn register_made(&mut self, name: &str, bytes: &[u8], what: &Value, stamp: &Stamp) -> Result<(), Error> {
        let body = json!({ "name": name, "hash": evidence::fingerprint(bytes), "bytes": bytes.len(), "what": what });
        self.act(stamp, MADE, &body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_pseudonyms_and_maps_are_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = Stamp { at: jiff::Timestamp::UNIX_EPOCH, author: "me".to_owned() };
        let mut case = Case::create(&folder.path().join("case"), &stamp).unwrap();
        assert_eq!(case.pseudonym_key([1; 32]).unwrap(), [1; 32]);
        assert_eq!(case.pseudonym_key([2; 32]).unwrap(), [1; 32]);
        let given = [("server".to_owned(), "srv-1".to_owned(), "SRV-7K2M9Q".to_owned())];
        case.keep_pseudonyms(&given, &stamp).unwrap();
        case.keep_pseudonyms(&given, &stamp).unwrap();
        assert_eq!(case.pseudonyms().unwrap(), given);
        assert_eq!(case.form_map("../../x").unwrap(), None);
        case.keep_form_map("../../x", "a = 1", &stamp).unwrap();
        assert_eq!(case.form_map("../../x").unwrap().as_deref(), Some("a = 1"));
        assert!(folder.path().join("case/forms/x.toml").is_file());
    }
}
