//! Mails are judged in a confined child: the same program under another name for its job, without files, network or other
//! programs. The parent reads files, answers DNS questions, and prints what the child tells.

use super::tell::{self, Told};
use super::{draft, page};
use crate::exit::Failure;
use crate::text::{Language, Text};
use message::attachment::NoInspector;
use message::dns::{Answer, Dns, Frozen, FrozenAnswer, Kind, Recording};
use message::triage::{History, Triage};
use message::world::World;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::io::{BufReader, BufWriter, Error, ErrorKind, Read, Result, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// First argument under which the program judges mails, confined. Hidden: not for people.
pub(crate) const ARGUMENT: &str = "judge-mails-confined";
/// Most bytes of a frame.
const LONGEST: u64 = 1 << 28;

/// Bytes that wait at an end of the pipe.
const BUFFER: usize = 1 << 16;

/// What stays the same for all mails of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Setup {
    /// Text of the context file; empty for none.
    pub(super) context: String,
    /// Whether the reader reads French.
    pub(super) french: bool,
    /// `text`, `json` or `html`.
    pub(super) format: String,
}

/// What the child says.
#[derive(Debug, Serialize, Deserialize)]
enum Said {
    /// A DNS question; a [`FrozenAnswer`] is awaited.
    Ask { name: String, kind: Kind },
    /// A mail is judged.
    Judged(Judged),
    /// The bytes are no mail.
    NoMail,
}

/// A mail, judged and put into words.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Judged {
    /// The report in the format that was asked for.
    pub(super) body: String,
    /// Whether there is something to beware of.
    pub(super) beware: bool,
    /// Class, as a stable code.
    pub(super) class: String,
}

fn send(output: &mut dyn Write, bytes: &[u8]) -> Result<()> {
    output.write_all(&(bytes.len() as u64).to_le_bytes())?;
    output.write_all(bytes)
}

fn say(output: &mut dyn Write, value: &impl Serialize) -> Result<()> {
    send(output, &serde_json::to_vec(value)?)?;
    output.flush()
}

/// The next frame; `None` at the end. It grows with what really arrives: a claimed length reserves nothing.
fn receive(input: &mut dyn Read) -> Result<Option<Vec<u8>>> {
    let mut length = [0_u8; 8];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u64::from_le_bytes(length);
    if length > LONGEST {
        return Err(Error::new(ErrorKind::InvalidData, "a frame that is too long"));
    }
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(Some(bytes)) }
}

fn hear<T: DeserializeOwned>(input: &mut dyn Read) -> Result<T> {
    let bytes = receive(input)?.ok_or(ErrorKind::UnexpectedEof)?;
    Ok(serde_json::from_slice(&bytes)?)
}

/// The child's DNS: whoever sits at the other end of the pipe.
struct Parent<'p> {
    pipes: RefCell<(&'p mut dyn Read, &'p mut dyn Write)>,
}

impl Dns for Parent<'_> {
    fn ask(&self, name: &str, kind: Kind) -> Answer {
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
    let parent = Recording::new(Parent { pipes: RefCell::new((input, output)) });
    let triage = Triage::new(&world, &parent, &NoInspector).map_err(|e| invalid(e.to_string()))?;
    let mut history = History::new();
    loop {
        let (name, bytes) = {
            let mut pipes = parent.inner().pipes.borrow_mut();
            let Some(name) = receive(pipes.0)? else { return Ok(()) };
            let bytes = receive(pipes.0)?.ok_or(ErrorKind::UnexpectedEof)?;
            (String::from_utf8_lossy(&name).into_owned(), bytes)
        };
        desk::mail::allow_time_for_one_more();
        let said = if readable(&bytes) {
            let mut verdict = triage.bytes(&bytes, &history);
            verdict.file = name;
            history.note(&verdict);
            let draft = draft::of(&verdict, &world);
            let told = Told { verdict, draft };
            let body = match setup.format.as_str() {
                "json" => serde_json::to_string_pretty(&told)?,
                "html" => page::article(&told, &text).map_err(|e| invalid(e.to_string()))?,
                _ => tell::report(&told.verdict, told.draft.as_deref(), &text),
            };
            Said::Judged(Judged { body, beware: told.verdict.beware(), class: tell::code(&told.verdict.basis.class) })
        } else {
            Said::NoMail
        };
        say(parent.inner().pipes.borrow_mut().1, &said)?;
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

/// A running child and the pipes to it.
pub(super) struct Judge {
    setup: Setup,
    process: Child,
    input: BufWriter<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// Why a mail was not judged.
pub(super) enum Unjudged {
    /// It is no mail.
    NoMail,
    /// The child stopped: out of memory or time, or worse. A new one has taken its place.
    Stopped,
}

fn failed(error: &Error) -> Failure {
    Failure::new("fail-reader", vec![("detail", error.to_string())])
}

impl Judge {
    /// Starts a child.
    pub(super) fn start(setup: &Setup) -> std::result::Result<Self, Failure> {
        Self::try_start(setup).map_err(|error| failed(&error))
    }

    fn try_start(setup: &Setup) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(ARGUMENT)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(ErrorKind::BrokenPipe.into());
        };
        let mut judge = Judge {
            setup: setup.clone(),
            process,
            input: BufWriter::with_capacity(BUFFER, input),
            output: BufReader::with_capacity(BUFFER, output),
        };
        let _whole: bool = hear(&mut judge.output)?;
        say(&mut judge.input, setup)?;
        Ok(judge)
    }

    /// Has a mail judged; `dns` answers what the child asks.
    pub(super) fn judge(
        &mut self,
        name: &str,
        bytes: &[u8],
        dns: &dyn Dns,
    ) -> std::result::Result<std::result::Result<Judged, Unjudged>, Failure> {
        match self.exchange(name, bytes, dns) {
            Ok(Some(judged)) => Ok(Ok(judged)),
            Ok(None) => Ok(Err(Unjudged::NoMail)),
            Err(_) => {
                // Its end is all that is wanted of the old child now.
                let _ = self.process.kill();
                let _ = self.process.wait();
                *self = Self::start(&self.setup.clone())?;
                Ok(Err(Unjudged::Stopped))
            }
        }
    }

    fn exchange(&mut self, name: &str, bytes: &[u8], dns: &dyn Dns) -> Result<Option<Judged>> {
        send(&mut self.input, name.as_bytes())?;
        send(&mut self.input, bytes)?;
        self.input.flush()?;
        loop {
            match hear::<Said>(&mut self.output)? {
                Said::Ask { name, kind } => {
                    let answer = dns.ask(&name, kind);
                    say(&mut self.input, &FrozenAnswer::new(&name, kind, &answer, ""))?;
                }
                Said::Judged(judged) => return Ok(Some(judged)),
                Said::NoMail => return Ok(None),
            }
        }
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        // A child whose input ends goes by itself; one that does not is not waited for.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
