//! DKIM samples of other projects: each verdict as its source says.

use message::auth::canon::Bodies;
use message::auth::dkim::{self, DkimResult, Reason, Signature};
use message::auth::key::KeyError;
use message::dns::{Data, Zone};
use message::headers::RawMail;

use crate::corpus;

fn judge(bytes: &[u8], zone: &Zone) -> Vec<Signature> {
    let mail = RawMail::new(bytes);
    dkim::verify(&mail, &mut Bodies::new(mail.body()), None, zone)
}

fn verdicts(bytes: &[u8], zone: &Zone) -> Vec<(DkimResult, Option<Reason>)> {
    judge(bytes, zone).into_iter().map(|s| (s.result, s.reason)).collect()
}

/// The form of mail-auth's resources: `name record` lines, an empty line, the message.
fn with_records(bytes: &[u8]) -> (Zone, Vec<u8>) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let (records, message) = text.split_once("\n\n").expect("records, then a message");
    let mut zone = Zone::new();
    for line in records.lines() {
        let (name, record) = line.split_once(' ').expect("name and record");
        zone.add(name, Data::Txt(record.as_bytes().to_vec()));
    }
    (zone, message.as_bytes().to_vec())
}

#[test]
fn mail_auth_samples_pass() {
    for name in ["001", "002", "003", "005"] {
        let Some(bytes) = corpus::read(&format!("mail-auth/dkim/{name}.txt")) else { return };
        let (zone, message) = with_records(&bytes);
        let got = verdicts(&message, &zone);
        assert!(!got.is_empty(), "{name}");
        assert!(got.iter().all(|(r, _)| *r == DkimResult::Pass), "{name}: {got:?}");
    }
}

#[test]
fn a_real_list_keeps_its_seal_and_breaks_the_author_s_signature() {
    let Some(bytes) = corpus::read("mail-auth/arc/001.txt") else { return };
    let (zone, message) = with_records(&bytes);
    let mail = RawMail::new(&message);
    let mut bodies = Bodies::new(mail.body());
    assert_eq!(message::auth::arc::verify(&mail, &mut bodies, &zone).result.word(), "pass");
    for signature in dkim::verify(&mail, &mut bodies, None, &zone) {
        if signature.d == "stalw.art" {
            assert_eq!((signature.result, signature.reason), (DkimResult::Fail, Some(Reason::BodyChanged)));
        } else {
            assert_eq!(signature.result, DkimResult::Pass, "{signature:?}");
        }
    }
}

#[test]
fn rfc_6376_example_passes_with_any_line_ends() {
    let Some(zone) = corpus::read("dkim_verifier/zone.txt") else { return };
    let zone = Zone::parse(&String::from_utf8_lossy(&zone)).expect("zone");
    let Some(bytes) = corpus::read("dkim_verifier/rfc6376-A.2.eml") else { return };
    let lf: Vec<u8> = bytes.iter().copied().filter(|b| *b != b'\r').collect();
    let crlf = message::headers::with_crlf(&lf).into_owned();
    for form in [&bytes, &lf, &crlf] {
        assert_eq!(verdicts(form, &zone), [(DkimResult::Pass, None)]);
    }
}

#[test]
fn dkim_verifier_samples_are_as_their_source_says() {
    use DkimResult::{Fail, Pass};
    let Some(zone) = corpus::read("dkim_verifier/zone.txt") else { return };
    let zone = Zone::parse(&String::from_utf8_lossy(&zone)).expect("zone");
    for (name, wanted) in [
        ("rfc6376-A.2-body_modified.eml", vec![(Fail, Some(Reason::BodyChanged))]),
        ("rfc8463-A.3.eml", vec![(Pass, None), (Pass, None)]),
        // Fields added after signing do not break a signature; what the triage says of them is tested elsewhere.
        ("dkim/added_header-from.eml", vec![(Pass, None)]),
        ("dkim/added_header-subject.eml", vec![(Pass, None)]),
        ("dkim/unsigned_header-content-type.eml", vec![(Pass, None)]),
        ("dkim/unsigned_header-reply_to-in_domain.eml", vec![(Pass, None)]),
        ("dkim/unsigned_header-reply_to-not_in_domain.eml", vec![(Pass, None)]),
        ("dkim/alignment-from_not_in_auid.eml", vec![(Pass, None)]),
        ("dkim/alignment-from_not_in_sdid.eml", vec![(Pass, None)]),
        ("dkim/alignment-signed_by_parent_domain.eml", vec![(Pass, None)]),
        ("dkim/flags_s-auid_and_sdid_match.eml", vec![(Pass, None)]),
        ("dkim/header_with_non_ascii_char.eml", vec![(Pass, None)]),
        ("dkim/time-received_after_creation.eml", vec![(Pass, None)]),
        ("dkim/time-received_briefly_before_creation.eml", vec![(Pass, None)]),
    ] {
        let bytes = corpus::read(&format!("dkim_verifier/{name}")).expect("in the corpus");
        assert_eq!(verdicts(&bytes, &zone), wanted, "{name}");
    }
}

#[test]
fn dkimpy_samples_are_as_their_source_says() {
    let Some(signed) = corpus::read("dkimpy/rfc6376.signed.msg") else { return };
    let record = |file: &str| corpus::read(&format!("dkimpy/{file}")).expect("in the corpus");
    let mut zone = Zone::new();
    zone.add("test._domainkey.football.example.com", Data::Txt(record("test.txt").trim_ascii().to_vec()));
    let ed25519 = record("ed25519test.dns").trim_ascii().to_vec();
    zone.add(
        "brisbane._domainkey.football.example.com",
        Data::Txt(b"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=".to_vec()),
    );
    for (name, bytes) in [("rfc6376.signed.msg", signed), ("rfc6376.signed.rsa.msg", record("rfc6376.signed.rsa.msg"))]
    {
        let got = judge(&bytes, &zone);
        assert!(got.iter().all(|s| s.result == DkimResult::Pass) && !got.is_empty(), "{name}: {got:?}");
    }
    let mut broken = Zone::new();
    for (selector, file, error) in
        [("bad", "badversion.txt", KeyError::Invalid), ("badk", "badk.txt", KeyError::Invalid)]
    {
        broken.add(&format!("{selector}._domainkey.example.com"), Data::Txt(record(file).trim_ascii().to_vec()));
        assert_eq!(message::auth::key::fetch(selector, "example.com", &broken), Err(error), "{file}");
    }
    let mut own = Zone::new();
    own.add("t._domainkey.example.com", Data::Txt(ed25519));
    assert!(message::auth::key::fetch("t", "example.com", &own).is_ok());
    for unsigned in ["rfc6376.msg", "test.message", "test_nofrom.message"] {
        assert!(judge(&record(unsigned), &zone).is_empty(), "{unsigned}");
    }
}
