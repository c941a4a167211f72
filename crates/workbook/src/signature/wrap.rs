//! The wrapping around a signature: DigSigInfoSerialized (MS-OSHARED 2.3.2.1), and in .xls the DigSigBlob (2.3.2.2) around that.

use super::certificate::Certificate;
use super::der::first;
use crate::container::u32_at;

/// Certificates that are read from one store.
const MOST: usize = 256;
/// Magic of a serialised certificate store: "CERT".
const STORE: u32 = 0x5452_4543;
/// Element of a store that is a certificate.
const CERTIFICATE: u32 = 0x20;

/// What is wrapped.
#[derive(Debug)]
pub(crate) struct Wrapped<'b> {
    /// The CMS.
    pub(crate) cms: &'b [u8],
    /// Certificates of the store beside it.
    pub(crate) certificates: Vec<Certificate>,
    /// False where the store says that it lies outside, or is cut off: what was readable of it is kept.
    pub(crate) store_whole: bool,
}

/// Unwraps a part of a package. The eight bytes of the DigSigBlob's head are missing there, but offsets still count them.
pub(crate) fn part(bytes: &[u8]) -> Option<Wrapped<'_>> {
    serialized(bytes, 8)
}

/// Unwraps the property of an .xls: DigSigBlob, then the same.
pub(crate) fn blob(bytes: &[u8]) -> Option<Wrapped<'_>> {
    let size = usize::try_from(u32_at(bytes, 0)?).ok()?;
    if u32_at(bytes, 4)? != 8 {
        return None;
    }
    serialized(bytes.get(8..8_usize.checked_add(size)?)?, 8)
}

fn serialized(bytes: &[u8], head: usize) -> Option<Wrapped<'_>> {
    let field = |number: usize| u32_at(bytes, number * 4).and_then(|v| usize::try_from(v).ok());
    let range = |size: usize, offset: usize| {
        let from = offset.checked_sub(head)?;
        bytes.get(from..from.checked_add(size)?)
    };
    let cms = range(field(0)?, field(1)?)?;
    // All nine fields have to be there, and the signature stands behind them.
    field(8)?;
    if field(1)? < head + 36 || cms.is_empty() {
        return None;
    }
    let (size, offset) = (field(2)?, field(3)?);
    let store = if size == 0 { Some(Default::default()) } else { range(size, offset) };
    let (certificates, store_whole) = store.map_or((Vec::new(), false), certificates);
    Some(Wrapped { cms, certificates, store_whole })
}

/// Certificates of a serialised store: version, magic, then elements of identifier, encoding, length, value; an element of zero
/// ends it. False where it is cut off.
fn certificates(store: &[u8]) -> (Vec<Certificate>, bool) {
    let mut found = Vec::new();
    if store.is_empty() {
        return (found, true);
    }
    if u32_at(store, 4) != Some(STORE) {
        return (found, false);
    }
    let mut at = 8_usize;
    loop {
        let (Some(id), Some(_), Some(length)) = (u32_at(store, at), u32_at(store, at + 4), u32_at(store, at + 8))
        else {
            return (found, false);
        };
        if id == 0 {
            return (found, true);
        }
        let from = at + 12;
        let end = usize::try_from(length).ok().and_then(|n| from.checked_add(n));
        let Some(value) = end.and_then(|end| store.get(from..end)) else { return (found, false) };
        if id == CERTIFICATE && found.len() < MOST {
            found.extend(first(value).and_then(|n| Certificate::read(n.whole)));
        }
        at = from + value.len();
    }
}
