//! One child that judges mails, seen from the parent.

use super::confined::ARGUMENT;
use super::input::Mail;
use super::wire::{BUFFER, Head, Opened, Said, Setup, awaited, hear, say, send};
use crate::exit::Failure;
use message::dns::{Dns, FrozenAnswer};
use message::triage::{History, Noted};
use std::io::{BufReader, BufWriter, Error, ErrorKind, Result, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What a child's C library is told: keep up to 64 MB that are free for the next mail, and take blocks under 4 MB from there. By
/// itself it gives the room of each larger mail back to the system, and is given it again, page by page.
const MEMORY: &str = "glibc.malloc.trim_threshold=67108864:glibc.malloc.mmap_threshold=4194304";

/// A mail, judged and put into words.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    /// The report in the format that was asked for.
    pub(super) body: String,
    /// Whether there is something to beware of.
    pub(super) beware: bool,
    /// Class, as a stable code.
    pub(super) class: String,
    /// What the mail adds to the past of the case.
    pub(super) noted: Noted,
}

/// Why a mail was not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unjudged {
    /// It is no mail.
    NoMail,
    /// The child stopped: out of memory or time, or worse. A new one has taken its place.
    Stopped,
}

/// What became of a mail.
pub(super) type Fate = std::result::Result<Judged, Unjudged>;

/// Gives what of the past concerns each mail opened, and takes into the past what they add. Asked once for each mail, and in
/// the order of the mails.
pub(super) type Past<'p> = &'p mut dyn FnMut(&[Option<Opened>]) -> std::result::Result<Vec<History>, Failure>;

/// A running child and the pipes to it.
pub(super) struct Judge {
    setup: Setup,
    process: Child,
    input: BufWriter<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Judge {
    /// Starts a child.
    pub(super) fn start(setup: &Setup) -> std::result::Result<Self, Failure> {
        Self::try_start(setup).map_err(|error| Failure::new("fail-reader", vec![("detail", error.to_string())]))
    }

    fn try_start(setup: &Setup) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(ARGUMENT)
            .env_clear()
            .env("GLIBC_TUNABLES", MEMORY)
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

    /// Has mails judged; `dns` answers what the child asks. A mail that ends its child is told by itself: the others of its
    /// batch are then judged one by one.
    pub(super) fn judge(
        &mut self,
        mails: &[Mail],
        dns: &dyn Dns,
        past: Past<'_>,
    ) -> std::result::Result<Vec<Fate>, Failure> {
        let opened = match self.open(mails, dns) {
            Ok(opened) => opened,
            Err(_) => {
                self.replace()?;
                return mails.iter().map(|mail| self.alone(mail, dns, past)).collect();
            }
        };
        let pasts = past(&opened)?;
        if let Ok(fates) = self.conclude(opened, &pasts) {
            return Ok(fates);
        }
        self.replace()?;
        let each = mails.iter().zip(&pasts);
        each.map(|(mail, concerning)| self.alone(mail, dns, &mut |_| Ok(vec![concerning.clone()]))).collect()
    }

    fn alone(&mut self, mail: &Mail, dns: &dyn Dns, past: Past<'_>) -> std::result::Result<Fate, Failure> {
        let Ok(opened) = self.open(std::slice::from_ref(mail), dns) else {
            self.replace()?;
            return Ok(Err(Unjudged::Stopped));
        };
        let pasts = past(&opened)?;
        match self.conclude(opened, &pasts).map(|fates| fates.into_iter().next()) {
            Ok(Some(fate)) => Ok(fate),
            Ok(None) | Err(_) => {
                self.replace()?;
                Ok(Err(Unjudged::Stopped))
            }
        }
    }

    fn open(&mut self, mails: &[Mail], dns: &dyn Dns) -> Result<Vec<Option<Opened>>> {
        let names: Vec<&str> = mails.iter().map(|m| m.name.as_str()).collect();
        send(&mut self.input, &serde_json::to_vec(&names)?)?;
        for mail in mails {
            send(&mut self.input, &mail.bytes)?;
        }
        self.input.flush()?;
        loop {
            match hear::<Said>(&mut self.output)? {
                Said::Ask { name, kind } => {
                    let answer = dns.ask(&name, kind);
                    say(&mut self.input, &FrozenAnswer::new(&name, kind, &answer, ""))?;
                }
                Said::Opened(opened) if opened.len() == mails.len() => return Ok(opened),
                Said::Opened(_) => return Err(ErrorKind::InvalidData.into()),
            }
        }
    }

    fn conclude(&mut self, opened: Vec<Option<Opened>>, pasts: &[History]) -> Result<Vec<Fate>> {
        say(&mut self.input, &pasts)?;
        let mut fates = Vec::with_capacity(opened.len());
        for mail in opened {
            fates.push(match mail {
                Some(Opened { noted, .. }) => {
                    let Head { beware, class } = hear(&mut self.output)?;
                    let body = String::from_utf8(awaited(&mut self.output)?);
                    let body = body.map_err(|error| Error::new(ErrorKind::InvalidData, error))?;
                    Ok(Judged { body, beware, class, noted })
                }
                None => Err(Unjudged::NoMail),
            });
        }
        Ok(fates)
    }

    /// Ends the child, whatever it does, and starts another.
    fn replace(&mut self) -> std::result::Result<(), Failure> {
        let _ = self.process.kill();
        let _ = self.process.wait();
        *self = Self::start(&self.setup.clone())?;
        Ok(())
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        // A child whose input ends goes by itself; one that does not is not waited for.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
