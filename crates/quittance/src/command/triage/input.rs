//! Where mails come from: files, mailboxes, folders.

use crate::exit::Failure;
use message::limits;
use message::mailbox::{self, Mailbox};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// A mail's bytes with the name of where it stood.
#[derive(Debug)]
pub(super) struct Mail {
    /// File name, with a number for a mail of a mailbox.
    pub(super) name: String,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// True for a file that was named and is one mail.
    pub(super) alone: bool,
}

/// Hands every mail of `path` to `each`, one after another, so that a large mailbox is never whole in memory.
pub(super) fn each(path: &Path, each: &mut dyn FnMut(Mail) -> Result<(), Failure>) -> Result<(), Failure> {
    let metadata = std::fs::metadata(path).map_err(|error| Failure::io(path, &error))?;
    if !metadata.is_dir() {
        return file(path, true, each);
    }
    let mut found = Vec::new();
    let maildir = path.join("cur").is_dir() || path.join("new").is_dir();
    let folders = if maildir { vec![path.join("cur"), path.join("new")] } else { vec![path.to_owned()] };
    for folder in folders.iter().filter(|f| f.is_dir()) {
        let entries = std::fs::read_dir(folder).map_err(|error| Failure::io(folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Failure::io(folder, &error))?;
            let kind = entry.file_type().map_err(|error| Failure::io(&entry.path(), &error))?;
            if kind.is_file() && (maildir || is_mail_name(&entry.path())) {
                found.push(entry.path());
            }
        }
    }
    if found.is_empty() {
        return Err(Failure::new("triage-none", vec![("path", path.display().to_string())]));
    }
    found.sort();
    found.iter().try_for_each(|path| file(path, false, each))
}

fn is_mail_name(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    matches!(ending.as_deref(), Some("eml" | "msg" | "mbox" | "mbx"))
}

fn file(path: &Path, alone: bool, each: &mut dyn FnMut(Mail) -> Result<(), Failure>) -> Result<(), Failure> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut open = File::open(path).map_err(|error| Failure::io(path, &error))?;
    let mut head = Vec::new();
    open.by_ref().take(4096).read_to_end(&mut head).map_err(|error| Failure::io(path, &error))?;
    let whole = head.as_slice().chain(open);
    if mailbox::is_mailbox(&head) {
        for (n, mail) in Mailbox::new(BufReader::with_capacity(1 << 16, whole)).enumerate() {
            let mail = mail.map_err(|error| Failure::io(path, &error))?;
            each(Mail { name: format!("{name}#{}", n + 1), bytes: mail.bytes, alone: false })?;
        }
        return Ok(());
    }
    let mut bytes = Vec::new();
    let most = u64::try_from(limits::MAIL_BYTES).unwrap_or(u64::MAX);
    whole.take(most + 1).read_to_end(&mut bytes).map_err(|error| Failure::io(path, &error))?;
    each(Mail { name, bytes, alone })
}
