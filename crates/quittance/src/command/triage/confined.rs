//! Mails are judged in confined children: the same program under another name for its job, without files, network or other
//! programs. The parent reads files, answers DNS questions, knows the past, and prints what the children tell.
//!
//! A child takes a batch of mails at a time. It opens them all, which is the work, asking DNS of its parent; tells what each
//! adds to the past; is given what of the past concerns each; and gives the reports. It keeps nothing from batch to batch but
//! DNS answers, so that it does not matter which child judges which batch.

use super::attachment::Workbooks;
use super::tell::{self, Told};
use super::wire::{Head, Opened, Said, Setup, awaited, hear, receive, say, send};
use super::{draft, page};
use crate::text::{Language, Text};
use message::dns::{Answer, Dns, Frozen, FrozenAnswer, Kind};
use message::triage::{History, Triage};
use message::world::World;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Read, Result, Write};

/// First argument under which the program judges mails, confined. Hidden: not for people.
pub(crate) const ARGUMENT: &str = "judge-mails-confined";

/// DNS answers that a child keeps; with more it begins again.
const ANSWERS: usize = 20_000;

/// The child's DNS: whoever sits at the other end of the pipe, each question asked once.
struct Parent<'p> {
    pipes: RefCell<(&'p mut dyn Read, &'p mut dyn Write)>,
    known: RefCell<BTreeMap<(String, Kind), Answer>>,
}

impl Parent<'_> {
    fn really_ask(&self, name: &str, kind: Kind) -> Answer {
        let mut pipes = self.pipes.borrow_mut();
        let (input, output) = &mut *pipes;
        let asked = say(output, &Said::Ask { name: name.to_owned(), kind });
        let answer = asked.and_then(|()| hear::<FrozenAnswer>(input));
        match answer.map(|a| Frozen::new(&[a])) {
            Ok(Ok(frozen)) => frozen.ask(name, kind),
            _ => Answer::Failed,
        }
    }
}

impl Dns for Parent<'_> {
    fn ask(&self, name: &str, kind: Kind) -> Answer {
        let key = (message::dns::normal(name), kind);
        if let Some(answer) = self.known.borrow().get(&key) {
            return answer.clone();
        }
        let answer = self.really_ask(&key.0, kind);
        let mut known = self.known.borrow_mut();
        if known.len() >= ANSWERS {
            known.clear();
        }
        known.insert(key, answer.clone());
        answer
    }
}

/// The child: confines itself, then judges mails until its input ends.
///
/// # Errors
/// The pipe to the parent broke, or carried what is no request.
pub(crate) fn child(input: &mut dyn Read, output: &mut dyn Write) -> Result<()> {
    say(output, &desk::mail::confine().is_whole())?;
    let setup: Setup = hear(input)?;
    let invalid = |detail: String| Error::new(ErrorKind::InvalidData, detail);
    let world = World::parse(&setup.context).map_err(|e| invalid(e.to_string()))?;
    let text = Text::new(if setup.french { Language::French } else { Language::English });
    let parent = Parent { pipes: RefCell::new((input, output)), known: RefCell::default() };
    let inspector = Workbooks { text: &text };
    let triage = Triage::new(&world, &parent, &inspector).map_err(|e| invalid(e.to_string()))?;
    loop {
        let mut mails = Vec::new();
        {
            let mut pipes = parent.pipes.borrow_mut();
            let Some(names) = receive(pipes.0)? else { return Ok(()) };
            let names: Vec<String> = serde_json::from_slice(&names)?;
            for name in names {
                mails.push((name, awaited(pipes.0)?));
            }
        }
        let mut opened = Vec::new();
        for (name, bytes) in mails {
            desk::mail::allow_time_for_one_more();
            opened.push(readable(&bytes).then(|| (name, triage.open(&bytes))));
        }
        let told = opened.iter().map(|each| {
            let (_, mail) = each.as_ref()?;
            Some(Opened { noted: triage.noted(mail), references: mail.references() })
        });
        let told = Said::Opened(told.collect());
        let mut pipes = parent.pipes.borrow_mut();
        let (input, output) = &mut *pipes;
        say(output, &told)?;
        let pasts: Vec<History> = hear(input)?;
        if pasts.len() != opened.len() {
            return Err(invalid("a past for each mail is wanted".to_owned()));
        }
        for (mail, past) in opened.into_iter().zip(&pasts) {
            let Some((name, mail)) = mail else { continue };
            let mut verdict = triage.conclude(mail, past);
            verdict.file = name;
            let draft = draft::of(&verdict, &world);
            let told = Told { verdict, draft };
            let body = match setup.format.as_str() {
                "json" => serde_json::to_string_pretty(&told)?,
                "html" => page::article(&told, &text).map_err(|e| invalid(e.to_string()))?,
                _ => tell::report(&told.verdict, told.draft.as_deref(), &text),
            };
            let head = Head { beware: told.verdict.beware(), class: tell::code(&told.verdict.basis.class) };
            send(output, &serde_json::to_vec(&head)?)?;
            send(output, body.as_bytes())?;
        }
        output.flush()?;
    }
}

/// True when bytes are a mail at all: an Outlook file, or something that begins with header fields.
fn readable(bytes: &[u8]) -> bool {
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return message::outlook::Outlook::read(bytes).is_ok();
    }
    let mail = message::headers::RawMail::new(bytes.get(..bytes.len().min(64 << 10)).unwrap_or_default());
    mail.headers().iter().any(|h| mail.name(h).iter().all(|b| b.is_ascii_graphic()))
}
