//! The verdict: all forms examined, the governing one dated, its chain followed, and the first cause in order told.

use super::certificate::{CODE_SIGNING, Certificate, LIFETIME_SIGNING};
use super::chain::{self, Chain, Problem};
use super::form::{Content, Examined, examine};
use super::instant::Instant;
use super::name;
use super::place::{self, Blob, Found, Place};
use super::reason::{Reason, Revoked, StampFlaw, Stamped};
use super::report::{Finding, Kind, Link, Signature, Stamp, StampKind, Verdict};
use super::revocation::{self, Revocation};
use super::trust::Trust;
use super::weak;
use crate::container::Ole;
use crate::trouble::Trouble;
use crate::vba::Project;

/// Verifies the macro signature of a workbook: a package (.xlsm, .xlsb, .xlam), an .xls, or a bare vbaProject.bin, which has none. An
/// encrypted workbook has to be decrypted before.
///
/// Never fails; the same bytes, trust and day give the same result.
pub fn verify(bytes: &[u8], trust: &Trust, at: Instant) -> Signature {
    match place::find(bytes) {
        Ok(found) => judge(bytes, found, trust, at),
        Err(trouble) => {
            let findings =
                vec![Finding { code: "unreadable", args: vec![trouble.code().to_owned(), part_of(&trouble)] }];
            bare(Verdict::None, Reason::Unreadable { trouble: trouble.code() }, at, findings)
        }
    }
}

/// A result without any signer.
fn bare(verdict: Verdict, reason: Reason, at: Instant, findings: Vec<Finding>) -> Signature {
    Signature {
        verdict,
        reason,
        kind: None,
        signer: None,
        signer_name: None,
        serial: None,
        not_before: None,
        not_after: None,
        at,
        stamped: None,
        stamps: Vec::new(),
        forms: Vec::new(),
        chain: Vec::new(),
        revocation: None,
        weak: Vec::new(),
        findings,
    }
}

fn judge(bytes: &[u8], found: Found, trust: &Trust, at: Instant) -> Signature {
    let Found { place, project, blobs, mut findings } = found;
    let has_project = match &place {
        Place::Package => project.is_some(),
        Place::Xls(root) => root.is_some(),
        Place::Bare => true,
    };
    if blobs.is_empty() {
        let reason = match (&place, has_project) {
            (Place::Bare, _) => Reason::BareProject,
            (_, true) => Reason::NoSignature,
            (_, false) => Reason::NoProject,
        };
        return bare(Verdict::None, reason, at, findings);
    }
    let held = match (&place, &project) {
        (Place::Package, Some((_, bytes))) => bytes.as_deref().map_err(Clone::clone),
        (Place::Package, None) => Err(Trouble::Missing("vbaProject".to_owned())),
        _ => Ok(bytes),
    };
    let opened = held.and_then(Ole::open).and_then(|ole| {
        let root = root(&ole, &place)?;
        let project = Project::open(&ole, &root)?;
        Ok((ole, project))
    });
    let opened = opened.as_ref().map(|(ole, project)| (ole, project)).map_err(Clone::clone);
    let mut content = Content::new(opened);
    let mut examined: Vec<Examined> = blobs.iter().map(|blob| examine(blob, &place, &mut content)).collect();
    examined.sort_by(|a, b| a.form.kind.cmp(&b.form.kind).then_with(|| a.form.part.cmp(&b.form.part)));
    about_forms(&examined, &place, &mut findings);
    let governing = governing(&examined);
    if let Some(form) = governing.and_then(|i| examined.get_mut(i)) {
        form.form.governs = true;
        form.judge_stamps(&blobs, &place, trust, at);
    }
    let others = examined.iter().filter(|e| !e.form.governs && e.form.linked && e.form.flaw.is_some());
    findings.extend(others.map(|e| Finding { code: "other-form-broken", args: vec![e.form.part.clone()] }));
    let mut signature = match governing.and_then(|i| examined.get(i)) {
        Some(form) => {
            let mut signature = decide(form, &examined, &place, &mut content, trust, at, &mut findings);
            if !has_project {
                signature.verdict = Verdict::Orphan;
                signature.reason = Reason::SignatureWithoutProject { parts: parts(&blobs) };
            } else if !form.form.linked {
                signature.verdict = Verdict::Orphan;
                signature.reason = Reason::Orphan { parts: parts(&blobs) };
            }
            signature
        }
        None => bare(Verdict::None, Reason::NoSignature, at, Vec::new()),
    };
    findings.sort();
    findings.dedup();
    signature.findings = findings;
    signature.forms = examined.into_iter().map(|e| e.form).collect();
    signature
}

/// Storage of the project within its compound file.
fn root(ole: &Ole<'_>, place: &Place) -> Result<String, Trouble> {
    if let Place::Xls(root) = place {
        return root.clone().ok_or_else(|| Trouble::Missing("_VBA_PROJECT_CUR".to_owned()));
    }
    let roots = Project::roots(ole);
    let own = roots.iter().find(|r| r.is_empty()).or(roots.first());
    own.cloned().ok_or_else(|| Trouble::Missing("VBA/dir".to_owned()))
}

/// The part or stream that a trouble is about.
fn part_of(trouble: &Trouble) -> String {
    match trouble {
        Trouble::TooLarge { what, .. } => what.clone(),
        Trouble::Malformed { part, .. } | Trouble::Missing(part) | Trouble::UnknownEncryption(part) => part.clone(),
        Trouble::NotAWorkbook | Trouble::Encrypted => String::new(),
    }
}

fn parts(blobs: &[Blob]) -> Vec<String> {
    let mut parts: Vec<String> = blobs.iter().map(|b| b.part.clone()).collect();
    parts.sort();
    parts.dedup();
    parts
}

/// The newest linked form, else the newest at all. Of two of one kind, which Excel would take is not known: the worse one, since a
/// good verdict must not rest on luck.
fn governing(examined: &[Examined]) -> Option<usize> {
    let worse = |e: &Examined| (e.form.flaw.is_some(), e.form.content_holds != Some(true));
    (0..examined.len())
        .max_by_key(|&i| examined.get(i).map(|e| (e.form.linked, e.form.kind, worse(e), std::cmp::Reverse(i))))
}

fn about_forms(examined: &[Examined], place: &Place, findings: &mut Vec<Finding>) {
    let mut tell = |code, args: Vec<String>| findings.push(Finding { code, args });
    for form in examined {
        let part = form.form.part.clone();
        if !form.form.linked {
            tell("signature-not-linked", vec![part.clone()]);
        }
        if form.store_broken {
            tell("certificate-store-broken", vec![part.clone()]);
        }
        if let Some(trouble) = &form.trouble {
            tell("project-unreadable", vec![trouble.code().to_owned(), part_of(trouble)]);
        }
    }
    for pair in examined.windows(2) {
        let [a, b] = pair else { continue };
        if a.form.kind == b.form.kind && a.form.linked && b.form.linked {
            tell("two-of-a-kind", vec![a.form.part.clone(), b.form.part.clone()]);
        }
        if let (Some(one), Some(other)) = (&a.signer, &b.signer)
            && one.whole != other.whole
        {
            tell("signers-differ", vec![one.party().name, other.party().name]);
        }
    }
    if matches!(place, Place::Xls(_)) {
        tell("xls-newer-forms-undocumented", Vec::new());
    }
}

/// The sound stamp that is relied on, or the first unsound one.
enum Use<'s> {
    None,
    Sound(Stamped),
    Ignored(&'s Stamp, StampFlaw),
}

fn stamp_use<'s>(stamps: &[&'s Stamp]) -> Use<'s> {
    for stamp in stamps {
        if let (None, Some(time), Some(authority)) = (&stamp.flaw, stamp.time, &stamp.authority) {
            return Use::Sound(Stamped { kind: stamp.kind, time, authority: authority.clone() });
        }
    }
    match stamps.first() {
        Some(stamp) => Use::Ignored(stamp, stamp.flaw.clone().unwrap_or(StampFlaw::Unreadable)),
        None => Use::None,
    }
}

fn decide(
    governing: &Examined,
    all: &[Examined],
    place: &Place,
    content: &mut Content<'_>,
    trust: &Trust,
    at: Instant,
    findings: &mut Vec<Finding>,
) -> Signature {
    let form = &governing.form;
    let mut out = bare(Verdict::Broken, Reason::NoSignature, at, Vec::new());
    out.kind = Some(form.kind);
    out.stamps = governing.stamps.iter().map(|j| j.stamp.clone()).collect();
    let stamps: Vec<&Stamp> = governing.stamps.iter().map(|j| &j.stamp).collect();
    let used = stamp_use(&stamps);
    let judged = governing.signer.as_ref().map(|signer| {
        out.signer = Some(name::written(&signer.subject));
        out.signer_name = Some(name::called(&signer.subject));
        let party = signer.party();
        (out.not_before, out.not_after, out.serial) =
            (Some(party.not_before), Some(party.not_after), Some(party.serial));
        let lifetime = signer.names(LIFETIME_SIGNING);
        let reference = match &used {
            Use::Sound(stamp) if !lifetime => stamp.time,
            _ => at,
        };
        let chain = chain::build(signer, &governing.pool, &trust.roots, reference, CODE_SIGNING);
        out.chain = links(&chain, governing, trust, at);
        out.revocation = out.chain.first().map(|l| l.revocation.clone());
        if chain.links.iter().any(|c| c.has_name_constraints) {
            findings.push(Finding { code: "name-constraints-not-evaluated", args: Vec::new() });
        }
        Judged { signer, chain, reference, lifetime }
    });
    if let (Use::Sound(stamp), Some(judged)) = (&used, &judged) {
        // For a lifetime signer the stamp is sound and changes nothing.
        out.stamped = (!judged.lifetime).then_some(stamp.time);
        if stamp.time > at {
            findings.push(Finding { code: "stamped-after-day", args: vec![stamp.time.to_string()] });
        }
    }
    out.weak =
        judged.as_ref().map(|j| weak::rests_on(governing, &j.chain, matches!(used, Use::Sound(_)))).unwrap_or_default();
    (out.verdict, out.reason) = match (broken(governing, all, place, content), judged) {
        (Some(found), _) => found,
        (None, Some(judged)) => dated(form.kind, &judged, &used, &out.chain, trust, at),
        (None, None) => (
            Verdict::Broken,
            Reason::Broken { kind: form.kind, part: form.part.clone(), flaw: super::reason::Flaw::NoSigner },
        ),
    };
    if out.verdict == Verdict::Valid && form.kind == Kind::Agile && matches!(place, Place::Package) {
        findings.push(Finding { code: "no-v3-form", args: Vec::new() });
    }
    out
}

/// The signer's standing at the time that counts.
struct Judged<'c> {
    signer: &'c Certificate,
    chain: Chain<'c>,
    reference: Instant,
    lifetime: bool,
}

/// Causes that lie in the signature and the project: broken, unreadable, changed.
fn broken(
    governing: &Examined,
    all: &[Examined],
    place: &Place,
    content: &mut Content<'_>,
) -> Option<(Verdict, Reason)> {
    let form = &governing.form;
    if let Some(flaw) = &form.flaw {
        let reason = Reason::Broken { kind: form.kind, part: form.part.clone(), flaw: flaw.clone() };
        return Some((Verdict::Broken, reason));
    }
    if let Some(trouble) = &governing.trouble {
        let reason = Reason::ProjectUnreadable { trouble: trouble.code(), part: part_of(trouble) };
        return Some((Verdict::Broken, reason));
    }
    if let (Place::Xls(_), true, Some(signed)) = (place, governing.newer_layout, &form.content) {
        let holds = |kind: &Kind| {
            content.hash(*kind, signed.algorithm).is_ok_and(|bytes| super::form::hexadecimal(&bytes) == signed.signed)
        };
        let hold = [Kind::Agile, Kind::V3].into_iter().filter(holds).collect();
        return Some((Verdict::Untrusted, Reason::XlsNewerForm { algorithm: signed.algorithm, hold }));
    }
    let of = |holds: bool| {
        let linked = all.iter().filter(|e| e.form.linked == form.linked && e.form.content_holds == Some(holds));
        let mut kinds: Vec<Kind> = linked.map(|e| e.form.kind).collect();
        kinds.dedup();
        kinds
    };
    let differ = of(false);
    (!differ.is_empty()).then(|| (Verdict::Changed, Reason::Changed { differ, hold: of(true) }))
}

/// Causes that lie in certificates: revoked, ended, not begun, wrong use, unknown; else good.
fn dated(
    kind: Kind,
    judged: &Judged<'_>,
    used: &Use<'_>,
    links: &[Link],
    trust: &Trust,
    at: Instant,
) -> (Verdict, Reason) {
    let revoked = |link: &Link| match &link.revocation {
        Revocation::Revoked { since, cause, source } => {
            Some(Revoked { certificate: link.party.clone(), since: *since, cause: *cause, source: source.clone() })
        }
        _ => None,
    };
    let all: Vec<Revoked> = links.iter().filter_map(revoked).collect();
    if let Some(first) = all.iter().find(|r| r.since <= judged.reference) {
        return (Verdict::Revoked, revoked_reason(first.clone(), used, judged.lifetime));
    }
    let party = |place: usize| judged.chain.links.get(place).map_or_else(|| judged.signer.party(), |c| c.party());
    match judged.chain.problems(judged.reference, CODE_SIGNING).into_iter().next() {
        Some(Problem::Ended(place)) => {
            return (Verdict::Expired, ended_reason(party(place), used, judged.lifetime));
        }
        Some(Problem::NotBegun(place)) => {
            let certificate = party(place);
            let reason = match used {
                Use::Sound(stamp) if !judged.lifetime => {
                    Reason::NotYetValidAtStamp { certificate, stamp: stamp.clone() }
                }
                _ => Reason::NotYetValid { certificate },
            };
            return (Verdict::NotYetValid, reason);
        }
        Some(Problem::Misuse(place, misuse)) => {
            return (Verdict::WrongUsage, Reason::WrongUsage { certificate: party(place), misuse });
        }
        None => {}
    }
    let certificate = judged.signer.party();
    match &judged.chain.end {
        Some(super::reason::ChainEnd::SelfSigned) => {
            return (Verdict::Untrusted, Reason::SelfSigned { certificate });
        }
        Some(end) => {
            let reason = Reason::UnknownIssuer { certificate, end: end.clone(), roots: trust.roots() };
            return (Verdict::Untrusted, reason);
        }
        None => {}
    }
    let stamp = match used {
        Use::Sound(stamp) if !judged.lifetime => Some(stamp.clone()),
        _ => None,
    };
    let over = judged.chain.links.iter().find(|c| c.until < at || c.from > at);
    let reason = match (stamp, all.into_iter().next(), over) {
        (Some(stamp), Some(revoked), _) => Reason::ValidRevokedLater { kind, revoked, stamp },
        (Some(stamp), None, Some(over)) => Reason::ValidByStamp { kind, certificate: over.party(), stamp },
        _ => Reason::Valid { kind, certificate },
    };
    if kind == Kind::Legacy {
        (Verdict::ValidLegacyOnly, Reason::LegacyOnly { because: Box::new(reason) })
    } else {
        (Verdict::Valid, reason)
    }
}

fn revoked_reason(revoked: Revoked, used: &Use<'_>, lifetime: bool) -> Reason {
    match used {
        Use::None => Reason::Revoked(revoked),
        Use::Sound(stamp) if lifetime => Reason::RevokedLifetimeSigning { revoked, stamp: stamp.clone() },
        Use::Sound(stamp) => Reason::RevokedBeforeStamp { revoked, stamp: stamp.clone() },
        Use::Ignored(stamp, flaw) => {
            let (stamp, time): (StampKind, _) = (stamp.kind, stamp.time);
            Reason::RevokedStampIgnored { revoked, stamp, time, flaw: flaw.clone() }
        }
    }
}

fn ended_reason(certificate: super::report::Party, used: &Use<'_>, lifetime: bool) -> Reason {
    match used {
        Use::None => Reason::Expired { certificate },
        Use::Sound(stamp) if lifetime => Reason::ExpiredLifetimeSigning { certificate, stamp: stamp.clone() },
        Use::Sound(stamp) => Reason::ExpiredBeforeStamp { certificate, stamp: stamp.clone() },
        Use::Ignored(stamp, flaw) => {
            let (stamp, time): (StampKind, _) = (stamp.kind, stamp.time);
            Reason::ExpiredStampIgnored { certificate, stamp, time, flaw: flaw.clone() }
        }
    }
}

/// The chain for the report, each certificate with what is known of its revocation.
fn links(chain: &Chain<'_>, governing: &Examined, trust: &Trust, at: Instant) -> Vec<Link> {
    let link = |(place, certificate): (usize, &&Certificate)| {
        let root = chain.is_root(place);
        // A given certificate that somebody else issued is trusted as it is, but its issuer can still revoke it.
        let above = chain.above(place).or_else(|| {
            let mut all = trust.roots.iter().chain(&governing.pool);
            let issuer = all.find(|c| c.subject == certificate.issuer && c.whole != certificate.whole);
            issuer.filter(|c| root && certificate.verify_by(c).is_ok())
        });
        let revocation = match (root, above) {
            (true, None) => Revocation::Root,
            _ => revocation::look_up(certificate, above, trust, at),
        };
        Link { party: certificate.party(), root, revocation }
    };
    chain.links.iter().enumerate().map(link).collect()
}
