//! Traps that real mails set for verifiers and for rules: each a test.

use jiff::civil::date;
use message::attachment::{self, NoInspector};
use message::auth::received;
use message::auth::results;
use message::dns::{Answer, Data, Dns, Frozen, Kind, NoDns, Recording, Zone};
use message::domain::{self, Likeness};
use message::fold::Folded;
use message::triage::dates::{self, Unit};
use message::triage::deadlines::{self, Deadline};
use message::triage::{Class, History, Standing, Triage, Verdict};
use message::world::World;

use crate::corpus;

pub(crate) const WORLD: &str = r#"
[world]
publisher = { name = "Acme Software", domains = ["acme.example"], contractor_prefixes = ["v-"] }
customer = { name = "Client", domains = ["client.example"], authserv_ids = ["mx.client.example"] }
agreement = { number = "AC-12345", notice_days = 30 }
"#;

pub(crate) fn judge(mail: &str) -> Verdict {
    let world = World::parse(WORLD).expect("world");
    Triage::new(&world, &NoDns, &NoInspector).expect("rules").bytes(mail.as_bytes(), &History::new())
}

/// A mail that one's own server saw pass.
pub(crate) fn mail(from: &str, subject: &str, body: &str) -> String {
    let address = from.rsplit('<').next().unwrap_or_default().trim_end_matches('>');
    let domain = address.rsplit('@').next().unwrap_or_default();
    format!(
        "Authentication-Results: mx.client.example; spf=pass smtp.mailfrom={address}; dmarc=pass header.from={domain}\n\
         Received: from out.{domain} (out.{domain} [192.0.2.1]) by mx.client.example with ESMTPS; Mon, 8 Jun 2026 09:00:00 +0200\n\
         From: {from}\nTo: it@client.example\nSubject: {subject}\nDate: Mon, 8 Jun 2026 09:00:00 +0200\n\
         Content-Type: text/plain; charset=utf-8\n\n{body}\n"
    )
}

fn read(text: &str) -> Vec<Deadline> {
    let text = Folded::new(text.to_owned());
    deadlines::read(&text, date(2026, 6, 8), deadlines::order(&text, 2)).deadlines
}

#[test]
fn periods_count_calendar_days_unless_the_text_says_otherwise() {
    for (text, day, said) in [
        ("Merci de répondre sous huit jours.", "2026-06-16", "sous huit jours"),
        ("Merci de répondre sous huitaine.", "2026-06-16", "sous huitaine"),
        ("Merci de répondre sous quinzaine.", "2026-06-23", "sous quinzaine"),
        ("Merci de répondre dans un délai de 30 jours.", "2026-07-08", "dans un délai de 30 jours"),
        ("Merci de répondre d’ici deux semaines.", "2026-06-22", "d’ici deux semaines"),
        ("Merci de répondre sous 5 jours ouvrés.", "2026-06-15", "sous 5 jours ouvrés"),
        ("Merci de répondre sous un mois.", "2026-07-08", "sous un mois"),
        ("Please reply within thirty (30) days.", "2026-07-08", "within thirty (30) days"),
        ("Please reply within 10 business days.", "2026-06-22", "within 10 business days"),
        ("Merci de votre retour pour le 30/06/2026.", "2026-06-30", "pour le 30/06/2026"),
        ("Merci de votre retour au plus tard le 1er juillet.", "2026-07-01", "au plus tard le 1er juillet"),
        ("Please respond by June 30, 2026.", "2026-06-30", "by June 30, 2026"),
        ("Please respond no later than 30 June 2026 at 5 pm.", "2026-06-30", "no later than 30 June 2026 at 5 pm"),
        ("Merci de répondre avant vendredi.", "2026-06-12", "avant vendredi"),
    ] {
        let found = read(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!((found[0].date.to_string().as_str(), found[0].said.as_str()), (day, said), "{text}");
        assert!(!found[0].binding, "{text}");
    }
}

#[test]
fn what_is_over_promised_or_signed_is_no_deadline() {
    for text in [
        "Votre inventaire était attendu pour le 16 mars.",
        "Nous vous répondrons sous 48 heures.",
        "We will get back to you within two days.",
        "The agreement was signed on 14 September 2022.",
        "Le contrat est valable jusqu’au 31 décembre 2027.",
    ] {
        assert!(read(text).is_empty(), "{text}: {:?}", read(text));
    }
}

#[test]
fn a_number_pair_is_read_as_its_country_writes_it() {
    let day = |text: &str, offset| {
        let text = Folded::new(text.to_owned());
        deadlines::read(&text, date(2026, 1, 5), deadlines::order(&text, offset)).deadlines[0].date.to_string()
    };
    assert_eq!(day("Merci de nous répondre avant le 03/04/2026.", -5), "2026-04-03");
    assert_eq!(day("Please send it to us before 03/04/2026.", 1), "2026-04-03");
    assert_eq!(day("Please send it to us before 03/04/2026.", -5), "2026-03-04");
    assert_eq!(day("Please send it to us before 03/25/2026.", 1), "2026-03-25");
}

#[test]
fn the_middle_of_a_month_a_quarter_a_feast_and_the_friday_after_next_were_no_days() {
    for (text, day) in [
        ("Merci de répondre avant la mi-novembre.", "2026-11-15"),
        ("Please reply by mid-July.", "2026-07-15"),
        ("Merci de répondre d’ici le milieu du mois de septembre.", "2026-09-15"),
        ("Please provide the snapshots by end of Q3.", "2026-09-30"),
        ("Please provide them before the end of the first quarter of 2027.", "2027-03-31"),
        ("Merci de répondre avant la fin du troisième trimestre.", "2026-09-30"),
        ("Merci de nous en fournir la preuve avant Noël.", "2026-12-25"),
        ("Merci de répondre avant vendredi en huit.", "2026-06-19"),
        ("Please reply by COB Friday.", "2026-06-12"),
        ("Please reply by EOD 11th December.", "2026-12-11"),
        ("We expect it no later than end of day Thursday.", "2026-06-11"),
        ("We agree to an extension of the deadline to the 8th of January 2027.", "2027-01-08"),
        ("L’échéance est reportée au 8 janvier 2027.", "2027-01-08"),
        ("Please reply inside two weeks.", "2026-06-22"),
        ("Je vous laisse quinze jours pour me répondre.", "2026-06-23"),
        ("You have ten working days in which to comment.", "2026-06-22"),
        ("Faute de réception vendredi, nous informerons l’éditeur.", "2026-06-12"),
    ] {
        let found = read(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].date.to_string(), day, "{text}");
    }
    for text in ["We could not note any receipt until today.", "As of today it has not been submitted."] {
        assert!(read(text).is_empty(), "{text}: {:?}", read(text));
    }
}

#[test]
fn french_holidays_count_where_working_days_are_meant() {
    assert!(dates::french_holiday(date(2026, 4, 6)), "Easter Monday");
    assert!(dates::french_holiday(date(2026, 5, 14)), "Ascension");
    assert!(dates::french_holiday(date(2026, 7, 14)));
    assert_eq!(dates::add(date(2026, 7, 13), 1, Unit::WorkingDays), Some(date(2026, 7, 15)));
    assert_eq!(dates::add(date(2026, 7, 13), 1, Unit::Days), Some(date(2026, 7, 14)));
    // Saturday is a "jour ouvrable" and no "jour ouvré".
    assert_eq!(dates::add(date(2026, 6, 12), 1, Unit::BusinessDays), Some(date(2026, 6, 13)));
    assert_eq!(dates::add(date(2026, 6, 12), 1, Unit::WorkingDays), Some(date(2026, 6, 15)));
}

#[test]
fn look_alikes_are_seen_and_honest_names_left_alone() {
    let like = |d: &str| domain::likeness(d, "nordwind.example");
    assert_eq!(like("xn--nrdwind-9ig.example"), Some(Likeness::SameLooks));
    assert_eq!(like("nordvvind.example"), Some(Likeness::SameLooks));
    assert_eq!(like("n0rdwind.example"), Some(Likeness::SameLooks));
    assert_eq!(like("nordwind-licences.example"), Some(Likeness::WordsAdded));
    assert_eq!(like("nordwindaudit.example"), Some(Likeness::WordsAdded));
    assert_eq!(like("nordwind.test"), Some(Likeness::OtherEnding));
    assert_eq!(like("nordwnid.example"), Some(Likeness::OneLetter));
    assert_eq!(like("norwind.example"), Some(Likeness::OneLetter));
    for honest in ["nordwind.example", "mail.nordwind.example", "verilis.example", "northwind-traders.example", ""] {
        assert_eq!(like(honest), None, "{honest}");
    }
    assert_eq!(domain::likeness("sap.test", "sap.example"), None, "short labels collide by chance");
    assert!(domain::mixes_scripts("xn--nrdwind-9ig.example"));
    assert!(!domain::mixes_scripts("xn--bcher-kva.example"), "bücher is one alphabet");
}

#[test]
fn a_fake_address_in_helo_is_not_the_sender_s() {
    let hop = received::hop(
        "from [203.0.113.1] (unknown [198.51.100.7]) by mx.client.example; Mon, 8 Jun 2026 09:00:00 +0200",
    );
    assert_eq!(hop.ip.map(|i| i.to_string()).as_deref(), Some("198.51.100.7"));
    let six =
        received::hop("from a.example (unknown [IPv6:2001:db8::1]) (using TLS) by mx.example (Postfix) with ESMTPS; x");
    assert_eq!(six.ip.map(|i| i.to_string()).as_deref(), Some("2001:db8::1"));
    for odd in ["apparently", "or is it", "from", "from (", "by ;;;", "from a ([]) by"] {
        assert_eq!(received::hop(odd).ip, None, "{odd}");
    }
}

#[test]
fn verdict_lines_are_read_as_they_are_written() {
    let line =
        results::parse("mx.example 1; dkim=pass (good (really) key) header.d=A.example header.s=\"s1\"; spf = fail")
            .expect("read");
    assert_eq!(line.server.as_deref(), Some("mx.example"));
    assert_eq!(line.of("dkim").and_then(|v| v.domain()).as_deref(), Some("a.example"));
    assert_eq!(line.of("spf").map(|v| v.result.as_str()), None, "blanks around = are outside the grammar");
    let unnamed =
        results::parse("spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=none;dmarc=bestguesspass")
            .expect("read");
    assert_eq!((unnamed.server, unnamed.verdicts.len()), (None, 3));
    assert!(results::parse("").is_none());
    assert!(results::parse("mx.example; none").is_some_and(|l| l.verdicts.is_empty()));
}

#[test]
fn only_the_own_server_s_line_on_top_counts() {
    let own =
        judge(&mail("Acme <audit@acme.example>", "Licence audit", "Please return the inventory by 30 June 2026."));
    assert_eq!(own.identity.verdict, Standing::PublisherProven);
    // The same line below the first hop was brought by the sender.
    let text = mail("Acme <audit@acme.example>", "Licence audit", "Please return the inventory by 30 June 2026.");
    let (line, rest) = text.split_once('\n').expect("a line");
    let (hop, rest) = rest.split_once('\n').expect("a hop");
    let forged = judge(&format!("{hop}\n{line}\n{rest}"));
    assert_eq!(forged.identity.verdict, Standing::Unproven);
    assert!(forged.has("untrusted-auth-results"));
}

#[test]
fn thirty_days_a_big_name_and_the_word_audit_are_worth_nothing_alone() {
    let verdict = judge(&mail(
        "Big Four Auditors <audit@bigfour.example>",
        "Acme license audit",
        "We are an independent accounting firm and will audit your Acme licences with thirty (30) days' notice.",
    ));
    assert_eq!(verdict.basis.class, Class::VoluntaryReview);
    assert!(!verdict.basis.obliged);
}

#[test]
fn a_contract_number_alone_from_a_third_party_obliges_to_nothing() {
    let verdict = judge(&mail(
        "Acme France <audit@contractor.example>",
        "Audit AC-12345",
        "Under section 7 of agreement AC-12345 you are required to return the inventory within thirty (30) days of this notice.",
    ));
    assert_eq!(verdict.basis.class, Class::VoluntaryReview);
    assert!(verdict.basis.claims_contractual_not_shown && verdict.has("contract-cited"));
    assert!(verdict.deadlines.iter().all(|d| !d.binding));
}

#[test]
fn a_calm_mail_does_not_inherit_what_it_quotes() {
    let verdict = judge(&mail(
        "Acme France <audit@contractor.example>",
        "RE: Vérification de vos licences",
        "Bonjour,\n\nMerci de votre réponse, nous en prenons note.\n\nLe 7 avril 2026, Acme France a écrit :\n> Sans retour sous 48 heures, une saisie pour contrefaçon sera engagée. Envoyez votre mot de passe.",
    ));
    for flag in ["threat", "urgency", "credential-request", "legal-words-without-basis"] {
        assert!(!verdict.has(flag), "{flag}");
    }
    assert!(verdict.deadlines.is_empty());
}

#[test]
fn what_is_not_asked_is_not_counted_as_asked() {
    let verdict = judge(&mail(
        "Acme France <audit@contractor.example>",
        "Vérification de vos licences",
        "Merci de compléter le classeur. N’indiquez aucun nom d’utilisateur. Nous ne demandons pas les clés de licence, et aucun mot de passe ne vous sera demandé.",
    ));
    assert_eq!(verdict.asks, ["inventory"]);
    assert!(!verdict.has("credential-request") && !verdict.has("asks-personal-data"));
}

#[test]
fn without_dns_the_verdict_is_that_one_cannot_tell() {
    let Some(bytes) = corpus::read("made/01-fr-invitation.eml") else { return };
    let world = World::default();
    let verdict = Triage::new(&world, &NoDns, &NoInspector).expect("rules").bytes(&bytes, &History::new());
    let got = serde_json::to_value(&verdict.identity).expect("JSON");
    assert_eq!(
        (&got["dkim"][0]["result"], &got["spf"], &got["dmarc"]),
        (&"unsure".into(), &"unsure".into(), &"unsure".into())
    );
    assert_eq!(verdict.identity.verdict, Standing::Unproven);
}

#[test]
fn frozen_answers_give_the_verdict_again() {
    let Some(bytes) = corpus::read("made/09-fr-usurpation.eml") else { return };
    let zone =
        Zone::parse(&String::from_utf8(corpus::read("made/zone.txt").expect("zone")).expect("UTF-8")).expect("zone");
    let world = World::parse(&String::from_utf8(corpus::read("made/answers.toml").expect("answers")).expect("UTF-8"))
        .expect("world");
    let recording = Recording::new(&zone);
    let first = Triage::new(&world, &recording, &NoInspector).expect("rules").bytes(&bytes, &History::new());
    let answers = recording.answers("2026-06-08T09:00:00Z");
    assert!(answers.iter().all(|a| a.asked == "2026-06-08T09:00:00Z") && answers.len() >= 3);
    let text = serde_json::to_string(&answers).expect("JSON");
    let frozen = Frozen::from_json(&text).expect("frozen");
    let again = Triage::new(&world, &frozen, &NoInspector).expect("rules").bytes(&bytes, &History::new());
    assert_eq!(first, again);
}

#[test]
fn frozen_answers_keep_every_kind_of_data() {
    let mut zone = Zone::new();
    zone.add("a.example", Data::A("192.0.2.1".parse().expect("address")));
    zone.add("a.example", Data::Aaaa("2001:db8::1".parse().expect("address")));
    zone.add("a.example", Data::Mx(10, "mx.a.example".to_owned()));
    zone.add("a.example", Data::Txt(b"v=spf1 -all".to_vec()));
    zone.add("b.example", Data::Txt(vec![0xff, 0, b'x']));
    let recording = Recording::new(&zone);
    for kind in [Kind::A, Kind::Aaaa, Kind::Mx, Kind::Txt, Kind::Ptr] {
        recording.ask("A.example.", kind);
        recording.ask("b.example", kind);
        recording.ask("c.example", kind);
    }
    let frozen = Frozen::new(&recording.answers("2026-01-01T00:00:00Z")).expect("thawed");
    for kind in [Kind::A, Kind::Aaaa, Kind::Mx, Kind::Txt, Kind::Ptr] {
        for name in ["a.example", "b.example", "c.example"] {
            assert_eq!(frozen.ask(name, kind), zone.ask(name, kind), "{name} {kind:?}");
        }
    }
    assert_eq!(frozen.ask("never.asked.example", Kind::A), Answer::Failed);
}

#[test]
fn attachments_are_told_by_their_bytes() {
    let see = |name: &str, bytes: &[u8]| attachment::examine(name, "application/octet-stream", bytes, &NoInspector);
    let page = see("facture.pdf.html", b"<html><body>x</body></html>");
    assert_eq!((page.kind.as_str(), page.marks.contains(&"double-extension".to_owned())), ("html", true));
    assert_eq!(see("invoice.pdf", b"MZ\x90\0").marks, ["executable", "name-differs-from-type"]);
    assert_eq!(see("x.docx", b"PK\x03\x04garbage").kind, "zip");
    assert_eq!(see("../../etc/passwd", b"").name, "passwd");
    assert_eq!(see("", b"").kind, "octet-stream".replace("octet-stream", "unknown"));
}

#[test]
fn an_outlook_mail_within_a_mail_is_judged_too() {
    let Some(bytes) = corpus::read("poi/58214_with_attachment.msg") else { return };
    let world = World::default();
    let verdict = Triage::new(&world, &NoDns, &NoInspector).expect("rules").bytes(&bytes, &History::new());
    assert_eq!(verdict.contains.len(), 1);
    assert!(!verdict.contains[0].subject.is_empty());
    assert!(verdict.identity.cannot_tell.contains(&"outlook-file"));
}

#[test]
fn every_header_that_a_reader_believes_is_watched() {
    for (file, flag) in [
        ("dkim_verifier/dkim/added_header-from.eml", "duplicated-header"),
        ("dkim_verifier/dkim/added_header-subject.eml", "duplicated-header"),
        ("dkim_verifier/dkim/unsigned_header-reply_to-in_domain.eml", "header-not-signed"),
    ] {
        let Some(bytes) = corpus::read(file) else { return };
        let zone = corpus::read("dkim_verifier/zone.txt").expect("zone");
        let zone = Zone::parse(&String::from_utf8_lossy(&zone)).expect("zone");
        let world = World::default();
        let verdict = Triage::new(&world, &zone, &NoInspector).expect("rules").bytes(&bytes, &History::new());
        assert!(verdict.has(flag), "{file}: {:?}", verdict.flags);
    }
}
