//! Answers kept with the day they were given, so that a verdict of today can be shown again when the keys are gone.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Answer, Data, Dns, Kind, normal};

/// One question with its answer and date, as a case keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenAnswer {
    /// The name asked, lower case, no final dot.
    pub name: String,
    /// The record type asked.
    pub kind: Kind,
    /// `found`, `no-data`, `no-name` or `failed`.
    pub status: Status,
    /// The records: addresses and names as text, MX as `preference host`, text as it is, or as `base64:` when it is no
    /// plain ASCII.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<String>,
    /// When it was asked, RFC 3339.
    pub asked: String,
}

/// How a frozen question was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Records were given.
    Found,
    /// The name exists without such a record.
    NoData,
    /// The name does not exist.
    NoName,
    /// Nobody answered.
    Failed,
}

/// A frozen answer that cannot be read back.
#[derive(Debug, Error)]
pub enum FrozenError {
    /// The file is no list of answers.
    #[error("frozen DNS answers: {0}; freeze them again with --lookup or give a zone file")]
    Json(#[from] serde_json::Error),
    /// A record's text does not fit its type.
    #[error("frozen DNS answer for {name}: `{data}` is no data of its type; freeze it again with --lookup")]
    Data {
        /// The name asked.
        name: String,
        /// The text that does not fit.
        data: String,
    },
}

impl FrozenAnswer {
    /// Freezes an answer.
    pub fn new(name: &str, kind: Kind, answer: &Answer, asked: &str) -> Self {
        let (status, data) = match answer {
            Answer::Found(found) => (Status::Found, found.iter().map(write).collect()),
            Answer::NoData => (Status::NoData, Vec::new()),
            Answer::NoName => (Status::NoName, Vec::new()),
            Answer::Failed => (Status::Failed, Vec::new()),
        };
        FrozenAnswer { name: normal(name), kind, status, data, asked: asked.to_owned() }
    }

    fn thaw(&self) -> Result<Answer, FrozenError> {
        Ok(match self.status {
            Status::Found => {
                let read = |d: &String| {
                    read(self.kind, d).ok_or_else(|| FrozenError::Data { name: self.name.clone(), data: d.clone() })
                };
                Answer::Found(self.data.iter().map(read).collect::<Result<_, _>>()?)
            }
            Status::NoData => Answer::NoData,
            Status::NoName => Answer::NoName,
            Status::Failed => Answer::Failed,
        })
    }
}

/// A set of frozen answers; a question that is not among them stays open.
#[derive(Debug, Clone, Default)]
pub struct Frozen {
    /// Each answer with the date at which it was given.
    answers: BTreeMap<(String, Kind), (Answer, String)>,
}

impl Frozen {
    /// Thaws answers. Of several for one question the last that was answered wins: a later failure to reach the server
    /// does not undo what was once seen.
    pub fn new(answers: &[FrozenAnswer]) -> Result<Frozen, FrozenError> {
        let mut out = BTreeMap::new();
        for frozen in answers {
            let answer = frozen.thaw()?;
            let key = (normal(&frozen.name), frozen.kind);
            if answer != Answer::Failed || !out.contains_key(&key) {
                out.insert(key, (answer, frozen.asked.clone()));
            }
        }
        Ok(Frozen { answers: out })
    }

    /// Gives an answer that comes from here the date that it has here; one that was given since keeps its own.
    pub fn date(&self, answer: &mut FrozenAnswer) {
        if answer.status != Status::Failed
            && let Some((_, asked)) = self
                .answers
                .get(&(normal(&answer.name), answer.kind))
                .filter(|(known, _)| answer.thaw().is_ok_and(|given| given == *known))
        {
            answer.asked.clone_from(asked);
        }
    }

    /// Reads a JSON list of [`FrozenAnswer`].
    pub fn from_json(text: &str) -> Result<Frozen, FrozenError> {
        Frozen::new(&serde_json::from_str::<Vec<FrozenAnswer>>(text)?)
    }
}

impl Dns for Frozen {
    fn ask(&self, name: &str, kind: Kind) -> Answer {
        self.answers.get(&(normal(name), kind)).map_or(Answer::Failed, |(answer, _)| answer.clone())
    }
}

fn write(data: &Data) -> String {
    match data {
        Data::A(ip) => ip.to_string(),
        Data::Aaaa(ip) => ip.to_string(),
        Data::Mx(preference, host) => format!("{preference} {host}"),
        Data::Ptr(name) => name.clone(),
        Data::Txt(text) => match std::str::from_utf8(text) {
            Ok(plain) if plain.bytes().all(|b| (0x20..0x7f).contains(&b)) && !plain.starts_with("base64:") => {
                plain.to_owned()
            }
            _ => format!("base64:{}", STANDARD.encode(text)),
        },
    }
}

fn read(kind: Kind, data: &str) -> Option<Data> {
    Some(match kind {
        Kind::A => Data::A(data.parse().ok()?),
        Kind::Aaaa => Data::Aaaa(data.parse().ok()?),
        Kind::Mx => {
            let (preference, host) = data.split_once(' ')?;
            Data::Mx(preference.parse().ok()?, normal(host))
        }
        Kind::Ptr => Data::Ptr(normal(data)),
        Kind::Txt => Data::Txt(match data.strip_prefix("base64:") {
            Some(coded) => STANDARD.decode(coded).ok()?,
            None => data.as_bytes().to_vec(),
        }),
    })
}
