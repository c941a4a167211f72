//! Mailbox files (mbox): several mails in one file, each after a line that begins with `From `.

use std::io::{self, BufRead};

use crate::limits;

/// Reads the mails of a mailbox one after another, undoing the quoting of `>From ` lines (mboxrd).
#[derive(Debug)]
pub struct Mailbox<R> {
    from: R,
    line: Vec<u8>,
    started: bool,
    ended: bool,
}

/// One mail out of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boxed {
    /// The mail's bytes, with the line ends of the file.
    pub bytes: Vec<u8>,
    /// True when it was longer than the limit and is cut.
    pub cut: bool,
}

impl<R: BufRead> Mailbox<R> {
    /// Reads from `from`.
    pub fn new(from: R) -> Self {
        Mailbox { from, line: Vec::new(), started: false, ended: false }
    }

    /// Takes the lines that are at hand and begin neither like a separator nor quoted, in one piece; tells whether the last of
    /// them is empty, `None` when there are none.
    fn plain_lines(&mut self, mail: &mut Boxed) -> io::Result<Option<bool>> {
        if !self.started || self.ended {
            return Ok(None);
        }
        let buffer = self.from.fill_buf()?;
        let (mut last, mut end) = (0, 0);
        for line in memchr::memchr_iter(b'\n', buffer) {
            if matches!(buffer.get(end), Some(b'F' | b'>')) {
                break;
            }
            (last, end) = (end, line + 1);
        }
        let lines = buffer.get(..end).unwrap_or_default();
        if lines.is_empty() || mail.bytes.len() + lines.len() > limits::MAIL_BYTES {
            return Ok(None);
        }
        mail.bytes.extend_from_slice(lines);
        let empty = matches!(lines.get(last..), Some(b"\n" | b"\r\n"));
        self.from.consume(end);
        Ok(Some(empty))
    }

    fn next_mail(&mut self) -> io::Result<Option<Boxed>> {
        let mut mail = Boxed { bytes: Vec::new(), cut: false };
        let mut after_empty = true;
        loop {
            if let Some(empty) = self.plain_lines(&mut mail)? {
                after_empty = empty;
            }
            self.line.clear();
            if self.ended || read_line(&mut self.from, &mut self.line)? == 0 {
                self.ended = true;
                break;
            }
            if after_empty && separator(&self.line) {
                if self.started {
                    break;
                }
                self.started = true;
                continue;
            }
            self.started = true;
            after_empty = self.line == b"\n" || self.line == b"\r\n";
            let quoted = self.line.iter().take_while(|b| **b == b'>').count();
            let line = match self.line.get(quoted..) {
                Some(rest) if quoted > 0 && rest.starts_with(b"From ") => self.line.get(1..).unwrap_or_default(),
                _ => &self.line,
            };
            if mail.bytes.len() + line.len() <= limits::MAIL_BYTES {
                mail.bytes.extend_from_slice(line);
            } else {
                mail.cut = true;
            }
        }
        // The empty line before the next `From ` belongs to the file, not to the mail.
        for end in [&b"\r\n\r\n"[..], b"\n\n"] {
            if mail.bytes.ends_with(end) {
                let shorter = mail.bytes.len() - end.len() / 2;
                mail.bytes.truncate(shorter);
                break;
            }
        }
        Ok((!mail.bytes.is_empty()).then_some(mail))
    }
}

/// One line, of which no more than the limit of a mail is kept.
fn read_line<R: BufRead>(from: &mut R, line: &mut Vec<u8>) -> io::Result<usize> {
    let mut read = 0;
    loop {
        let buffer = from.fill_buf()?;
        if buffer.is_empty() {
            return Ok(read);
        }
        let end = memchr::memchr(b'\n', buffer).map(|n| n + 1);
        let taken = end.unwrap_or(buffer.len());
        if line.len() + taken <= limits::MAIL_BYTES {
            line.extend_from_slice(buffer.get(..taken).unwrap_or_default());
        }
        from.consume(taken);
        read += taken;
        if end.is_some() {
            return Ok(read);
        }
    }
}

impl<R: BufRead> Iterator for Mailbox<R> {
    type Item = io::Result<Boxed>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.next_mail() {
                Ok(Some(mail)) => return Some(Ok(mail)),
                Ok(None) if self.ended => return None,
                Ok(None) => {}
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
    }
}

/// A line `From sender date`: what follows the sender ends in a year or a zone, as every writer of mailboxes does it.
fn separator(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let words: Vec<&[u8]> = rest.trim_ascii().split(|b| *b == b' ').filter(|w| !w.is_empty()).collect();
    let year = |w: &&[u8]| w.len() == 4 && w.iter().all(u8::is_ascii_digit);
    let clock =
        |w: &&[u8]| w.iter().filter(|b| **b == b':').count() >= 1 && w.iter().all(|b| b.is_ascii_digit() || *b == b':');
    words.iter().any(year) && words.iter().any(clock)
}

/// True when bytes begin as a mailbox does.
pub fn is_mailbox(bytes: &[u8]) -> bool {
    let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    separator(first)
}
