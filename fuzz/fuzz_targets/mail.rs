//! Any bytes as a mail: judged whole, words and attachments included.
#![no_main]

use libfuzzer_sys::fuzz_target;
use message::attachment::NoInspector;
use message::dns::NoDns;
use message::triage::{History, Triage};
use message::world::World;

fuzz_target!(|bytes: &[u8]| {
    let world = World::default();
    if let Ok(triage) = Triage::new(&world, &NoDns, &NoInspector) {
        let _ = triage.bytes(bytes, &History::new());
    }
});
