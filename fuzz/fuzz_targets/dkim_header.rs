//! Any bytes as the signature of a mail, and as a key record.
#![no_main]

use libfuzzer_sys::fuzz_target;
use message::auth::canon::Bodies;
use message::auth::key::Key;
use message::auth::{arc, dkim};
use message::dns::{Data, Zone};
use message::headers::RawMail;

fuzz_target!(|bytes: &[u8]| {
    let _ = Key::parse(bytes);
    let mut zone = Zone::new();
    zone.add("s._domainkey.b.example", Data::Txt(bytes.to_vec()));
    for name in ["DKIM-Signature: ", "ARC-Seal: i=1; ", "ARC-Message-Signature: i=1; "] {
        let mut mail = name.as_bytes().to_vec();
        mail.extend_from_slice(bytes);
        mail.extend_from_slice(b"\r\nFrom: a@b.example\r\n\r\nx\r\n");
        let mail = RawMail::new(&mail);
        let mut bodies = Bodies::new(mail.body());
        let _ = dkim::verify(&mail, &mut bodies, Some(0), &zone);
        let _ = arc::verify(&mail, &mut bodies, &zone);
    }
});
