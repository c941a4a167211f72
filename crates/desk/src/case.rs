//! The case folder: made, opened, locked, swept.

use crate::{Error, acts, schema};
use jiff::Timestamp;
use rusqlite::Connection;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Who acts, and when. The clock is the program's; the desk only writes down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Time.
    pub at: Timestamp,
    /// Person or account.
    pub author: String,
}

/// A case that is open.
#[derive(Debug)]
pub struct Case {
    pub(crate) dir: PathBuf,
    pub(crate) connection: Connection,
    /// Held by the one process that may change the case; released with the process, however it ends.
    lock: Option<File>,
}

const DATABASE: &str = "case.db";
const LOCK: &str = "case.lock";
/// Start of the names of files that are being written.
pub(crate) const UNFINISHED: &str = ".unfinished-";

impl Case {
    /// Whether `dir` is a case.
    pub fn is_case(dir: &Path) -> bool {
        dir.join(DATABASE).is_file()
    }

    /// Makes a case in `dir`, which must not be there or be empty. Leaves it open for change.
    ///
    /// # Errors
    /// [`Error::Exists`], or the folder cannot be written.
    pub fn create(dir: &Path, stamp: &Stamp) -> Result<Case, Error> {
        let exists = || Error::Exists { dir: dir.to_owned() };
        if dir.exists() {
            let mut entries = std::fs::read_dir(dir).map_err(|_| exists())?;
            if entries.next().is_some() {
                return Err(exists());
            }
        }
        for folder in [dir.to_owned(), dir.join("evidence"), dir.join("out")] {
            std::fs::create_dir_all(&folder).map_err(|source| Error::File { path: folder, source })?;
        }
        let lock = take_lock(dir)?;
        let mut connection = connect(dir)?;
        let store = |source| Error::Store { dir: dir.to_owned(), source };
        connection.pragma_update(None, "journal_mode", "WAL").map_err(store)?;
        schema::migrate(&mut connection).map_err(store)?;
        let mut case = Case { dir: dir.to_owned(), connection, lock: Some(lock) };
        case.act(stamp, "case-made", &serde_json::json!({}))?;
        Ok(case)
    }

    /// Opens a case for reading. Others may read and change it meanwhile; what is read is always a whole state.
    ///
    /// # Errors
    /// [`Error::NoCase`], [`Error::Newer`], or the database cannot be read.
    pub fn open(dir: &Path) -> Result<Case, Error> {
        if !Case::is_case(dir) {
            return Err(Error::NoCase { dir: dir.to_owned() });
        }
        let connection = connect(dir)?;
        let store = |source| Error::Store { dir: dir.to_owned(), source };
        let (found, known) = (schema::version(&connection).map_err(store)?, schema::newest());
        if found > known {
            return Err(Error::Newer { dir: dir.to_owned(), found, known });
        }
        if found < known {
            // Only the holder of the lock may change the shape.
            drop(connection);
            return Case::open_for_change(dir);
        }
        Ok(Case { dir: dir.to_owned(), connection, lock: None })
    }

    /// Opens a case for change; one process at a time. What an earlier process left unfinished is swept away.
    ///
    /// # Errors
    /// [`Error::NoCase`], [`Error::Busy`], [`Error::Newer`], or the case cannot be read or written.
    pub fn open_for_change(dir: &Path) -> Result<Case, Error> {
        if !Case::is_case(dir) {
            return Err(Error::NoCase { dir: dir.to_owned() });
        }
        let lock = take_lock(dir)?;
        let mut connection = connect(dir)?;
        let store = |source| Error::Store { dir: dir.to_owned(), source };
        let (found, known) = (schema::version(&connection).map_err(store)?, schema::newest());
        if found > known {
            return Err(Error::Newer { dir: dir.to_owned(), found, known });
        }
        schema::migrate(&mut connection).map_err(store)?;
        let case = Case { dir: dir.to_owned(), connection, lock: Some(lock) };
        case.sweep()?;
        Ok(case)
    }

    #[cfg(test)]
    pub(crate) fn in_memory(connection: Connection) -> Case {
        Case { dir: PathBuf::new(), connection, lock: None }
    }

    /// Folder of the case.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether this process may change the case.
    pub fn may_change(&self) -> bool {
        self.lock.is_some()
    }

    /// Where the bytes of a file of the case stand.
    pub fn evidence_path(&self, hash: &str) -> PathBuf {
        self.dir.join("evidence").join(hash)
    }

    pub(crate) fn store(&self, source: rusqlite::Error) -> Error {
        Error::Store { dir: self.dir.clone(), source }
    }

    pub(crate) fn damaged(&self, what: impl Into<String>, detail: impl ToString) -> Error {
        Error::Damaged { dir: self.dir.clone(), what: what.into(), detail: detail.to_string() }
    }

    /// Adds a human act to the chain.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn act(&mut self, stamp: &Stamp, kind: &str, body: &serde_json::Value) -> Result<(), Error> {
        let dir = self.dir.clone();
        let store = |source| Error::Store { dir: dir.clone(), source };
        let transaction = self.connection.transaction().map_err(store)?;
        acts::append(&transaction, stamp, kind, body).map_err(store)?;
        transaction.commit().map_err(store)
    }

    /// Removes bytes that no file of the register claims: a process died between writing them and telling so, or between
    /// taking a file back and removing its bytes.
    pub(crate) fn sweep(&self) -> Result<(), Error> {
        let folder = self.dir.join("evidence");
        let fail = |path: &Path, source| Error::File { path: path.to_owned(), source };
        let (known, copies) = (self.hashes()?, self.copies()?);
        for entry in std::fs::read_dir(&folder).map_err(|source| fail(&folder, source))? {
            let entry = entry.map_err(|source| fail(&folder, source))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_hash = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
            // A great list that was cut off goes on from its copy.
            if copies.contains(&name) {
                continue;
            }
            // Nothing but what the desk itself writes is removed.
            if name.starts_with(UNFINISHED) || (is_hash && !known.contains(&name)) {
                std::fs::remove_file(entry.path()).map_err(|source| fail(&entry.path(), source))?;
            }
        }
        Ok(())
    }
}

fn take_lock(dir: &Path) -> Result<File, Error> {
    let path = dir.join(LOCK);
    let fail = |source| Error::File { path: path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(fail)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Busy { dir: dir.to_owned() }),
        Err(TryLockError::Error(source)) => Err(Error::File { path: path.clone(), source }),
    }
}

fn connect(dir: &Path) -> Result<Connection, Error> {
    let store = |source| Error::Store { dir: dir.to_owned(), source };
    let connection = Connection::open(dir.join(DATABASE)).map_err(store)?;
    connection.busy_timeout(Duration::from_secs(10)).map_err(store)?;
    // What is committed is on the disk before we say so.
    connection.pragma_update(None, "synchronous", "FULL").map_err(store)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(store)?;
    // Evidence is taken back for good: its pages are overwritten.
    connection.pragma_update(None, "secure_delete", true).map_err(store)?;
    Ok(connection)
}
