//! Any bytes as an Outlook file, as compressed RTF, and as a compound file with macros.
#![no_main]

use libfuzzer_sys::fuzz_target;
use message::outlook::Outlook;
use message::{rtf, vba};

fuzz_target!(|bytes: &[u8]| {
    let _ = Outlook::read(bytes);
    if let Some(plain) = rtf::decompress(bytes) {
        let _ = rtf::text(&plain);
    }
    let _ = vba::starter(&vba::source(bytes));
});
