//! Reading foreign bytes in a confined child process.
//!
//! The program starts itself again with [`CHILD_ARGUMENT`]; the child gives up files, network and other programs, receives a
//! file's name and bytes over its standard input, and sends back facts and rejects. A few children serve a whole batch. A
//! child that crashes, runs out of memory or time costs one file, with its reason; the batch goes on with a new child.
//!
//! The parent believes nothing of a child but the content: where facts come from is written by the parent.

mod confine;
mod pool;
mod protocol;

pub use confine::Confinement;
pub use pool::{Outcome, Read, ReaderOptions};
pub use protocol::Part;

pub(crate) use confine::{allow_time_for_one_more as allow_this_process_more_time, confine as confine_this_process};
pub(crate) use pool::{Job, Report, Shared, read_all};
pub(crate) use protocol::{Request, receive, receive_bytes, send, send_bytes};

use evidence::{Context, Limits, Member, Refusal};
use protocol::Reply;
use std::io::{Read as Input, Write};

/// First argument under which the program is its own reading child. Hidden: not for people.
pub const CHILD_ARGUMENT: &str = "read-evidence-confined";

/// The child: confines itself, then answers requests until its input ends.
///
/// # Errors
/// The pipe to the parent broke, or carried what is no request.
pub fn child(input: &mut dyn Input, output: &mut dyn Write) -> std::io::Result<()> {
    let confinement = confine::confine();
    send(output, &confinement)?;
    while let Some(request) = receive::<Request>(input)? {
        let bytes = protocol::receive_bytes(input, Limits::default().bytes)?;
        confine::allow_time_for_one_more();
        send(output, &answer(&request, &bytes))?;
    }
    Ok(())
}

/// Reads one file, or each member of a container.
fn answer(request: &Request, bytes: &[u8]) -> Reply {
    let context =
        Context { mappings: request.mappings.clone(), mends: request.mends.clone(), limits: Limits::default() };
    let part = |member: Option<String>, name: &str, bytes: &[u8]| Part {
        member,
        hash: evidence::fingerprint(bytes),
        outcome: evidence::read(name, bytes, &context),
    };
    match evidence::open(bytes, &context.limits) {
        Err(refusal) => Reply { parts: vec![whole(bytes, refusal)] },
        Ok(None) => Reply { parts: vec![part(None, &request.name, bytes)] },
        Ok(Some(members)) if members.is_empty() => {
            let refusal = Refusal {
                reason: evidence::Refused::Empty,
                detail: "the archive holds no file".to_owned(),
                row: None,
                proposal: None,
            };
            Reply { parts: vec![whole(bytes, refusal)] }
        }
        Ok(Some(members)) => Reply {
            parts: members
                .into_iter()
                .map(|Member { name, bytes }| {
                    let full = format!("{}/{name}", request.name);
                    part(Some(name), &full, &bytes)
                })
                .collect(),
        },
    }
}

fn whole(bytes: &[u8], refusal: Refusal) -> Part {
    Part { member: None, hash: evidence::fingerprint(bytes), outcome: Err(refusal) }
}
