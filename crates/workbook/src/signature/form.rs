//! One form of the signature, examined by itself: unwrapped, its CMS checked, its hash compared with the project's.

use super::algorithm::Hash;
use super::certificate::Certificate;
use super::cms::{Cms, Signer};
use super::content::{self, CONTENT_TYPE, SignedHash};
use super::instant::Instant;
use super::place::{Blob, Place};
use super::reason::Flaw;
use super::report::{ContentHash, Form, Kind};
use super::stamp::{self, Judged};
use super::transcript::transcript;
use super::trust::Trust;
use super::wrap;
use crate::container::Ole;
use crate::trouble::Trouble;
use crate::vba::Project;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A form with all that the verdict needs of it.
#[derive(Debug)]
pub(crate) struct Examined {
    pub(crate) form: Form,
    /// The signer's certificate.
    pub(crate) signer: Option<Certificate>,
    /// Certificates in CMS and store.
    pub(crate) pool: Vec<Certificate>,
    pub(crate) stamps: Vec<Judged>,
    /// Hash beneath the signature value.
    pub(crate) signature_hash: Option<Hash>,
    /// The signed hash has the layout of the newer forms.
    pub(crate) newer_layout: bool,
    /// The store beside the signature is cut off.
    pub(crate) store_broken: bool,
    /// Why the project's hash could not be computed.
    pub(crate) trouble: Option<Trouble>,
}

/// The project of the file, and the byte strings of its hashes, each made once.
pub(crate) struct Content<'a> {
    opened: Result<(&'a Ole<'a>, &'a Project), Trouble>,
    made: BTreeMap<Kind, Result<Vec<u8>, Trouble>>,
}

impl<'a> Content<'a> {
    pub(crate) fn new(opened: Result<(&'a Ole<'a>, &'a Project), Trouble>) -> Self {
        Self { opened, made: BTreeMap::new() }
    }

    /// Hash of the project in a form.
    pub(crate) fn hash(&mut self, kind: Kind, algorithm: Hash) -> Result<Vec<u8>, Trouble> {
        let (ole, project) = self.opened.as_ref().map_err(Clone::clone)?;
        let made = self.made.entry(kind).or_insert_with(|| transcript(ole, project, kind));
        made.as_ref().map(|bytes| algorithm.digest(bytes)).map_err(Clone::clone)
    }
}

/// Examines a form.
pub(crate) fn examine(blob: &Blob, place: &Place, content: &mut Content<'_>) -> Examined {
    let mut examined = Examined {
        form: Form {
            kind: blob.kind,
            part: blob.part.clone(),
            linked: blob.linked,
            governs: false,
            digest: None,
            signer: None,
            content: None,
            content_holds: None,
            flaw: None,
        },
        signer: None,
        pool: Vec::new(),
        stamps: Vec::new(),
        signature_hash: None,
        newer_layout: false,
        store_broken: false,
        trouble: None,
    };
    let flaw = look(blob, place, content, &mut examined).err();
    examined.form.flaw = flaw;
    examined
}

/// Fills in what can be told, up to the first flaw.
fn look(blob: &Blob, place: &Place, content: &mut Content<'_>, examined: &mut Examined) -> Result<(), Flaw> {
    let in_xls = matches!(place, Place::Xls(_));
    let bytes = blob.bytes.as_ref().map_err(|trouble| match trouble {
        Trouble::Missing(_) => Flaw::PartMissing,
        _ if in_xls => Flaw::Wrapping,
        _ => Flaw::PartUnreadable,
    })?;
    let wrapped = unwrapped(bytes, place).ok_or(Flaw::Wrapping)?;
    examined.store_broken = !wrapped.store_whole;
    let cms = Cms::read(wrapped.cms).ok_or(Flaw::NotCms)?;
    examined.pool.clone_from(&cms.certificates);
    examined.pool.extend(wrapped.certificates);
    let signer = cms.signer()?;
    examined.form.digest = signer.digest.as_ref().ok().copied();
    examined.signature_hash = signer.signature_hash();
    let certificate = signer.certificate(&examined.pool)?.clone();
    examined.form.signer = Some(certificate.party());
    let checked = check(&cms, signer, &certificate);
    examined.signer = Some(certificate);
    let signed = checked?;
    examined.newer_layout = !signed.legacy;
    if !in_xls && !signed.fits(blob.kind) {
        return Err(Flaw::ContentOfOtherForm);
    }
    let computed = content.hash(blob.kind, signed.algorithm);
    examined.trouble = computed.as_ref().err().cloned();
    let hash = ContentHash {
        algorithm: signed.algorithm,
        signed: hexadecimal(&signed.value),
        computed: computed.ok().map(|bytes| hexadecimal(&bytes)),
    };
    examined.form.content_holds = hash.holds();
    examined.form.content = Some(hash);
    Ok(())
}

fn unwrapped<'b>(bytes: &'b [u8], place: &Place) -> Option<wrap::Wrapped<'b>> {
    if matches!(place, Place::Xls(_)) { wrap::blob(bytes) } else { wrap::part(bytes) }
}

impl Examined {
    /// Judges the time stamps: asked of the one form that governs, since each costs a chain of its own.
    pub(crate) fn judge_stamps(&mut self, blobs: &[Blob], place: &Place, trust: &Trust, at: Instant) {
        let own = blobs.iter().find(|b| b.part == self.form.part && b.kind == self.form.kind);
        let Some(Ok(bytes)) = own.map(|b| &b.bytes) else { return };
        let Some(cms) = unwrapped(bytes, place).and_then(|wrapped| Cms::read(wrapped.cms)) else { return };
        if let (Ok(signer), true) = (cms.signer(), self.signer.is_some()) {
            self.stamps = stamp::judge_all(signer, &self.pool, trust, at);
        }
    }
}

fn check(cms: &Cms<'_>, signer: &Signer<'_>, certificate: &Certificate) -> Result<SignedHash, Flaw> {
    if cms.content_type != CONTENT_TYPE {
        return Err(Flaw::ContentType { named: cms.content_type.clone() });
    }
    signer.check(CONTENT_TYPE, false, &cms.content, certificate)?;
    content::read(&cms.content)
}

/// Octets in small hexadecimal letters.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
