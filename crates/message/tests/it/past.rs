//! What came before, added last: verdicts do not depend on the order in which mails are opened.

use message::attachment::NoInspector;
use message::dns::NoDns;
use message::triage::{History, Triage, Verdict};
use message::world::World;

use crate::traps::{WORLD, mail};

fn thread() -> Vec<String> {
    let numbered = |n: usize, from: &str, subject: &str, earlier: &str, body: &str| {
        let fields = format!("Message-ID: <{n}@x.example>\nReferences: {earlier}\nFrom: ");
        mail(from, subject, body).replacen("From: ", &fields, 1)
    };
    let engaged = "Acme will verify compliance. We have engaged Hall & Finch LLP, an independent firm of accountants.";
    vec![
        numbered(1, "Ada <ada@acme.example>", "Notice of verification", "", engaged),
        numbered(2, "Finch <a@hall-finch.example>", "Re: Notice", "<1@x.example>", "Please send the inventory."),
        numbered(
            3,
            "Other <b@elsewhere.example>",
            "Re: Notice",
            "<1@x.example> <2@x.example>",
            "Please send the inventory.",
        ),
        numbered(4, "Ada <ada@acme.example>", "Re: Notice", "<1@x.example>", "Thank you."),
    ]
}

#[test]
fn mails_opened_in_any_order_and_concluded_in_theirs_are_judged_alike() {
    let world = World::parse(WORLD).expect("world");
    let triage = Triage::new(&world, &NoDns, &NoInspector).expect("rules");
    let mails = thread();
    let mut history = History::new();
    let alone: Vec<Verdict> = mails
        .iter()
        .map(|mail| {
            let verdict = triage.bytes(mail.as_bytes(), &history);
            history.note(&verdict);
            verdict
        })
        .collect();
    let mut opened: Vec<_> = mails.iter().rev().map(|mail| triage.open(mail.as_bytes())).collect();
    let mut past = History::new();
    let mut apart = Vec::new();
    while let Some(mail) = opened.pop() {
        let concerning = past.concerning(&mail.references());
        past.add(triage.noted(&mail));
        apart.push(triage.conclude(mail, &concerning));
    }
    assert_eq!(alone, apart);
    assert_eq!(history, past);
    let flagged: Vec<bool> = alone.iter().map(|v| v.has("new-address-in-thread")).collect();
    assert_eq!(flagged, [false, true, true, false]);
    assert_ne!(
        triage.bytes(mails[1].as_bytes(), &History::new()).identity.sender,
        alone[1].identity.sender,
        "an auditor"
    );
}

#[test]
fn a_short_answer_in_the_thread_of_a_campaign_was_told_as_talk() {
    let world = World::parse(WORLD).expect("world");
    let triage = Triage::new(&world, &NoDns, &NoInspector).expect("rules");
    let numbered = |n: usize, from: &str, earlier: &str, body: &str| {
        let fields = format!("Message-ID: <{n}@y.example>\nReferences: {earlier}\nFrom: ");
        mail(from, "Re: votre dossier", body).replacen("From: ", &fields, 1)
    };
    let invitation = "Acme nous a confié une revue de vos licences. Merci de nous adresser votre inventaire.";
    let mails = [
        numbered(1, "Ada <ada@contractor.example>", "", invitation),
        numbered(2, "Ben <ben@contractor.example>", "<1@y.example>", "Toujours rien reçu. Pouvez-vous faire vite ?"),
        numbered(3, "Ada <ada@contractor.example>", "<1@y.example>", "D'accord pour quinze jours de plus."),
        numbered(4, "Paul <paul@friend.example>", "<1@y.example>", "Bon courage."),
        numbered(5, "Ada <ada@contractor.example>", "<8@y.example>", "Bon courage."),
        numbered(6, "Ada <ada@contractor.example>", "<1@y.example>", "Je prends acte de votre refus, dossier clos."),
    ];
    let mut history = History::new();
    let verdicts = mails.map(|mail| {
        let opened = triage.open(mail.as_bytes());
        let concerning = history.concerning(&opened.references());
        history.add(triage.noted(&opened));
        triage.conclude(opened, &concerning)
    });
    let classes = verdicts.each_ref().map(|v| serde_json::to_value(v.basis.class).expect("JSON"));
    assert_eq!(
        classes,
        ["voluntary-review", "voluntary-review", "voluntary-review", "discussion", "discussion", "discussion"]
    );
    let [_, reminder, _, _, _, closed] = &verdicts;
    assert!(reminder.has("reminder") && reminder.asks == ["inventory"], "{:?} {:?}", reminder.flags, reminder.asks);
    assert_eq!(closed.identity.sender, message::triage::Sender::Contractor);
}

#[test]
fn a_reminder_that_only_offers_a_call_lost_what_its_thread_asked() {
    let world = World::parse(WORLD).expect("world");
    let triage = Triage::new(&world, &NoDns, &NoInspector).expect("rules");
    let asks = |first: &str, second: &str| {
        let numbered = |n: usize, earlier: &str, body: &str| {
            let fields = format!("Message-ID: <{n}@x.example>\nReferences: {earlier}\nFrom: ");
            mail("Acme Reviews <r@contractor.example>", "Acme review", body).replacen("From: ", &fields, 1)
        };
        let mut history = History::new();
        history.note(&triage.bytes(numbered(1, "", first).as_bytes(), &history));
        let mut asks = triage.bytes(numbered(2, "<1@x.example>", second).as_bytes(), &history).asks;
        asks.sort();
        asks
    };
    let inventory = "Please fill in the attached inventory of your Acme licences.";
    let reminder = "I have had no reply to my mail. Shall we have a short call on Friday?";
    assert_eq!(asks(inventory, reminder), ["call", "inventory"]);
    let certificate = "Please sign the attached certificate of compliance for your Acme licences.";
    assert_eq!(asks(certificate, "A gentle reminder of the below."), ["certify"]);
    let call = "Could we have a short call on your Acme licences on Thursday?";
    assert_eq!(asks(call, reminder), ["call"], "nothing else was asked");
}
