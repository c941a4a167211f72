//! A zone file, in the plain subset of RFC 1035 that people write by hand: one record a line.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::{Answer, Data, Dns, Kind, normal};

/// A line of a zone file that cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("zone file, line {line}: {what}; write `name TTL IN TYPE data`, one record a line")]
pub struct ZoneError {
    /// Line number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

/// Records by name. A name that is not in it does not exist, unless a name below it does.
#[derive(Debug, Clone, Default)]
pub struct Zone {
    records: BTreeMap<(String, Kind), Vec<Data>>,
    aliases: BTreeMap<String, String>,
    names: BTreeSet<String>,
    silent: BTreeSet<String>,
}

impl Zone {
    /// An empty zone: no name exists.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a zone file. Comments begin with `;`; TTL and class may be left out; A, AAAA, MX, TXT, SPF, PTR and CNAME are
    /// kept, other types are passed over.
    pub fn parse(text: &str) -> Result<Zone, ZoneError> {
        let mut zone = Zone::new();
        for (n, line) in text.lines().enumerate() {
            let error = |what: &str| ZoneError { line: n + 1, what: what.to_owned() };
            let words = words(line).ok_or_else(|| error("a quoted string does not end"))?;
            let mut words = words.into_iter();
            let Some((name, _)) = words.next() else { continue };
            if name.starts_with(b"$") {
                continue;
            }
            let name = normal(&String::from_utf8_lossy(&name));
            let kind = loop {
                let (word, _) = words.next().ok_or_else(|| error("no record type"))?;
                let word = String::from_utf8_lossy(&word).to_ascii_uppercase();
                if word != "IN" && !word.bytes().all(|b| b.is_ascii_digit()) {
                    break word;
                }
            };
            let mut data: Vec<Vec<u8>> = words.map(|(w, _)| w).collect();
            let first = data.first().map(|d| String::from_utf8_lossy(d).into_owned()).unwrap_or_default();
            match kind.as_str() {
                "A" => zone.add(&name, Data::A(first.parse().map_err(|_| error("not an IPv4 address"))?)),
                "AAAA" => zone.add(&name, Data::Aaaa(first.parse().map_err(|_| error("not an IPv6 address"))?)),
                "MX" => {
                    let host = data.pop().filter(|_| !data.is_empty()).ok_or_else(|| error("MX wants two fields"))?;
                    let preference = first.parse().map_err(|_| error("MX preference is no number"))?;
                    zone.add(&name, Data::Mx(preference, normal(&String::from_utf8_lossy(&host))));
                }
                "TXT" | "SPF" => zone.add(&name, Data::Txt(data.concat())),
                "PTR" => zone.add(&name, Data::Ptr(normal(&first))),
                "CNAME" => zone.alias(&name, &first),
                _ => zone.exists(&name),
            }
        }
        Ok(zone)
    }

    /// Adds a record.
    pub fn add(&mut self, name: &str, data: Data) {
        let kind = match data {
            Data::A(_) => Kind::A,
            Data::Aaaa(_) => Kind::Aaaa,
            Data::Mx(..) => Kind::Mx,
            Data::Txt(_) => Kind::Txt,
            Data::Ptr(_) => Kind::Ptr,
        };
        let name = normal(name);
        self.exists(&name);
        self.records.entry((name, kind)).or_default().push(data);
    }

    /// Makes `name` another name for `target`.
    pub fn alias(&mut self, name: &str, target: &str) {
        let name = normal(name);
        self.exists(&name);
        self.aliases.insert(name, normal(target));
    }

    /// Makes every question about `name` stay without an answer.
    pub fn silence(&mut self, name: &str) {
        self.silent.insert(normal(name));
    }

    /// Makes `name`, and with it every name above, exist.
    pub fn exists(&mut self, name: &str) {
        let name = normal(name);
        let mut rest = name.as_str();
        while self.names.insert(rest.to_owned()) {
            match rest.split_once('.') {
                Some((_, up)) => rest = up,
                None => break,
            }
        }
    }
}

impl Dns for Zone {
    fn ask(&self, name: &str, kind: Kind) -> Answer {
        let mut name = normal(name);
        // A chain of aliases longer than this is a loop.
        for _ in 0..8 {
            if self.silent.contains(&name) {
                return Answer::Failed;
            }
            if let Some(found) = self.records.get(&(name.clone(), kind)) {
                return Answer::Found(found.clone());
            }
            match self.aliases.get(&name) {
                Some(target) => name = target.clone(),
                None if self.names.contains(&name) => return Answer::NoData,
                None => return Answer::NoName,
            }
        }
        Answer::Failed
    }
}

/// Splits a line into words; the flag tells a quoted one. `None` when a quote stays open.
fn words(line: &str) -> Option<Vec<(Vec<u8>, bool)>> {
    let mut out = Vec::new();
    let mut bytes = line.bytes().peekable();
    loop {
        while bytes.next_if(|b| b.is_ascii_whitespace() || matches!(b, b'(' | b')')).is_some() {}
        match bytes.peek() {
            None | Some(b';') => return Some(out),
            Some(b'"') => {
                bytes.next();
                let mut word = Vec::new();
                loop {
                    match bytes.next()? {
                        b'"' => break,
                        b'\\' => word.push(escaped(&mut bytes)?),
                        b => word.push(b),
                    }
                }
                out.push((word, true));
            }
            Some(_) => {
                let mut word = Vec::new();
                while let Some(b) = bytes.next_if(|b| !b.is_ascii_whitespace() && *b != b';') {
                    word.push(b);
                }
                out.push((word, false));
            }
        }
    }
}

/// The byte after a backslash: itself, or three decimal digits.
fn escaped(bytes: &mut std::iter::Peekable<std::str::Bytes<'_>>) -> Option<u8> {
    let first = bytes.next()?;
    if !first.is_ascii_digit() {
        return Some(first);
    }
    let mut value = u32::from(first - b'0');
    for _ in 0..2 {
        if let Some(d) = bytes.next_if(u8::is_ascii_digit) {
            value = value * 10 + u32::from(d - b'0');
        }
    }
    u8::try_from(value).ok()
}
