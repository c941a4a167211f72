//! Mails in a case: their bytes as evidence, every DNS answer that a verdict rests on with its date, and what the case knows
//! of publisher, customer and contract.

use crate::case::UNFINISHED;
use crate::reader::Confinement;
use crate::{Case, Error, Stamp, acts};
use rusqlite::params;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::Write as _;

/// Kind of the act that keeps a mail with its DNS answers.
const TRIAGED: &str = "mail-triaged";
/// Kind of the act that keeps what the case knows of publisher, customer and contract.
const CONTEXT: &str = "mail-context";

/// A mail that was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedMail {
    /// Name as given.
    pub name: String,
    /// Bytes as they came.
    pub bytes: Vec<u8>,
    /// Class of the verdict, as a stable code.
    pub class: String,
    /// What the mail adds to the past of the case: its number, its sender, an auditor whom it names. A JSON object.
    pub noted: Value,
}

/// Gives up files, network and other programs for good, as the reading child of evidence does. For a child process that
/// judges mails.
pub fn confine() -> Confinement {
    crate::reader::confine_this_process()
}

/// Allows a confined child the time of one more mail.
pub fn allow_time_for_one_more() {
    crate::reader::allow_this_process_more_time();
}

impl Case {
    /// Keeps mails and the DNS answers that were used (each a JSON object with its date). Bytes that are in the case already
    /// are not written again.
    ///
    /// # Errors
    /// The case cannot be written.
    pub fn keep_mails(&mut self, mails: &[JudgedMail], answers: &Value, stamp: &Stamp) -> Result<(), Error> {
        let known = self.hashes()?;
        let mut kept = Vec::new();
        let mut new = Vec::new();
        for mail in mails {
            let mut hash = String::with_capacity(64);
            for byte in Sha256::digest(&mail.bytes) {
                let _ = write!(hash, "{byte:02x}");
            }
            kept.push(serde_json::json!({ "hash": hash, "name": mail.name, "class": mail.class, "noted": mail.noted }));
            if !known.contains(&hash) && !new.iter().any(|(each, _)| *each == hash) {
                self.write_mail(&hash, &mail.bytes)?;
                new.push((hash, mail));
            }
        }
        let dir = self.dir.clone();
        let store = |source| Error::Store { dir: dir.clone(), source };
        let transaction = self.connection.transaction().map_err(store)?;
        for (hash, mail) in new {
            transaction
                .execute(
                    "INSERT INTO file (hash, name, bytes, added, author) VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![
                        hash,
                        mail.name,
                        i64::try_from(mail.bytes.len()).unwrap_or(i64::MAX),
                        stamp.at.to_string(),
                        stamp.author
                    ],
                )
                .map_err(store)?;
        }
        acts::append(&transaction, stamp, TRIAGED, &serde_json::json!({ "mails": kept, "dns": answers }))
            .map_err(store)?;
        transaction.commit().map_err(store)
    }

    fn write_mail(&self, hash: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.evidence_path(hash);
        let folder = self.dir().join("evidence");
        let fail = |source| Error::File { path: path.clone(), source };
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&folder).map_err(fail)?;
        file.write_all(bytes).map_err(fail)?;
        let mut rights = file.as_file().metadata().map_err(fail)?.permissions();
        rights.set_readonly(true);
        file.as_file().set_permissions(rights).map_err(fail)?;
        file.as_file().sync_all().map_err(fail)?;
        file.persist(&path).map_err(|error| fail(error.error))?;
        std::fs::File::open(&folder).and_then(|folder| folder.sync_all()).map_err(fail)
    }

    /// Every DNS answer kept so far, in the order in which it was kept.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn mail_answers(&self) -> Result<Vec<Value>, Error> {
        let mut all = Vec::new();
        for act in self.acts()?.iter().filter(|act| act.kind == TRIAGED) {
            let body: Value =
                serde_json::from_str(&act.body).map_err(|error| self.damaged(format!("act {}", act.number), error))?;
            all.extend(body.get("dns").and_then(Value::as_array).into_iter().flatten().cloned());
        }
        Ok(all)
    }

    /// What the mails of the case add to its past, in the order in which they were judged; mails that were judged before this
    /// was kept are left out.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn mail_past(&self) -> Result<Vec<Value>, Error> {
        let mut all = Vec::new();
        for act in self.acts()?.iter().filter(|act| act.kind == TRIAGED) {
            let body: Value =
                serde_json::from_str(&act.body).map_err(|error| self.damaged(format!("act {}", act.number), error))?;
            let mails = body.get("mails").and_then(Value::as_array).into_iter().flatten();
            all.extend(mails.filter_map(|mail| mail.get("noted").cloned()));
        }
        Ok(all)
    }

    /// Keeps what the case knows of publisher, customer and contract: the text of a context file. The last one counts.
    ///
    /// # Errors
    /// The case cannot be written.
    pub fn keep_mail_context(&mut self, text: &str, stamp: &Stamp) -> Result<(), Error> {
        if self.mail_context()?.as_deref() == Some(text) {
            return Ok(());
        }
        self.act(stamp, CONTEXT, &serde_json::json!({ "text": text }))
    }

    /// The context that counts, if one was kept.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn mail_context(&self) -> Result<Option<String>, Error> {
        let acts = self.acts()?;
        let Some(act) = acts.iter().rev().find(|act| act.kind == CONTEXT) else { return Ok(None) };
        let body: Value =
            serde_json::from_str(&act.body).map_err(|error| self.damaged(format!("act {}", act.number), error))?;
        Ok(body.get("text").and_then(Value::as_str).map(str::to_owned))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_answers_and_context_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = Stamp { at: jiff::Timestamp::UNIX_EPOCH, author: "me".to_owned() };
        let mut case = Case::create(&folder.path().join("case"), &stamp).unwrap();
        let noted = serde_json::json!({ "message_id": "1@a.example", "from": "a@a.example" });
        let mail = JudgedMail {
            name: "a.eml".to_owned(),
            bytes: b"From: a\n\nx".to_vec(),
            class: "scam".to_owned(),
            noted: noted.clone(),
        };
        let answers = serde_json::json!([{ "name": "a.example", "asked": "1970-01-01T00:00:00Z" }]);
        case.keep_mails(&[mail.clone(), mail.clone()], &answers, &stamp).unwrap();
        case.keep_mails(&[mail], &serde_json::json!([]), &stamp).unwrap();
        let files = case.files().unwrap();
        assert_eq!((files.len(), files[0].name.as_str()), (1, "a.eml"));
        assert_eq!(std::fs::read(case.evidence_path(&files[0].hash)).unwrap(), b"From: a\n\nx");
        assert_eq!(case.mail_answers().unwrap(), answers.as_array().unwrap().clone());
        assert_eq!(case.mail_past().unwrap(), [noted.clone(), noted.clone(), noted]);
        assert_eq!(case.mail_context().unwrap(), None);
        case.keep_mail_context("[world]", &stamp).unwrap();
        case.keep_mail_context("[world]", &stamp).unwrap();
        assert_eq!(case.mail_context().unwrap().as_deref(), Some("[world]"));
        let acts = case.acts().unwrap();
        assert_eq!(acts.iter().filter(|a| a.kind == CONTEXT).count(), 1, "the same text is kept once");
        acts::verify(&acts).unwrap();
    }
}
