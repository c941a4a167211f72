//! Archives of any size: walked through member by member, never held whole. Each member is read by itself, as it would be outside of
//! the archive; what it gives leaves in [`Batch`]es, in which titles stand once for many rows.
//!
//! Several walkers may share an archive: each takes some of the batches, by their numbers, and passes over the others.

mod batch;
mod walk;

pub use batch::{Batch, MemberRead, MemberTold, Run};
pub use walk::{Packing, has_mark, packing};

use crate::reading::{Refusal, Refused};
use crate::{Context, Member, fingerprint, open};
use licensing::facts::Title;
use serde::{Deserialize, Serialize};
use std::io::{Read, Seek};
use walk::{Found, Stop};

/// Members of a batch.
pub const BATCH: u64 = 16;
/// Members of an archive that is walked through, at most: their names are remembered.
pub const MEMBERS: u64 = 4_000_000;

/// Which members a walker reads. Members are counted from 0; folders and links may count too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portion {
    /// Members of a batch.
    pub each: u64,
    /// The first batch.
    pub first: u64,
    /// From there every so many batches.
    pub of: u64,
    /// The member before which the walk ends, should the archive not end before.
    pub until: u64,
}

impl Portion {
    fn batch(&self, member: u64) -> u64 {
        member / self.each.max(1)
    }

    /// Whether a batch is this walker's.
    fn takes(&self, batch: u64) -> bool {
        batch.checked_sub(self.first).is_some_and(|on| on % self.of.max(1) == 0)
    }
}

/// What a walker gives.
#[derive(Debug)]
pub enum Given {
    /// The member of this name is begun. What follows may be its last word.
    Begun(String),
    /// A batch is whole.
    Batch(Batch),
    /// The archive has so many members.
    End(u64),
}

/// Walks through an archive called `name` and gives the batches of `portion`, in their order.
///
/// # Errors
/// A refusal of the whole archive: it is broken, or beyond bounds. `Err(None)`: `give` did not want more.
pub fn read(
    name: &str,
    file: impl Read + Seek,
    packing: Packing,
    portion: &Portion,
    context: &Context,
    give: &mut dyn FnMut(Given) -> bool,
) -> Result<(), Option<Refusal>> {
    let mut encoder = batch::Encoder::default();
    let mut making: Option<(u64, Batch)> = None;
    let span = (portion.first.saturating_mul(portion.each), portion.until);
    let wanted = |member: u64| portion.takes(portion.batch(member));
    let walked = walk::walk(file, packing, &context.limits, span, &wanted, &mut |index, bytes, found| {
        let number = portion.batch(index);
        if let Some((_, whole)) = making.take_if(|(of, _)| *of != number)
            && !give(Given::Batch(whole))
        {
            return Err(Stop::Enough);
        }
        let (_, batch) = making.get_or_insert_with(|| (number, encoder.begin(number.saturating_mul(portion.each))));
        match found {
            Found::Folder => {}
            Found::Refused(name, refusal) => batch.members.push(MemberRead::refused(name, refusal)),
            Found::Member(member) => {
                if !give(Given::Begun(member.name.clone())) {
                    return Err(Stop::Enough);
                }
                for each in open::unpack(member, &context.limits) {
                    batch.members.push(member_read(name, each, context, &mut encoder, &mut batch.new_titles));
                }
            }
        }
        batch.next = index.saturating_add(1);
        batch.bytes = bytes;
        Ok(())
    });
    let members = match walked {
        Ok(members) => members,
        Err(Stop::Enough) => return Err(None),
        Err(Stop::Refused(refusal)) => return Err(Some(refusal)),
    };
    let last = making.map(|(_, batch)| Given::Batch(batch));
    let told = last.into_iter().chain([Given::End(members)]).all(give);
    if told { Ok(()) } else { Err(None) }
}

fn member_read(
    archive: &str,
    member: Member,
    context: &Context,
    encoder: &mut batch::Encoder,
    new_titles: &mut Vec<Title>,
) -> MemberRead {
    let Member { name, bytes } = member;
    let outcome = crate::read(&format!("{archive}/{name}"), &bytes, context);
    MemberRead { name, hash: fingerprint(&bytes), outcome: outcome.map(|reading| encoder.told(reading, new_titles)) }
}

fn broken(error: impl std::fmt::Display) -> Refusal {
    Refusal::new(Refused::Malformed, format!("the archive is broken: {error}"))
}

fn too_many() -> Refusal {
    Refusal::new(Refused::TooLarge, format!("more than {MEMBERS} members"))
}
