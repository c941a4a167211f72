//! What a macro signature signs: SpcIndirectDataContent with the hash of the project (MS-OSHARED 2.3.2.4).

use super::algorithm::{Hash, digest_info};
use super::der::{Reader, SEQUENCE};
use super::reason::Flaw;
use super::report::Kind;
use crate::container::u32_at;

/// Content type of the CMS.
pub(crate) const CONTENT_TYPE: &str = "1.3.6.1.4.1.311.2.1.4";
const OLD_FORM: &str = "1.3.6.1.4.1.311.2.1.29";
const NEW_FORM: &str = "1.3.6.1.4.1.311.2.1.31";

/// The signed hash of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedHash {
    /// True for the first form of signatures, false for the two newer ones, which share one layout.
    pub(crate) legacy: bool,
    /// Algorithm.
    pub(crate) algorithm: Hash,
    /// Value.
    pub(crate) value: Vec<u8>,
}

/// Reads the content octets of the CMS.
///
/// # Errors
/// The content is none of a macro signature, or names a hash that is not known here.
pub(crate) fn read(content: &[u8]) -> Result<SignedHash, Flaw> {
    let mut inside = Reader::new(content);
    let (data, info) = (inside.expect(SEQUENCE), inside.expect(SEQUENCE));
    let (Some(data), Some(info)) = (data, info) else { return Err(Flaw::Content) };
    let kind = data.inside().next().and_then(|n| n.oid()).ok_or(Flaw::Content)?;
    let (_, value) = digest_info(info).ok_or(Flaw::Content)?;
    match kind.as_str() {
        // MS-OSHARED 4.3: always MD5, whatever the algorithm identifier says.
        OLD_FORM if value.len() == 16 => Ok(SignedHash { legacy: true, algorithm: Hash::Md5, value }),
        NEW_FORM => serialized(&value).ok_or(Flaw::Content)?.map_err(|algorithm| Flaw::UnknownAlgorithm { algorithm }),
        _ => Err(Flaw::Content),
    }
}

/// SigDataV1Serialized: sizes and offsets of the algorithm (as text), of a hash over compiled code, which is of no concern, and of
/// the hash over the source.
fn serialized(bytes: &[u8]) -> Option<Result<SignedHash, String>> {
    let field = |number: usize| u32_at(bytes, number * 4).and_then(|v| usize::try_from(v).ok());
    let range = |size: usize, offset: usize| bytes.get(offset..offset.checked_add(size)?);
    let oid = range(field(0)?, field(3)?)?;
    let value = range(field(2)?, field(5)?)?.to_vec();
    let oid = oid.split(|&b| b == 0).next().unwrap_or_default();
    let oid = std::str::from_utf8(oid).ok().filter(|o| o.bytes().all(|b| b.is_ascii_digit() || b == b'.'))?;
    let Some(algorithm) = Hash::named(oid) else { return Some(Err(oid.to_owned())) };
    (value.len() == algorithm.digest(&[]).len()).then_some(Ok(SignedHash { legacy: false, algorithm, value }))
}

impl SignedHash {
    /// True where this layout belongs to that form.
    pub(crate) fn fits(&self, kind: Kind) -> bool {
        self.legacy == (kind == Kind::Legacy)
    }
}
