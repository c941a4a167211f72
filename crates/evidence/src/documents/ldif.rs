//! LDIF, as ldifde writes it: folded lines, base64 values, one entry a row.

use crate::Context;
use crate::reading::{Reading, Refusal, Sink};
use crate::tables::directory::{ldif_base64, ldif_machine, ldif_person};
use crate::text::Decoded;
use licensing::facts::Fact;

pub(super) fn is_ldif(head: &str) -> bool {
    head.starts_with("dn: ")
        || head.starts_with("dn:: ")
        || head.starts_with("version: 1\ndn")
        || head.starts_with("version: 1\r\ndn")
}

pub(super) fn read(decoded: &Decoded, evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let mut sink = Sink::new("ad-ldif", decoded.encoding, evidence, context.limits.rows).mended(context);
    // Folded lines begin with one blank.
    let text = decoded.text.replace("\r\n", "\n").replace("\n ", "");
    let mut row = 0;
    for entry in text.split("\n\n").map(str::trim).filter(|entry| !entry.is_empty()) {
        row += 1;
        if !sink.has_room() {
            break;
        }
        let mended = sink.mend(row).map(|text| text.replace("\r\n", "\n").replace("\n ", ""));
        let entry = mended.as_deref().map_or(entry, str::trim);
        let mut attributes: Vec<(String, String)> = Vec::new();
        let mut broken = None;
        for line in entry.lines().filter(|line| !line.starts_with('#') && !line.starts_with("version:")) {
            if let Some((name, value)) = line.split_once(":: ") {
                match ldif_base64(value) {
                    Some(value) => attributes.push((name.to_owned(), value)),
                    None if name.eq_ignore_ascii_case("dn") => {
                        broken = Some(("bad-base64", format!("{name}:: is not base64")))
                    }
                    None => {}
                }
            } else if let Some((name, value)) = line.split_once(':') {
                attributes.push((name.to_owned(), value.trim().to_owned()));
            }
        }
        if broken.is_none() && !attributes.iter().any(|(name, _)| name.eq_ignore_ascii_case("dn")) {
            broken = Some(("no-name", "an entry without dn".to_owned()));
        }
        match broken {
            Some((reason, detail)) => sink.reject(row, reason, detail, entry),
            None => match ldif_machine(&attributes) {
                Ok(machine) => sink.fact(row, Fact::Machine(machine), Vec::new()),
                Err(why) => match ldif_person(&attributes) {
                    Some(person) if why == "user-account" => sink.fact(row, Fact::Person(person), Vec::new()),
                    _ => {
                        let name =
                            attributes.iter().find(|(name, _)| name == "cn").map_or("", |(_, value)| value.as_str());
                        sink.aside(row, name, why);
                    }
                },
            },
        }
    }
    Ok(sink.done())
}
