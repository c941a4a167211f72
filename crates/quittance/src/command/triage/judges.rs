//! Several children judge at once, one for each core, and what comes out is what one alone would give: in the order of the
//! mails, byte for byte.
//!
//! Mails go out in batches, each to the next child that is free. All that takes time in a verdict does not depend on other
//! mails. What does - who wrote earlier in a thread, whom the publisher named as its auditor - is added by turns: a batch waits
//! until every batch before it has told what it adds to the past. Batches are cut by number and size alone, never by who is
//! free, and no more of them are under way than a few for each child, so that a mailbox may be of any size.

use super::input::Mail;
use super::judge::{Fate, Judge};
use super::wire::{Opened, Setup};
use crate::exit::Failure;
use message::dns::Dns;
use message::triage::History;
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Scope, available_parallelism};

/// Mails of a batch.
const MAILS: usize = 32;
/// Bytes of a batch; a larger mail is a batch by itself.
const BYTES: usize = 1 << 20;
/// Children at most: more would wait for the parent.
const CHILDREN: usize = 32;
/// Batches under way for each child: one at work, one that waits for it, one whose turn to be told has not come.
const UNDER_WAY: u64 = 3;

/// Where mails go as they are read.
pub(super) type Take<'t> = &'t mut dyn FnMut(Mail) -> Result<(), Failure>;

/// Where mails go with what became of them, in their order.
pub(super) type Tell<'t> = &'t mut dyn FnMut(Mail, Fate) -> Result<(), Failure>;

struct Batch {
    number: u64,
    mails: Vec<Mail>,
}

struct Done {
    number: u64,
    fates: Vec<(Mail, Fate)>,
}

/// The past, and whose turn it is to add to it.
struct Turns {
    state: Mutex<Turn>,
    changed: Condvar,
}

struct Turn {
    number: u64,
    history: History,
    over: bool,
}

fn unpoisoned<T>(result: Result<T, PoisonError<T>>) -> T {
    // Whoever panicked held no half-made state: each change under the lock is whole.
    result.unwrap_or_else(PoisonError::into_inner)
}

fn over() -> Failure {
    Failure::new("fail-reader", vec![("detail", "another child could not be started".to_owned())])
}

impl Turns {
    fn await_turn(&self, number: u64) -> Result<MutexGuard<'_, Turn>, Failure> {
        let mut turn = unpoisoned(self.state.lock());
        while turn.number != number && !turn.over {
            turn = unpoisoned(self.changed.wait(turn));
        }
        if turn.over { Err(over()) } else { Ok(turn) }
    }

    /// What of the past concerns each mail of a batch, in its order, each adding to the past of those after it.
    fn concerning(&self, number: u64, opened: &[Option<Opened>]) -> Result<Vec<History>, Failure> {
        let mut turn = self.await_turn(number)?;
        let mut pasts = Vec::with_capacity(opened.len());
        for mail in opened {
            pasts.push(match mail {
                Some(mail) => {
                    let past = turn.history.concerning(&mail.references);
                    turn.history.add(mail.noted.clone());
                    past
                }
                None => History::new(),
            });
        }
        Ok(pasts)
    }

    fn pass_on(&self, number: u64) -> Result<(), Failure> {
        self.await_turn(number)?.number += 1;
        self.changed.notify_all();
        Ok(())
    }

    fn end(&self) {
        unpoisoned(self.state.lock()).over = true;
        self.changed.notify_all();
    }
}

/// How many children judge at once: what `QUITTANCE_JUDGES` says, else one for each core.
fn children() -> usize {
    let told = std::env::var("QUITTANCE_JUDGES").ok().and_then(|n| n.parse().ok());
    told.or_else(|| available_parallelism().ok().map(usize::from)).unwrap_or(1).clamp(1, CHILDREN)
}

/// A child's thread: judges batches until there are none.
fn work(
    setup: &Setup,
    dns: &(dyn Dns + Sync),
    turns: &Turns,
    jobs: &Mutex<Receiver<Batch>>,
    done: &Sender<Result<Done, Failure>>,
) {
    let mut judge: Option<Judge> = None;
    loop {
        let Ok(Batch { number, mails }) = unpoisoned(jobs.lock()).recv() else { return };
        let result = one(setup, dns, turns, &mut judge, number, &mails);
        let failed = result.is_err();
        if failed {
            turns.end();
        }
        let told = result.map(|fates| Done { number, fates: mails.into_iter().zip(fates).collect() });
        if done.send(told).is_err() || failed {
            return;
        }
    }
}

fn one(
    setup: &Setup,
    dns: &(dyn Dns + Sync),
    turns: &Turns,
    judge: &mut Option<Judge>,
    number: u64,
    mails: &[Mail],
) -> Result<Vec<Fate>, Failure> {
    let judge = match judge {
        Some(judge) => judge,
        none => none.insert(Judge::start(setup)?),
    };
    let mut left = mails.len();
    let fates = judge.judge(mails, dns, &mut |opened| {
        let pasts = turns.concerning(number, opened)?;
        left = left.saturating_sub(opened.len());
        if left == 0 {
            // The next batch need not wait for the reports of this one.
            turns.pass_on(number)?;
        }
        Ok(pasts)
    })?;
    if left > 0 {
        // Mails that stopped their child have told nothing.
        turns.pass_on(number)?;
    }
    Ok(fates)
}

/// What is under way, seen from the one who reads and tells.
struct Run<'s, 'e> {
    scope: &'s Scope<'s, 'e>,
    start: &'e (dyn Fn() + Sync),
    children: usize,
    jobs: Sender<Batch>,
    done: Receiver<Result<Done, Failure>>,
    waiting: BTreeMap<u64, Done>,
    sent: u64,
    told: u64,
    mails: Vec<Mail>,
    bytes: usize,
}

impl Run<'_, '_> {
    fn take(&mut self, mail: Mail, tell: Tell<'_>) -> Result<(), Failure> {
        if !self.mails.is_empty() && (self.mails.len() >= MAILS || self.bytes + mail.bytes.len() > BYTES) {
            self.send(tell)?;
        }
        self.bytes += mail.bytes.len();
        self.mails.push(mail);
        Ok(())
    }

    fn send(&mut self, tell: Tell<'_>) -> Result<(), Failure> {
        if self.mails.is_empty() {
            return Ok(());
        }
        let most = UNDER_WAY * self.children as u64;
        while self.sent - self.told >= most {
            self.hear(tell)?;
        }
        if self.sent < self.children as u64 {
            // A child is started with the first batch that it can take: one mail needs one.
            let start = self.start;
            self.scope.spawn(start);
        }
        let batch = Batch { number: self.sent, mails: std::mem::take(&mut self.mails) };
        self.jobs.send(batch).map_err(|_| over())?;
        self.bytes = 0;
        self.sent += 1;
        Ok(())
    }

    /// Waits for a batch, and tells all whose turn it is.
    fn hear(&mut self, tell: Tell<'_>) -> Result<(), Failure> {
        let done = self.done.recv().map_err(|_| over())??;
        self.waiting.insert(done.number, done);
        while let Some(done) = self.waiting.remove(&self.told) {
            self.told += 1;
            done.fates.into_iter().try_for_each(|(mail, fate)| tell(mail, fate))?;
        }
        Ok(())
    }
}

/// Judges all mails that `read` hands over, after the past in `history`, and tells what became of each, in their order.
///
/// # Errors
/// What `read` and `tell` give, or a child that cannot be started.
pub(super) fn judge(
    setup: &Setup,
    dns: &(dyn Dns + Sync),
    history: History,
    read: &dyn Fn(Take<'_>) -> Result<(), Failure>,
    tell: Tell<'_>,
) -> Result<(), Failure> {
    let turns = Turns { state: Mutex::new(Turn { number: 0, history, over: false }), changed: Condvar::new() };
    let (jobs, open_jobs) = channel();
    let open_jobs = Mutex::new(open_jobs);
    let (tell_done, done) = channel();
    let start = || work(setup, dns, &turns, &open_jobs, &tell_done);
    std::thread::scope(|scope| {
        let mut run = Run {
            scope,
            start: &start,
            children: children(),
            jobs,
            done,
            waiting: BTreeMap::new(),
            sent: 0,
            told: 0,
            mails: Vec::new(),
            bytes: 0,
        };
        let result = read(&mut |mail| run.take(mail, tell)).and_then(|()| {
            run.send(tell)?;
            while run.told < run.sent {
                run.hear(tell)?;
            }
            Ok(())
        });
        if result.is_err() {
            turns.end();
        }
        // With the run goes the way for jobs, and the children's threads end.
        drop(run);
        result
    })
}
