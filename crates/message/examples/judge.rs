//! Judges mails from files or a mailbox with a zone file, and prints one JSON object a line. For trying rules out.
//!
//!     cargo run -p message --example judge -- ZONE CONTEXT MAIL...

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};

use message::attachment::NoInspector;
use message::dns::Zone;
use message::mailbox::{self, Mailbox};
use message::triage::{History, Triage};
use message::world::World;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [zone, context, mails @ ..] = arguments.as_slice() else { return Err("ZONE CONTEXT MAIL...".into()) };
    let zone = Zone::parse(&std::fs::read_to_string(zone)?)?;
    let world = World::parse(&std::fs::read_to_string(context)?)?;
    let triage = Triage::new(&world, &zone, &NoInspector).map_err(ToString::to_string)?;
    let mut history = History::new();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for path in mails {
        let bytes = std::fs::read(path)?;
        let mut tell = |name: String, bytes: &[u8]| -> Result<(), Box<dyn Error>> {
            let mut verdict = triage.bytes(bytes, &history);
            verdict.file = name;
            history.note(&verdict);
            serde_json::to_writer(&mut out, &verdict)?;
            out.write_all(b"\n")?;
            Ok(())
        };
        if mailbox::is_mailbox(&bytes) {
            for (n, mail) in Mailbox::new(BufReader::with_capacity(1 << 16, File::open(path)?)).enumerate() {
                tell(format!("{path}#{}", n + 1), &mail?.bytes)?;
            }
        } else {
            tell(path.clone(), &bytes)?;
        }
    }
    Ok(())
}
