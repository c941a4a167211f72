//! Mails, judged as a user asks for it: exit codes, shapes, languages, and what a case keeps.

use super::Place;
use std::path::{Path, PathBuf};

const ZONE: &str = "acme.example. 3600 IN TXT \"v=spf1 ip4:192.0.2.10 -all\"\n\
    _dmarc.acme.example. 3600 IN TXT \"v=DMARC1; p=reject\"\n";
const CONTEXT: &str = r#"
[world]
publisher = { name = "Acme Software", domains = ["acme.example"], contractor_prefixes = ["v-"] }
customer = { name = "Client SAS", domains = ["client.example"], authserv_ids = ["mx.client.example"] }
agreement = { number = "AC-12345", notice_days = 30 }
"#;

/// A mail that the customer's server received from `ip`.
pub(super) fn mail(ip: &str, from: &str, subject: &str, body: &str) -> String {
    let address = from.rsplit('<').next().unwrap_or_default().trim_end_matches('>');
    format!(
        "Return-Path: <{address}>\r\nReceived: from out.example (out.example [{ip}]) by mx.client.example with ESMTPS; \
         Mon, 8 Jun 2026 09:00:00 +0200\r\nFrom: {from}\r\nTo: it@client.example\r\nSubject: {subject}\r\nDate: Mon, 8 Jun 2026 \
         09:00:00 +0200\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
}

pub(super) fn place() -> Place {
    let place = Place::new();
    place.write("zone.txt", ZONE);
    place.write("context.toml", CONTEXT);
    let body = "Under section 7 of agreement AC-12345 Acme will verify compliance no sooner than thirty (30) days from this \
        notice. We have engaged Hall & Finch LLP, an independent firm of accountants.";
    place.write("notice.eml", mail("192.0.2.10", "Ada <ada@acme.example>", "Notice of verification", body));
    place.write("forged.eml", mail("203.0.113.9", "Ada <ada@acme.example>", "Notice of verification", body));
    place.write(
        "invitation.eml",
        mail(
            "198.51.100.1",
            "Acme France <audit@contractor.example>",
            "Vérification de vos licences Acme",
            "Merci de compléter l’inventaire sous huit jours.",
        ),
    );
    place
}

const OUTSIDE: &[&str] = &["--zone", "zone.txt", "--context", "context.toml"];

fn with<'a>(first: &[&'a str]) -> Vec<&'a str> {
    [first, OUTSIDE].concat()
}

#[test]
fn exit_codes_tell_harmless_beware_and_unread() {
    let place = place();
    assert_eq!(place.run(&with(&["triage", "notice.eml"])).0, 0);
    assert_eq!(place.run(&with(&["triage", "forged.eml"])).0, 1);
    assert_eq!(place.run(&with(&["triage", "invitation.eml"])).0, 1);
    let (code, _, err) = place.run(&with(&["triage", "zone.txt"]));
    assert_eq!(code, 2);
    assert_eq!(
        err,
        "quittance: zone.txt is no mail: neither header lines nor an Outlook file were found. Save the message again as .eml.\n"
    );
    assert_eq!(place.run(&with(&["triage", "absent.eml"])).0, 2);
}

#[test]
fn a_mail_of_an_unknown_sender_was_called_genuine() {
    let place = place();
    place.write(
        "unsigned.eml",
        "From: Someone <someone@example.org>\r\nTo: you@vauban.example\r\nSubject: Hello\r\nDate: Mon, 1 Jun 2026 10:00:00 +0000\r\nDKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=none; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n\r\nHello.\r\n",
    );
    let (_, out, _) = place.run(&["triage", "unsigned.eml"]);
    assert!(!out.contains("Genuine") && out.contains("Nothing shows who sent it"), "{out}");
    assert!(out.contains("The public key could not be asked for: DNS gave no answer."), "{out}");
    let (_, french, _) = place.run(&["triage", "unsigned.eml", "--lang", "fr"]);
    assert!(french.contains("La clé publique n’a pas pu être demandée : le DNS n’a pas répondu."), "{french}");
}

#[test]
fn a_contractual_claim_without_context_was_said_to_oblige_nobody() {
    let place = place();
    let (_, out, _) = place.run(&["triage", "notice.eml"]);
    assert!(out.contains("A contractual audit claimed, not shown"), "{out}");
    assert!(out.contains("depends on the contract it names") && !out.contains("Nothing obliges you"), "{out}");
}

#[test]
fn closed_books_of_a_subsidiary_were_taken_for_a_threat() {
    let place = place();
    let body = "The accounts of the subsidiary were closed without reservations.";
    place.write("books.eml", mail("192.0.2.10", "Ada <ada@acme.example>", "Year end", body));
    let json = place.json(&with(&["triage", "books.eml", "--format", "json"]));
    assert_eq!(json["basis"]["class"], "discussion", "{}", json["basis"]);
}

#[test]
fn json_has_the_documented_shape() {
    let place = place();
    let notice = place.json(&with(&["triage", "notice.eml", "--format", "json"]));
    assert_eq!(notice["identity"]["verdict"], "publisher-proven");
    assert_eq!(notice["basis"]["class"], "contractual-audit");
    assert_eq!(notice["basis"]["obliged"], true);
    assert_eq!(notice["deadlines"][0]["date"], "2026-07-08");
    assert_eq!(notice["deadlines"][0]["binding"], true);
    assert_eq!(notice["next"], "acknowledge-and-scope");
    assert!(notice["draft"].as_str().is_some_and(|d| d.contains("AC-12345") && d.contains("Hall & Finch LLP")));
    for key in ["sender", "from_domain", "dkim", "spf", "dmarc", "arc"] {
        assert!(!notice["identity"][key].is_null(), "{key}");
    }
    let several = place.json(&with(&["triage", "notice.eml", "forged.eml", "--format", "json"]));
    assert_eq!(several.as_array().map(Vec::len), Some(2));
    assert_eq!(several[1]["basis"]["class"], "scam");
    assert_eq!(several[1]["next"], "none");
}

#[test]
fn both_languages_speak_and_the_draft_follows_the_mail() {
    let place = place();
    let english = place.run(&with(&["triage", "invitation.eml"])).1;
    assert!(english.contains("Nothing in this mail obliges you to answer."), "{english}");
    assert!(english.contains("Objet : Votre message du 08/06/2026"), "the draft is in the mail’s language: {english}");
    let french = place.run(&with(&["triage", "invitation.eml", "--lang", "fr"])).1;
    assert!(french.contains("Rien dans ce message ne vous oblige à répondre."), "{french}");
    assert!(french.contains("2026-06-16 : souhait de l’expéditeur"), "{french}");
}

#[test]
fn a_page_stands_alone_and_shows_markup_as_text() {
    let place = place();
    place.write(
        "evil.eml",
        mail(
            "198.51.100.1",
            "Acme <a@contractor.example>",
            "<script>alert(1)</script> licence audit",
            "Return the inventory.",
        ),
    );
    let (_, page, _) = place.run(&with(&["triage", "evil.eml", "notice.eml", "--format", "html"]));
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(!page.contains("<script") && page.contains("&#60;script&#62;"), "{page}");
    assert_eq!(page.matches("<article").count(), 2);
    assert!(!page.contains("src=") && !page.contains("<link"), "nothing is fetched");
}

#[test]
fn a_case_keeps_bytes_answers_and_context() {
    let place = place();
    let first = place.json(&with(&["triage", "notice.eml", "--format", "json"]));
    // Neither zone nor context is told again: the case has both.
    let again = place.json(&["triage", "notice.eml", "--format", "json"]);
    assert_eq!(first, again);
    let files = place.json(&["files", "--format", "json"]);
    assert_eq!(files["files"].as_array().map(Vec::len), Some(1));
    assert_eq!(files["files"][0]["hash"], first["sha256"]);
}

#[test]
fn frozen_answers_serve_outside_a_case() {
    let place = place();
    let frozen = with(&["triage", "forged.eml", "--format", "json", "--freeze", "dns.json"]);
    let first = place.json(&frozen);
    let answers: serde_json::Value = serde_json::from_slice(&std::fs::read(place.path("dns.json")).unwrap()).unwrap();
    assert!(answers.as_array().is_some_and(|a| a.iter().all(|a| a["asked"].is_string()) && !a.is_empty()));
    let again =
        place.json(&["triage", "forged.eml", "--format", "json", "--frozen", "dns.json", "--context", "context.toml"]);
    assert_eq!(first, again);
}

#[test]
fn mailboxes_and_folders_are_read_mail_by_mail() {
    let place = place();
    let mut mailbox = String::new();
    for name in ["notice.eml", "forged.eml"] {
        let text = std::fs::read_to_string(place.path(name)).unwrap().replace("\r\n", "\n");
        mailbox.push_str(&format!("From x@y Mon Jun  8 09:00:00 2026\n{text}\n"));
        place.write(&format!("maildir/cur/{name}:2,S"), text);
    }
    place.write("box", mailbox);
    for source in ["box", "maildir"] {
        let judged = place.json(&with(&["triage", source, "--format", "json"]));
        let mut classes: Vec<&str> =
            judged.as_array().unwrap().iter().filter_map(|v| v["basis"]["class"].as_str()).collect();
        classes.sort_unstable();
        assert_eq!(classes, ["contractual-audit", "scam"], "{source}");
    }
}

/// A mailbox of several batches, with threads that run across them, an auditor whom the publisher names, and what is no mail.
fn long_mailbox() -> String {
    let mut mailbox = String::new();
    for n in 0..150 {
        let (ip, from) = match n % 5 {
            0 => ("192.0.2.10", "Ada <ada@acme.example>"),
            1 => ("198.51.100.1", "Finch <a@hall-finch.example>"),
            _ => ("198.51.100.2", "Other <b@contractor.example>"),
        };
        let body = match n % 5 {
            0 => "We have engaged Hall & Finch LLP, an independent firm of accountants, to audit your Acme licences.",
            _ => "Please return the inventory of your Acme licences within eight days.",
        };
        let earlier = n * 7 % 150;
        let fields = format!("Message-ID: <{n}@x.example>\r\nReferences: <{earlier}@x.example>\r\nFrom: ");
        let text = mail(ip, from, "Re: Acme audit", body).replacen("From: ", &fields, 1).replace("\r\n", "\n");
        mailbox.push_str(&format!("From x@y Mon Jun  8 09:00:00 2026\n{text}\n"));
        if n % 40 == 3 {
            mailbox.push_str("From x@y Mon Jun  8 09:00:00 2026\nno field in sight\n\n");
        }
    }
    mailbox
}

#[test]
fn several_children_tell_byte_for_byte_what_one_tells() {
    let place = place();
    place.write("box", long_mailbox());
    let told = |children: &str, format: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_quittance"));
        command.current_dir(place.path(".")).env("QUITTANCE_JUDGES", children).env("LANG", "en");
        command.args(with(&["triage", "box", "--format", format])).output().unwrap()
    };
    for format in ["json", "text", "html"] {
        let one = told("1", format);
        assert_eq!(one.status.code(), Some(2), "what is no mail is told");
        for children in ["2", "5"] {
            let several = told(children, format);
            assert_eq!(one.stdout, several.stdout, "{children} {format}");
            assert_eq!(one.stderr, several.stderr, "{children} {format}");
        }
    }
    let judged: serde_json::Value = serde_json::from_slice(&told("5", "json").stdout).unwrap();
    let flagged = |v: &&serde_json::Value| v["flags"].as_array().unwrap().iter().any(|f| f == "new-address-in-thread");
    let threads = judged.as_array().unwrap().iter().filter(flagged).count();
    assert!((20..150).contains(&threads), "{threads}");
}

#[test]
fn a_thread_that_was_triaged_in_an_earlier_run_was_forgotten() {
    let place = place();
    let thread = |number: &str, earlier: &str, from: &str| {
        let fields = format!("Message-ID: <{number}@x.example>\r\nReferences: {earlier}\r\nFrom: ");
        mail("198.51.100.1", from, "Re: Acme audit", "Please return the inventory.").replacen("From: ", &fields, 1)
    };
    place.write("first.eml", thread("1", "", "A <a@contractor.example>"));
    place.write("same.eml", thread("2", "<1@x.example>", "A <a@contractor.example>"));
    place.write("other.eml", thread("3", "<1@x.example>", "B <b@elsewhere.example>"));
    let flagged = |name: &str| {
        let judged = place.json(&with(&["triage", name, "--format", "json"]));
        judged["flags"].as_array().unwrap().iter().any(|f| f == "new-address-in-thread")
    };
    assert!(!flagged("other.eml"), "nothing is known of the thread yet");
    assert!(!flagged("first.eml"));
    assert!(flagged("other.eml"));
    assert!(!flagged("same.eml"));
}

#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn made() -> Option<PathBuf> {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/mail/made");
    if made.is_dir() {
        return std::fs::canonicalize(made).ok();
    }
    println!("skipped: the shared mail corpus is not beside this repository");
    None
}

#[test]
fn the_made_campaign_is_judged_through_the_confined_child() {
    let Some(made) = made() else { return };
    let place = place();
    let path = |name: &str| made.join(name).display().to_string();
    let (zone, context, mailbox) = (path("zone.txt"), path("answers.toml"), path("campaign.mbox"));
    let judged = place.json(&["triage", &mailbox, "--zone", &zone, "--context", &context, "--format", "json"]);
    let next: Vec<&str> = judged.as_array().unwrap().iter().filter_map(|v| v["next"].as_str()).collect();
    assert_eq!(
        next,
        [
            "prove-identity-and-mandate",
            "repeat-open-questions",
            "state-position-once",
            "ask-for-signed-original",
            "contest-and-ask-for-source-data"
        ]
    );
}
