//! `cargo xtask hammer [SECONDS]`: every reader of evidence under mutated files for so long, two readers at a time. It needs no other compiler
//! than the one at hand, and no chance: the same numbers are drawn each time, and the number of an input is all that is needed to have it
//! again. `cargo xtask fuzz` looks deeper, where there is a nightly compiler.

use evidence::trial;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// An input that lasts longer is a finding.
const SLOW: Duration = Duration::from_secs(20);
/// Bytes of an input, at most.
const LONGEST: usize = 64 << 10;
/// What breaks readers of text more often than chance would hit it.
const TOKENS: [&[u8]; 22] = [
    b"\"",
    b"\"\"",
    b";",
    b",",
    b"\t",
    b"`t",
    b"\r\r\n",
    b"\n\n",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\0",
    b"-1",
    b"0",
    b"99999999999999999999",
    b"31/02/2026",
    b"1E400",
    b"{",
    b"[[",
    b"<a>",
    b"&#x0;",
    b"\xc3",
    b"]]>",
];

/// splitmix64: the stream of numbers that an input is made from.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 where there is none.
    fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { usize::try_from(self.next() % bound as u64).unwrap_or(0) }
    }
}

/// The input of a number.
fn input(number: u64, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut numbers = Numbers(number);
    let mut bytes = seeds.get(numbers.below(seeds.len())).cloned().unwrap_or_default();
    for _ in 0..=numbers.below(6) {
        let at = numbers.below(bytes.len() + 1);
        match numbers.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << numbers.below(8),
            1 if at < bytes.len() => bytes[at] = u8::try_from(numbers.below(256)).unwrap_or(0),
            2 => {
                let token = TOKENS[numbers.below(TOKENS.len())];
                bytes.splice(at..at, token.iter().copied());
            }
            3 => {
                let end = (at + numbers.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let end = (at + numbers.below(200)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                let place = numbers.below(bytes.len() + 1);
                bytes.splice(place..place, copy);
            }
            5 => {
                let other = seeds.get(numbers.below(seeds.len())).cloned().unwrap_or_default();
                let from = numbers.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(other.get(from..).unwrap_or_default());
            }
            _ => bytes.truncate(at),
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

/// What a reader begins with: what is made for it, and files of the demo company where a workbook or an archive is needed.
fn seeds(root: &Path, reader: &str) -> Vec<Vec<u8>> {
    let mut all = trial::seeds(reader);
    if reader == "workbook" || reader == "container" {
        for path in files(&root.join("demo/evidence")) {
            if path.extension().is_some_and(|end| end == "xlsx") {
                all.extend(std::fs::read(&path).ok().filter(|bytes| bytes.len() <= LONGEST));
            }
        }
    }
    if all.is_empty() {
        all.push([&b"regf"[..], &[0; 4200], b"hbin", &[0; 4092]].concat());
    }
    all
}

/// Files below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { waiting.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Runs every reader for so many seconds.
pub(crate) fn run(root: &Path, seconds: u64) -> ExitCode {
    // A reader that stops is told in one line with its input, not with a trace.
    std::panic::set_hook(Box::new(|_| {}));
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(reader) = trial::READERS.get(next.fetch_add(1, Ordering::SeqCst)) {
                    if !one(root, reader, Duration::from_secs(seconds)) {
                        failed.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    if failed.load(Ordering::SeqCst) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn one(root: &Path, reader: &str, time: Duration) -> bool {
    let seeds = seeds(root, reader);
    let (start, mut number) = (Instant::now(), 0);
    while start.elapsed() < time {
        let bytes = input(number, &seeds);
        let began = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| trial::run(reader, &bytes)));
        let why = match outcome {
            Err(_) => Some("it stopped".to_owned()),
            Ok(Err(law)) => Some(law),
            Ok(Ok(())) => (began.elapsed() > SLOW).then(|| format!("it took {} s", began.elapsed().as_secs())),
        };
        if let Some(why) = why {
            let path = std::env::temp_dir().join(format!("quittance-hammer-{reader}-{number}"));
            let kept = std::fs::write(&path, &bytes).is_ok();
            let place = if kept { path.display().to_string() } else { "nowhere".to_owned() };
            eprintln!("{reader}: input {number}: {why}; the input is in {place}");
            return false;
        }
        number += 1;
    }
    eprintln!("{reader}: {number} inputs in {} s, nothing found", time.as_secs());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_made_of_its_number_alone() {
        let seeds = vec![b"a;b;c".to_vec(), b"[[server]]".to_vec()];
        let made: Vec<Vec<u8>> = (0..200).map(|number| input(number, &seeds)).collect();
        assert_eq!(made, (0..200).map(|number| input(number, &seeds)).collect::<Vec<_>>());
        let different: std::collections::BTreeSet<&Vec<u8>> = made.iter().collect();
        assert!(different.len() > 150, "{}", different.len());
    }

    #[test]
    fn every_reader_has_its_fuzz_target() {
        for reader in trial::READERS {
            assert!(crate::root().join(format!("fuzz/fuzz_targets/read_{reader}.rs")).is_file(), "{reader}");
        }
    }
}
