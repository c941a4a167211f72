//! Bytes made to hurt: bounded, never a panic, and never a reading of what was not sent.

use std::time::{Duration, Instant};

use message::attachment::NoInspector;
use message::auth::spf::Record;
use message::dns::NoDns;
use message::headers::RawMail;
use message::outlook::Outlook;
use message::triage::{History, Triage, Verdict};
use message::world::World;
use proptest::prelude::*;

use crate::corpus;

fn judge(bytes: &[u8]) -> Verdict {
    let world = World::default();
    let started = Instant::now();
    let verdict = Triage::new(&world, &NoDns, &NoInspector).expect("rules").bytes(bytes, &History::new());
    // A debug build on a busy machine: the bound is there to catch what grows with the square.
    assert!(started.elapsed() < Duration::from_secs(30), "took {:?}", started.elapsed());
    verdict
}

#[test]
fn mails_nested_a_thousand_deep_do_not_take_the_stack() {
    let mut mail = String::new();
    for n in 0..2000 {
        mail.push_str(&format!("From: a@b.example\nSubject: {n}\nContent-Type: message/rfc822\n\n"));
    }
    assert!(judge(mail.as_bytes()).left_out.contains(&"nested-too-deep"));
}

#[test]
fn parts_nested_a_thousand_deep_do_not_take_the_stack() {
    let mut mail = "From: a@b.example\nContent-Type: multipart/mixed; boundary=b0\n\n".to_owned();
    for n in 0..3000 {
        mail.push_str(&format!("--b{n}\nContent-Type: multipart/mixed; boundary=b{}\n\n", n + 1));
    }
    judge(mail.as_bytes());
}

#[test]
fn floods_are_cut_and_told() {
    let headers = format!("From: a@b.example\n{}\nx\n", "X-Flood: 1\n".repeat(20_000));
    assert!(judge(headers.as_bytes()).left_out.contains(&"too-many-headers"));
    let people: Vec<String> = (0..10_000).map(|n| format!("p{n}@b.example")).collect();
    let to = format!("From: a@b.example\nTo: {}\n\nx\n", people.join(",\n "));
    assert!(judge(to.as_bytes()).left_out.contains(&"too-many-recipients"));
    let parts = "--b\nContent-Disposition: attachment; filename=a.txt\n\nx\n".repeat(5000);
    let mail = format!("From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n");
    let verdict = judge(mail.as_bytes());
    assert!(verdict.left_out.contains(&"too-many-attachments") && verdict.attachments.len() <= 200);
    let signatures = format!(
        "{}From: a@b.example\n\nx\n",
        "DKIM-Signature: v=1; a=rsa-sha256; d=b.example; s=s; h=from; bh=eA==; b=eA==\n".repeat(500)
    );
    assert!(judge(signatures.as_bytes()).identity.dkim.len() <= 12);
}

#[test]
fn a_signature_that_names_a_thousand_fields_costs_little() {
    let names = "from:".repeat(50_000);
    let mail = format!(
        "DKIM-Signature: v=1; a=rsa-sha256; d=b.example; s=s; h={names}from; bh=eA==; b=eA==\n{}\n\nx\n",
        "From: a@b.example\n".repeat(900)
    );
    judge(mail.as_bytes());
}

#[test]
fn html_with_everything_is_only_read() {
    let html = format!(
        "<html><script src=http://x.example/a.js></script><style>{}</style>{}<form action='http://203.0.113.9/'><input type=password></form><a href='http://x.example'>{}</a>",
        "a{}".repeat(10_000),
        "<div style='display:none'>".repeat(20_000),
        "<b>".repeat(20_000)
    );
    let verdict = judge(format!("From: a@b.example\nContent-Type: text/html\n\n{html}").as_bytes());
    assert!(verdict.has("form-in-mail"));
}

#[test]
fn malformed_words_and_charsets_are_survived() {
    for subject in
        ["=?utf-8?Q?=FF=FE?=", "=?x-nope?B?////?=", "=?utf-8?B?", "=?utf-7?Q?+AAAA-?=", "=?gb2312?B?xOO6w7A=?="]
    {
        judge(format!("From: {subject} <a@b.example>\nSubject: {subject}\nContent-Type: text/plain; charset={subject}\n\n\u{ff}\n").as_bytes());
    }
    judge(b"");
    judge(b"\r\n\r\n");
    judge(b"From:\nTo:\nDate:\nSubject:\nReceived:\nAuthentication-Results:\nDKIM-Signature:\nARC-Seal:\n\n");
    judge(&[0xff; 4096]);
}

#[test]
fn every_mail_of_the_corpus_is_survived_whole_and_cut() {
    let Some(root) = corpus::mail() else { return };
    let mut folders = vec![root];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).expect("file");
            if bytes.len() > 400_000 {
                continue;
            }
            judge(&bytes);
            judge(&bytes[..bytes.len() / 2]);
            seen += 1;
        }
    }
    assert!(seen > 100);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        judge(&bytes);
        let mut outlook = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
        outlook.extend_from_slice(&bytes);
        let _ = Outlook::read(&outlook);
        let _ = message::rtf::decompress(&bytes);
        let _ = message::rtf::text(&bytes);
        let _ = message::vba::source(&bytes);
    }

    #[test]
    fn no_text_makes_the_rules_panic(text in "\\PC{0,400}") {
        judge(format!("From: Microsoft <v-a@microsoft.com>\nSubject: {}\nDate: Mon, 8 Jun 2026 09:00:00 +0200\n\n{text}\n", text.replace(['\r', '\n'], " ")).as_bytes());
    }

    #[test]
    fn no_record_makes_the_grammar_panic(record in "v=spf1 [ -~]{0,80}") {
        let _ = Record::parse(record.as_bytes());
    }

    #[test]
    fn line_ends_change_nothing(lines in proptest::collection::vec("[ -~]{0,30}", 0..20)) {
        let lf = lines.join("\n");
        let crlf = lines.join("\r\n");
        prop_assert_eq!(RawMail::new(lf.as_bytes()).bytes().to_vec(), RawMail::new(crlf.as_bytes()).bytes().to_vec());
    }
}
