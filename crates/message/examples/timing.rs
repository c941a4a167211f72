//! Where the time of a verdict goes: each stage over the same mails, many times.
//!
//!     cargo run --release -p message --example timing -- ZONE CONTEXT MAIL...

use std::error::Error;
use std::io::Write;
use std::time::Instant;

use message::attachment::{self, NoInspector};
use message::auth::canon::Bodies;
use message::auth::{arc, dkim};
use message::content;
use message::dns::Zone;
use message::fold::Folded;
use message::headers::RawMail;
use message::triage::identity::{self, Form};
use message::triage::{History, Triage, dates, deadlines, mentions};
use message::world::World;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [zone, context, mails @ ..] = arguments.as_slice() else { return Err("ZONE CONTEXT MAIL...".into()) };
    let zone = Zone::parse(&std::fs::read_to_string(zone)?)?;
    let world = World::parse(&std::fs::read_to_string(context)?)?;
    let mails: Vec<Vec<u8>> = mails.iter().map(std::fs::read).collect::<Result<_, _>>()?;
    let rules = message::rules::shipped()?;
    let triage = Triage::new(&world, &zone, &NoInspector)?;
    let history = History::new();
    let mut out = std::io::stdout().lock();
    let mut stage = |name: &str, each: &mut dyn FnMut(&[u8])| -> std::io::Result<()> {
        for mail in &mails {
            each(mail);
        }
        let started = Instant::now();
        for _ in 0..3 {
            for mail in &mails {
                each(mail);
            }
        }
        let micros = started.elapsed().as_secs_f64() * 1e6 / (3.0 * mails.len() as f64);
        writeln!(out, "{name:12} {micros:8.1} us a mail")
    };
    stage("headers", &mut |b| {
        let _ = RawMail::new(b).headers().len();
    })?;
    stage("content", &mut |b| {
        let _ = content::read(&RawMail::new(b)).subject.len();
    })?;
    stage("dkim", &mut |b| {
        let mail = RawMail::new(b);
        let _ = dkim::verify(&mail, &mut Bodies::new(mail.body()), None, &zone).len();
    })?;
    stage("arc", &mut |b| {
        let mail = RawMail::new(b);
        let _ = arc::verify(&mail, &mut Bodies::new(mail.body()), &zone);
    })?;
    stage("attachments", &mut |b| {
        for part in &content::read(&RawMail::new(b)).parts {
            let _ = attachment::examine(&part.name, &part.declared, &part.bytes, &NoInspector);
        }
    })?;
    let fold = |b: &[u8]| Folded::new(content::read(&RawMail::new(b)).seen().to_owned());
    stage("fold", &mut |b| {
        let _ = fold(b).bytes().len();
    })?;
    stage("phrases", &mut |b| {
        let _ = rules.find(&fold(b)).len();
    })?;
    stage("mentions", &mut |b| {
        let _ = mentions::read(&fold(b));
    })?;
    stage("deadlines", &mut |b| {
        let _ = deadlines::read(&fold(b), jiff::civil::date(2026, 3, 2), dates::Order::DayMonth);
    })?;
    stage("checks", &mut |b| {
        let mail = RawMail::new(b);
        let _ = identity::check(&mail, &content::read(&mail), Form::Bytes, &world, &zone).proven();
    })?;
    stage("whole", &mut |b| {
        let _ = triage.bytes(b, &history);
    })?;
    Ok(())
}
