//! One great archive: its walkers, its copy, what its members gave, until it is whole.
//!
//! Each walker reads every so many batches of members. One that ends early or takes too long costs the member that it was at: its
//! batch is read again, member by member.

use super::child::{Ask, Asked, Heard, Said};
use super::copy::Copy;
use super::members::{Taking, Untaken};
use super::reading::{Finished, Progress, Reading, State, Trouble, refused, stopped};
use super::staging::copy_path;
use crate::reader::Request;
use crate::{Case, Error};
use evidence::archives::{BATCH, Batch, MemberRead, Packing, Portion};
use evidence::{Refusal, Refused};
use rusqlite::Transaction;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::Scope;
use std::time::Instant;

/// Batches that a walker may be ahead of the one that is waited for.
const AHEAD: usize = 4;
/// Members that may end their reader before the whole archive is refused: each costs a walk to its place.
const ENDED: u64 = 100;

/// A walker, and what is heard of it. The child ends with this value, and with it the thread that listens.
struct Voice {
    said: Receiver<std::io::Result<Said>>,
    _child: Asked,
}

impl Voice {
    fn next(&self, reading: &Reading<'_>) -> Result<Said, String> {
        match self.said.recv_timeout(reading.options.patience) {
            Ok(Ok(said)) => Ok(said),
            Ok(Err(error)) => Err(format!("the reading process ended early ({error})")),
            Err(RecvTimeoutError::Timeout) => Err("it took longer than one file may".to_owned()),
            Err(RecvTimeoutError::Disconnected) => Err("the reading process ended early".to_owned()),
        }
    }
}

/// What a walk needs at every step.
struct Walk<'a, 'scope, 'env> {
    reading: &'a Reading<'a>,
    scope: &'scope Scope<'scope, 'env>,
    packing: Packing,
    /// Members that have ended their reader.
    ended: u64,
}

impl Walk<'_, '_, '_> {
    fn voice(&self, portion: Portion) -> Result<Voice, Trouble> {
        let request = Request {
            name: self.reading.name.to_owned(),
            mappings: self.reading.laid.0.to_vec(),
            mends: self.reading.laid.1.to_vec(),
        };
        let ask = Ask::Members { packing: self.packing, portion };
        let (child, mut heard): (Asked, Heard) =
            Asked::over(self.reading.options, self.reading.path, &ask, &request)
                .map_err(|error| Trouble::Case(Error::Reader { detail: error.to_string() }))?;
        let (sender, said) = sync_channel(AHEAD);
        self.scope.spawn(move || {
            loop {
                let said = heard.said();
                let over = !matches!(said, Ok(Said::Begun(_) | Said::Batch(_)));
                if sender.send(said).is_err() || over {
                    break;
                }
            }
        });
        Ok(Voice { said, _child: child })
    }

    /// Every so many batches, from one on.
    fn share(&self, first: u64) -> Result<Voice, Trouble> {
        self.voice(Portion { each: BATCH, first, of: self.reading.workers() as u64, until: u64::MAX })
    }

    /// The members from one to another, one by one: whoever ends the reader, or is too slow, is refused by itself.
    fn one_by_one(
        &mut self,
        until: u64,
        take: &mut dyn FnMut(Batch) -> Result<u64, Trouble>,
        from: u64,
    ) -> Result<(), Trouble> {
        let mut at = from;
        while at < until {
            let voice = self.voice(Portion { each: 1, first: at, of: 1, until })?;
            let mut begun = None;
            while at < until {
                match voice.next(self.reading) {
                    Ok(Said::Begun(name)) => begun = Some(name),
                    Ok(Said::Batch(batch)) => {
                        at = take(batch)?;
                        begun = None;
                    }
                    Ok(Said::End(_)) => return Ok(()),
                    Ok(Said::Refused(refusal)) => return Err(refused(refusal)),
                    Err(detail) => {
                        self.ended += 1;
                        let Some(name) = begun.filter(|_| self.ended <= ENDED) else { return Err(stopped(detail)) };
                        let refusal = Refusal { reason: Refused::ReaderStopped, detail, row: None, proposal: None };
                        let alone = vec![MemberRead::refused(name, refusal)];
                        at = take(Batch { first: at, next: at + 1, anew: true, members: alone, ..Batch::default() })?;
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

impl Reading<'_> {
    pub(super) fn archive(
        &self,
        case: &mut Case,
        file: &mut File,
        before: State,
        packing: Packing,
        watch: &mut dyn FnMut(Progress),
    ) -> Result<Finished, Trouble> {
        let path = copy_path(case);
        let (mut taking, copy) = self.begin_archive(case, file, packing, before.0, &path)?;
        self.while_copied(&copy, &path, file, before, |copied| {
            self.walk(case, &mut taking, &copy, copied, before.0, watch)
        })?;
        if taking.tally().members == 0 {
            return Err(refused(Refusal {
                reason: Refused::Empty,
                detail: "the archive holds no file".to_owned(),
                row: None,
                proposal: None,
            }));
        }
        let taken_nothing = taking.tally().read == 0;
        if let Some(refusal) = taking.none_taken(case)? {
            return Err(refused(refusal));
        }
        if taken_nothing {
            // All its files are in the case already, and so is what it could give.
            let (_, hash) = copy.settle().map_err(|source| case_file(case, source))?;
            return Ok(Finished::Known(hash));
        }
        let hash = match self.keep(case, &copy)? {
            Ok(hash) => hash,
            Err(known) => return Ok(known),
        };
        let (parts, tally) = taking.finish(case, &hash, self.stamp)?;
        Ok(Finished::Archive { hash, parts, tally })
    }

    /// Begins, or goes on where an earlier run left off with the same bytes.
    fn begin_archive(
        &self,
        case: &mut Case,
        file: &mut File,
        packing: Packing,
        size: u64,
        path: &Path,
    ) -> Result<(Taking, Copy), Trouble> {
        let fail = |source| Error::File { path: path.to_owned(), source };
        if let Some((left, hash)) = self.left(case, file, size, path)?
            && let Some(taking) = Taking::resume(&left, packing, self.workers())
        {
            return Ok((taking, Copy::open(path, left.copied, hash).map_err(fail)?));
        }
        let taking = Taking::begin(case, packing, self.workers(), (self.name, size), self.stamp)?;
        Ok((taking, Copy::open(path, 0, Sha256::new()).map_err(fail)?))
    }

    fn walk(
        &self,
        case: &Case,
        taking: &mut Taking,
        copy: &Copy,
        copied: &dyn Fn() -> bool,
        size: u64,
        watch: &mut dyn FnMut(Progress),
    ) -> Result<(), Trouble> {
        let store = |source| Trouble::Case(case.store(source));
        let mut since = Instant::now();
        std::thread::scope(|scope| {
            let mut walk = Walk { reading: self, scope, packing: taking.packing(), ended: 0 };
            let workers = self.workers() as u64;
            let begun = taking.next_batch();
            // The first batch of each walker at or behind the one that is waited for.
            let first = |worker: u64| begun + (worker + workers - begun % workers) % workers;
            let mut voices: Vec<Voice> =
                (0..workers).map(|worker| walk.share(first(worker))).collect::<Result<_, _>>()?;
            let mut transaction = case.connection.unchecked_transaction().map_err(store)?;
            loop {
                let number = taking.next_batch();
                let worker = usize::try_from(number % workers).unwrap_or_default();
                let Some(voice) = voices.get_mut(worker) else { return Err(stopped("no reading process")) };
                match voice.next(self) {
                    Ok(Said::Batch(batch)) => {
                        self.take(taking, &transaction, Some(worker), batch).map_err(|untaken| untaken.of(case))?;
                    }
                    Ok(Said::End(members)) if members == taking.tally().members => break,
                    Ok(Said::Refused(refusal)) => return Err(refused(refusal)),
                    Ok(Said::End(_) | Said::Begun(_)) => {
                        return Err(stopped("a reading process gave members that do not fit together"));
                    }
                    Err(_) => {
                        let from = taking.tally().members;
                        let mut one =
                            |batch| self.take(taking, &transaction, None, batch).map_err(|untaken| untaken.of(case));
                        walk.one_by_one((number + 1).saturating_mul(BATCH), &mut one, from)?;
                        *voice = walk.share(number + workers)?;
                    }
                }
                let tally = taking.tally();
                let (bytes, rows, members) = (tally.bytes, tally.rows, Some(tally.members));
                watch(Progress::Read { bytes, rows, of: size, members });
                // What is kept must be covered by the copy, whose hash tells later that it is still the same archive; the list of a
                // zip stands at its end.
                if since.elapsed() >= self.options.settle && copied() && taking.between_batches() {
                    let settled = copy.settle().map_err(|source| case_file(case, source))?;
                    taking.mark(&transaction, settled.0, &settled.1).map_err(store)?;
                    transaction.commit().map_err(store)?;
                    transaction = case.connection.unchecked_transaction().map_err(store)?;
                    since = Instant::now();
                }
            }
            transaction.commit().map_err(store)
        })
    }

    /// Takes a batch; gives the number of the member that is waited for then.
    fn take(
        &self,
        taking: &mut Taking,
        transaction: &Transaction<'_>,
        worker: Option<usize>,
        batch: Batch,
    ) -> Result<u64, Untaken> {
        taking.take(transaction, self.known, worker, batch)?;
        Ok(taking.tally().members)
    }
}

fn case_file(case: &Case, source: std::io::Error) -> Error {
    Error::File { path: copy_path(case), source }
}
