//! Declared facts in TOML, in the words of the case book: what no tool exports.

use crate::Context;
use crate::reading::{Reading, Refusal, Refused, Sink};
use crate::text::Decoded;
use licensing::deployments::Estate;
use licensing::facts::Fact;

const TABLES: [&str; 8] =
    ["[[server]]", "[[vm]]", "[[device]]", "[[user]]", "[[install]]", "[[access]]", "[[entitlement]]", "[[audit]]"];

/// Whether the text has a table of the case book.
pub(super) fn is_declared(head: &str) -> bool {
    head.lines().take(2_000).any(|line| TABLES.contains(&line.trim()))
}

/// One record is one row.
pub(super) fn read(decoded: &Decoded, evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let (estate, unread) = licensing::casebook::parse_facts(&decoded.text)
        .map_err(|error| Refusal::new(Refused::Malformed, error.to_string()))?;
    let mut sink = Sink::new("declared-facts", decoded.encoding, evidence, context.limits.rows);
    for key in &unread {
        sink.note("unknown-key", key.clone());
    }
    let mut row = 0;
    let mut declare = |sink: &mut Sink, estate: Estate| {
        row += 1;
        sink.fact(row, Fact::Declared(Box::new(estate)), Vec::new());
    };
    for server in estate.servers {
        declare(&mut sink, Estate { servers: vec![server], ..Estate::default() });
    }
    for vm in estate.vms {
        declare(&mut sink, Estate { vms: vec![vm], ..Estate::default() });
    }
    for device in estate.devices {
        declare(&mut sink, Estate { devices: vec![device], ..Estate::default() });
    }
    for user in estate.users {
        declare(&mut sink, Estate { users: vec![user], ..Estate::default() });
    }
    for install in estate.installs {
        declare(&mut sink, Estate { installs: vec![install], ..Estate::default() });
    }
    for access in estate.accesses {
        declare(&mut sink, Estate { accesses: vec![access], ..Estate::default() });
    }
    for entitlement in estate.entitlements {
        declare(&mut sink, Estate { entitlements: vec![entitlement], ..Estate::default() });
    }
    for audit in estate.audits {
        declare(&mut sink, Estate { audits: vec![audit], ..Estate::default() });
    }
    if sink.is_empty() {
        sink.aside(1, "", "declaration-without-licence-facts");
    }
    Ok(sink.done())
}
