//! Human acts: declarations, decisions, mappings, files added and taken back. Only ever added to; each act carries the hash
//! of the one before, so that a change or a gap anywhere shows.

use crate::{Case, Error, Stamp};
use rusqlite::{OptionalExtension, Transaction, params};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// An act of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Act {
    /// Number, from 1.
    pub number: i64,
    /// Time, RFC 3339.
    pub at: String,
    /// Who.
    pub author: String,
    /// Kind, as a stable code (`case-made`, `file-added`, `title-decided`, `decision-undone`).
    pub kind: String,
    /// What was done, JSON.
    pub body: String,
    /// Hash of the act before; empty for the first.
    pub previous: String,
    /// SHA-256 of all of the above.
    pub hash: String,
}

/// Where the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// An act is not what was written.
    #[error("act {number} was changed after it was written")]
    Changed {
        /// Its number.
        number: i64,
    },
    /// An act does not follow the one before.
    #[error("before act {number} something is missing or was put in")]
    Broken {
        /// Its number.
        number: i64,
    },
}

/// Each part with its length before it, so that no two acts give the same bytes.
fn seal(number: i64, parts: [&str; 5]) -> String {
    let mut digest = Sha256::new();
    digest.update(number.to_le_bytes());
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    let mut text = String::with_capacity(64);
    for byte in digest.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Adds an act within a transaction that does what the act tells.
pub(crate) fn append(
    transaction: &Transaction<'_>,
    stamp: &Stamp,
    kind: &str,
    body: &serde_json::Value,
) -> rusqlite::Result<()> {
    let last: Option<(i64, String)> = transaction
        .query_row("SELECT id, hash FROM act ORDER BY id DESC LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (number, previous) = last.map_or((1, String::new()), |(id, hash)| (id.saturating_add(1), hash));
    let (at, body) = (stamp.at.to_string(), body.to_string());
    let hash = seal(number, [&at, &stamp.author, kind, &body, &previous]);
    transaction
        .prepare_cached(
            "INSERT INTO act (id, at, author, kind, body, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![number, at, stamp.author, kind, body, previous, hash])?;
    Ok(())
}

/// Looks whether a chain holds: numbers without a gap, each hash right, each link right.
///
/// # Errors
/// The first [`ChainFault`].
pub fn verify(acts: &[Act]) -> Result<(), ChainFault> {
    let mut previous = String::new();
    for (act, number) in acts.iter().zip(1..) {
        if act.number != number || act.previous != previous {
            return Err(ChainFault::Broken { number: act.number });
        }
        if seal(act.number, [&act.at, &act.author, &act.kind, &act.body, &act.previous]) != act.hash {
            return Err(ChainFault::Changed { number: act.number });
        }
        previous.clone_from(&act.hash);
    }
    Ok(())
}

impl Case {
    /// All acts, in their order.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn acts(&self) -> Result<Vec<Act>, Error> {
        self.read_acts("", &[])
    }

    /// The acts of `kinds`, in their order.
    ///
    /// # Errors
    /// The database cannot be read.
    pub(crate) fn acts_of(&self, kinds: &[&str]) -> Result<Vec<Act>, Error> {
        let marks = vec!["?"; kinds.len()].join(", ");
        self.read_acts(&format!("WHERE kind IN ({marks})"), kinds)
    }

    fn read_acts(&self, which: &str, kinds: &[&str]) -> Result<Vec<Act>, Error> {
        let read = || -> rusqlite::Result<Vec<Act>> {
            let sql = format!("SELECT id, at, author, kind, body, previous, hash FROM act {which} ORDER BY id");
            let mut query = self.connection.prepare(&sql)?;
            let rows = query.query_map(rusqlite::params_from_iter(kinds), |row| {
                Ok(Act {
                    number: row.get(0)?,
                    at: row.get(1)?,
                    author: row.get(2)?,
                    kind: row.get(3)?,
                    body: row.get(4)?,
                    previous: row.get(5)?,
                    hash: row.get(6)?,
                })
            })?;
            rows.collect()
        };
        read().map_err(|source| self.store(source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> Vec<Act> {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        crate::schema::migrate(&mut connection).unwrap();
        let stamp = Stamp { at: jiff::Timestamp::UNIX_EPOCH, author: "a".into() };
        let mut case = Case::in_memory(connection);
        for number in 0..3 {
            case.act(&stamp, "decided", &serde_json::json!({ "number": number })).unwrap();
        }
        case.acts().unwrap()
    }

    #[test]
    fn a_chain_as_written_holds() {
        assert_eq!(verify(&chain()), Ok(()));
    }

    #[test]
    fn every_change_shows() {
        let mut changed = chain();
        changed[1].body = "{}".into();
        assert_eq!(verify(&changed), Err(ChainFault::Changed { number: 2 }));
        let mut shorter = chain();
        shorter.remove(1);
        assert_eq!(verify(&shorter), Err(ChainFault::Broken { number: 3 }));
        let mut other = chain();
        other.remove(0);
        assert!(verify(&other).is_err());
    }

    #[test]
    fn the_database_itself_refuses_to_change_an_act() {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        crate::schema::migrate(&mut connection).unwrap();
        let mut case = Case::in_memory(connection);
        let stamp = Stamp { at: jiff::Timestamp::UNIX_EPOCH, author: "a".into() };
        case.act(&stamp, "decided", &serde_json::json!({})).unwrap();
        assert!(case.connection.execute("UPDATE act SET author = 'b'", []).is_err());
        assert!(case.connection.execute("DELETE FROM act", []).is_err());
    }
}
