//! Frames on the pipes between the program and the children that judge mails: eight bytes of length, then the bytes.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{Error, ErrorKind, Read, Result, Write};

use message::dns::Kind;
use message::triage::Noted;

/// Most bytes of a frame.
const LONGEST: u64 = 1 << 28;

/// Bytes that wait at an end of the pipe.
pub(super) const BUFFER: usize = 1 << 16;

/// What stays the same for all mails of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Setup {
    /// Text of the context file; empty for none.
    pub(super) context: String,
    /// Whether the reader reads French.
    pub(super) french: bool,
    /// `text`, `json` or `html`.
    pub(super) format: String,
}

/// What the child says while it opens the mails of a batch.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Said {
    /// A DNS question; an answer is awaited.
    Ask { name: String, kind: Kind },
    /// All mails of the batch are opened; `None` for bytes that are no mail.
    Opened(Vec<Option<Opened>>),
}

/// A mail, opened: what it adds to the past, and what of the past its verdict asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Opened {
    /// What it adds.
    pub(super) noted: Noted,
    /// The mails that it continues.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<String>,
}

/// What goes with the body of a report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Head {
    /// Whether there is something to beware of.
    pub(super) beware: bool,
    /// Class, as a stable code.
    pub(super) class: String,
}

/// Writes a frame.
pub(super) fn send(output: &mut dyn Write, bytes: &[u8]) -> Result<()> {
    output.write_all(&(bytes.len() as u64).to_le_bytes())?;
    output.write_all(bytes)
}

/// Writes a value and lets it go at once.
pub(super) fn say(output: &mut dyn Write, value: &impl Serialize) -> Result<()> {
    send(output, &serde_json::to_vec(value)?)?;
    output.flush()
}

/// The next frame; `None` at the end. It grows with what really arrives: a claimed length reserves little.
pub(super) fn receive(input: &mut dyn Read) -> Result<Option<Vec<u8>>> {
    let mut length = [0_u8; 8];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u64::from_le_bytes(length);
    if length > LONGEST {
        return Err(Error::new(ErrorKind::InvalidData, "a frame that is too long"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0).min(1 << 20));
    input.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(Some(bytes)) }
}

/// The next frame, which must be there.
pub(super) fn awaited(input: &mut dyn Read) -> Result<Vec<u8>> {
    receive(input)?.ok_or_else(|| ErrorKind::UnexpectedEof.into())
}

/// The next frame as a value.
pub(super) fn hear<T: DeserializeOwned>(input: &mut dyn Read) -> Result<T> {
    Ok(serde_json::from_slice(&awaited(input)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_and_a_lying_length_is_refused() {
        let mut pipe = Vec::new();
        send(&mut pipe, b"one").unwrap();
        send(&mut pipe, b"").unwrap();
        let mut input = pipe.as_slice();
        assert_eq!(receive(&mut input).unwrap().as_deref(), Some(&b"one"[..]));
        assert_eq!(receive(&mut input).unwrap().as_deref(), Some(&b""[..]));
        assert!(receive(&mut input).unwrap().is_none() && awaited(&mut input).is_err());
        assert!(receive(&mut [&9_u64.to_le_bytes()[..], b"short"].concat().as_slice()).is_err());
        assert!(receive(&mut &u64::MAX.to_le_bytes()[..]).is_err());
    }
}
