//! What the caller trusts and knows: roots, revocation lists, answers about revocation. All given as bytes, nothing is fetched.

use super::certificate::Certificate;
use super::list::List;
use super::ocsp::Answer;
use base64::Engine;
use thiserror::Error;

/// Bytes of one file of roots, lists or answers.
const LARGEST: usize = 128 << 20;
/// How a piece of PEM begins.
const BEGIN: &[u8] = b"-----BEGIN ";
/// Pieces in one file.
const MOST: usize = 10_000;

/// Roots, lists and answers, each with the name of its file, for the report.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    pub(crate) roots: Vec<Certificate>,
    pub(crate) lists: Vec<List>,
    pub(crate) answers: Vec<Answer>,
}

/// A file of roots, lists or answers that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TrustError {
    /// More bytes or pieces than any such file has.
    #[error("{file}: too large")]
    TooLarge {
        /// File.
        file: String,
    },
    /// The file holds no certificate, list or answer, in PEM or DER.
    #[error("{file}: no {wanted} in PEM or DER")]
    Nothing {
        /// File.
        file: String,
        /// What was looked for: `certificate`, `crl` or `ocsp`.
        wanted: &'static str,
    },
    /// A piece begins as it should and cannot be read.
    #[error("{file}: {wanted} number {number} cannot be read")]
    Broken {
        /// File.
        file: String,
        /// What was looked for.
        wanted: &'static str,
        /// Which one, counted from one.
        number: usize,
    },
}

impl Trust {
    /// Nothing trusted, nothing known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the certificates of a file (one in DER, any number in PEM) as roots; gives their number.
    ///
    /// A certificate need not be a root of its own kind: one that is trusted itself ends a chain.
    ///
    /// # Errors
    /// The file is too large, holds no certificate, or one that cannot be read.
    pub fn add_roots(&mut self, file: &str, bytes: &[u8]) -> Result<usize, TrustError> {
        let found = pieces(file, bytes, "certificate", &["CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CERTIFICATE"])?;
        let read = each(file, "certificate", &found, Certificate::read)?;
        let count = read.len();
        self.roots.extend(read);
        Ok(count)
    }

    /// Adds the revocation lists of a file; gives their number.
    ///
    /// # Errors
    /// The file is too large, holds no list, or one that cannot be read.
    pub fn add_crls(&mut self, file: &str, bytes: &[u8]) -> Result<usize, TrustError> {
        let found = pieces(file, bytes, "crl", &["X509 CRL", "CRL"])?;
        let read = each(file, "crl", &found, |der| List::read(file, der))?;
        let count = read.len();
        self.lists.extend(read);
        Ok(count)
    }

    /// Adds the OCSP responses of a file; gives their number.
    ///
    /// # Errors
    /// The file is too large, holds no response, or one that cannot be read or that says no more than that the responder failed.
    pub fn add_ocsps(&mut self, file: &str, bytes: &[u8]) -> Result<usize, TrustError> {
        let found = pieces(file, bytes, "ocsp", &["OCSP RESPONSE"])?;
        let read = each(file, "ocsp", &found, |der| Answer::read(file, der))?;
        let count = read.len();
        self.answers.extend(read);
        Ok(count)
    }

    /// Number of roots.
    pub fn roots(&self) -> usize {
        self.roots.len()
    }
}

fn each<T>(
    file: &str,
    wanted: &'static str,
    pieces: &[Vec<u8>],
    read: impl Fn(&[u8]) -> Option<T>,
) -> Result<Vec<T>, TrustError> {
    let one = |(i, der): (usize, &Vec<u8>)| {
        read(der).ok_or_else(|| TrustError::Broken { file: file.to_owned(), wanted, number: i + 1 })
    };
    pieces.iter().enumerate().map(one).collect()
}

/// The DER of each piece of a file: the file itself, or its PEM blocks of these labels.
fn pieces(file: &str, bytes: &[u8], wanted: &'static str, labels: &[&str]) -> Result<Vec<Vec<u8>>, TrustError> {
    if bytes.len() > LARGEST {
        return Err(TrustError::TooLarge { file: file.to_owned() });
    }
    let marked = bytes.windows(BEGIN.len()).any(|w| w == BEGIN);
    if bytes.first() == Some(&0x30) && !marked {
        return Ok(vec![bytes.to_vec()]);
    }
    let nothing = || TrustError::Nothing { file: file.to_owned(), wanted };
    let text = std::str::from_utf8(bytes).map_err(|_| nothing())?;
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    let mut body = String::new();
    for line in text.lines().map(str::trim) {
        let label = |start: &str| line.strip_prefix(start).and_then(|l| l.strip_suffix("-----"));
        if let Some(label) = label("-----BEGIN ") {
            open = labels.contains(&label).then(|| label.to_owned());
            body.clear();
        } else if let Some(end) = label("-----END ") {
            if open.take().is_some_and(|begun| begun == end) {
                let broken = |_| TrustError::Broken { file: file.to_owned(), wanted, number: found.len() + 1 };
                found.push(base64::engine::general_purpose::STANDARD.decode(&body).map_err(broken)?);
            }
            if found.len() > MOST {
                return Err(TrustError::TooLarge { file: file.to_owned() });
            }
        } else if open.is_some() {
            body.push_str(line);
        }
    }
    if found.is_empty() { Err(nothing()) } else { Ok(found) }
}
