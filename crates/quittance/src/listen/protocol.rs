//! What inventory agents say over HTTP, and what they expect to hear (GLPI Agent, FusionInventory Agent, OCS agents).
//!
//! A body is zlib, gzip or plain; inside stands JSON (GLPI Agent) or XML (the others, and a GLPI Agent that does not know its
//! server yet). Nothing of a message is believed but its kind and the name it gives its device; the rest is read by a confined
//! child when the message is taken into the case.

use flate2::Compression;
use flate2::read::{GzDecoder, ZlibDecoder};
use flate2::write::ZlibEncoder;
use std::io::{Read, Write};

/// Bytes of a message once unpacked.
const LARGEST: u64 = 64 << 20;
/// How many times larger than its packed form a message may be, beyond a first megabyte. Inventories stay below twenty.
const RATIO: u64 = 200;

/// A message that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// The agent asks whether to send, in XML.
    Prolog,
    /// The agent asks what to do, in JSON.
    Contact,
    /// An inventory: device, `json` or `xml`, the message unpacked.
    Inventory {
        /// Name that the message gives its device.
        device: String,
        /// Ending of its file.
        ending: &'static str,
        /// The message.
        message: Vec<u8>,
    },
}

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unheard {
    /// It unpacks to too much.
    TooLarge,
    /// It is no message of an inventory agent.
    Unknown,
}

/// Reads a body as it came.
pub(super) fn hear(body: &[u8]) -> Result<Heard, Unheard> {
    let message = unpack(body)?;
    match message.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => json(message),
        Some(b'<' | 0xef) => xml(message),
        _ => Err(Unheard::Unknown),
    }
}

fn unpack(body: &[u8]) -> Result<Vec<u8>, Unheard> {
    let limit = LARGEST.min((body.len() as u64).saturating_mul(RATIO).saturating_add(1 << 20));
    let mut message = Vec::new();
    let read = match body {
        [0x78, ..] => ZlibDecoder::new(body).take(limit + 1).read_to_end(&mut message),
        [0x1f, 0x8b, ..] => GzDecoder::new(body).take(limit + 1).read_to_end(&mut message),
        plain => {
            message.extend_from_slice(plain);
            Ok(plain.len())
        }
    };
    match read {
        Ok(_) if message.len() as u64 > limit => Err(Unheard::TooLarge),
        Ok(_) => Ok(message),
        Err(_) => Err(Unheard::Unknown),
    }
}

fn json(message: Vec<u8>) -> Result<Heard, Unheard> {
    #[derive(serde::Deserialize)]
    struct Envelope {
        action: Option<String>,
        deviceid: Option<String>,
    }
    let Envelope { action, deviceid } = serde_json::from_slice(&message).map_err(|_| Unheard::Unknown)?;
    match action.as_deref() {
        Some("contact") => Ok(Heard::Contact),
        Some("inventory") | None => {
            Ok(Heard::Inventory { device: deviceid.unwrap_or_default(), ending: "json", message })
        }
        // Other tasks (discovery, deployment) are none of ours.
        Some(_) => Err(Unheard::Unknown),
    }
}

fn xml(message: Vec<u8>) -> Result<Heard, Unheard> {
    // Only the two elements of the envelope are looked for; the child parses.
    let text = String::from_utf8_lossy(&message);
    if !text.contains("<REQUEST") {
        return Err(Unheard::Unknown);
    }
    let element = |name: &str| {
        let start = text.rfind(&format!("<{name}>"))? + name.len() + 2;
        let rest = text.get(start..)?;
        rest.get(..rest.find('<')?).map(|value| value.trim().to_owned())
    };
    match element("QUERY").as_deref() {
        Some("PROLOG") => Ok(Heard::Prolog),
        Some("INVENTORY") => {
            let device = element("DEVICEID").unwrap_or_default();
            Ok(Heard::Inventory { device, ending: "xml", message })
        }
        _ => Err(Unheard::Unknown),
    }
}

/// An answer: its type and its bytes.
pub(super) type Answer = (&'static str, Vec<u8>);

const JSON: &str = "application/json";
const PACKED: &str = "application/x-compress-zlib";

fn packed(xml: &str) -> Answer {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(xml.as_bytes());
    (PACKED, encoder.finish().unwrap_or_default())
}

/// What an agent of that name wants to hear.
pub(super) fn answer(heard: &Heard, agent: &str) -> Answer {
    match heard {
        // A GLPI Agent that hears this sends its inventory as JSON, and partial ones later.
        Heard::Prolog if agent.starts_with("GLPI-Agent") => (JSON, br#"{"status":"ok","expiration":24}"#.to_vec()),
        Heard::Prolog => packed(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY><PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>SEND</RESPONSE></REPLY>\n",
        ),
        Heard::Contact => {
            let tasks = r#"{"status":"ok","tasks":{"inventory":{"server":"quittance","version":"1"}},"expiration":24}"#;
            (JSON, tasks.as_bytes().to_vec())
        }
        Heard::Inventory { ending: "json", .. } => (JSON, br#"{"status":"ok"}"#.to_vec()),
        Heard::Inventory { .. } => packed(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY><RESPONSE>no_account_update</RESPONSE></REPLY>\n",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn captured(name: &str) -> Option<Vec<u8>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/inventory");
        let bytes = std::fs::read(folder.join(name)).ok();
        if bytes.is_none() {
            eprintln!("skipped: ../shared/corpus/inventory/{name} is absent");
        }
        bytes
    }

    #[test]
    fn captured_messages_are_understood() {
        for name in ["glpi-agent-json/captured-01-prolog.xml", "fusioninventory-xml/captured-prolog.xml"] {
            let Some(bytes) = captured(name) else { return };
            assert_eq!(hear(&bytes), Ok(Heard::Prolog), "{name}");
        }
        let contact = captured("glpi-agent-json/captured-03-contact.json").unwrap();
        assert_eq!(hear(&contact), Ok(Heard::Contact));
        for (name, ending) in [
            ("glpi-agent-json/captured-02-inventory.json.zlib", "json"),
            ("glpi-agent-json/captured-04-inventory-partial.json", "json"),
            ("fusioninventory-xml/captured-inventory.xml.zlib", "xml"),
            ("ocs-xml/captured-ocs-unix-agent.xml", "xml"),
        ] {
            let heard = hear(&captured(name).unwrap());
            let Ok(Heard::Inventory { device, ending: found, message }) = heard else { panic!("{name}: {heard:?}") };
            assert!(!device.is_empty() && found == ending && message.len() > 400, "{name}: {device}");
        }
    }

    #[test]
    fn a_bomb_and_a_stranger_are_refused() {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![b' '; 8 << 20]).unwrap();
        assert_eq!(hear(&encoder.finish().unwrap()), Err(Unheard::TooLarge));
        for stranger in [&b""[..], b"x", b"{}}", b"<html></html>", b"{\"action\":\"deploy\"}", b"\x78\x9cnothing"] {
            assert_eq!(hear(stranger), Err(Unheard::Unknown), "{stranger:?}");
        }
    }

    #[test]
    fn each_agent_hears_its_own_language() {
        assert_eq!(answer(&Heard::Prolog, "GLPI-Agent_v1.7").0, JSON);
        let (kind, bytes) = answer(&Heard::Prolog, "FusionInventory-Agent_v2.6");
        assert_eq!(kind, PACKED);
        assert!(String::from_utf8(unpack(&bytes).unwrap()).unwrap().contains("<RESPONSE>SEND</RESPONSE>"));
    }
}
