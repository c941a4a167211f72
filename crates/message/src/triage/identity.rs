//! Who sent it, from the bytes: the checks, one's own server's verdict, and what is only claimed.

use std::net::IpAddr;

use serde::Serialize;

use crate::auth::arc::{self, Arc, ArcResult};
use crate::auth::canon::Bodies;
use crate::auth::dkim::{self, DkimResult, Reason, Signature};
use crate::auth::dmarc::{self, Discovery, DmarcResult, Policy, Published};
use crate::auth::key::KeyError;
use crate::auth::received::{self, Hop};
use crate::auth::results::{self, VerdictLine};
use crate::auth::spf::{self, Delivery, SpfResult};
use crate::content::Content;
use crate::dns::Dns;
use crate::headers::{RawMail, unfold};
use crate::world::{World, belongs};

/// How a file came, which decides what it can prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The bytes of the mail.
    Bytes,
    /// An Outlook file.
    Outlook,
}

/// A signature with its bearing on From.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signed {
    /// The verdict.
    #[serde(flatten)]
    pub signature: Signature,
    /// True when the signing domain answers for the From domain.
    pub aligned: bool,
}

/// SPF as the file shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spf {
    /// The result.
    pub result: SpfResult,
    /// The envelope sender's domain that was asked.
    pub domain: String,
    /// True when that domain answers for From.
    pub aligned: bool,
    /// Where the result comes from: `file`, `server`, or why there is none.
    pub basis: &'static str,
}

/// All checks of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checks {
    /// From domain.
    pub from_domain: String,
    /// Signatures, top to bottom.
    pub dkim: Vec<Signed>,
    /// SPF.
    pub spf: Spf,
    /// DMARC.
    pub dmarc: DmarcResult,
    /// The policy published for the From domain.
    pub policy: Option<Policy>,
    /// ARC.
    pub arc: Arc,
    /// The path, newest first.
    pub path: Vec<Hop>,
    /// The verdict line of one's own server.
    pub own_line: Option<VerdictLine>,
    /// True when that line does not name its server.
    pub unnamed_line: bool,
    /// Verdict lines of others that claim a pass.
    pub foreign_lines: Vec<VerdictLine>,
    /// True when the file is not the one that was signed.
    pub rewritten: bool,
    /// Fields that a reader believes and that stand twice.
    pub doubled: Vec<&'static str>,
    /// Fields that a reader sees and that no aligned signature covers.
    pub uncovered: Vec<&'static str>,
}

/// Runs every check. Outlook files give header lines only: their signatures are listed, not judged.
pub fn check(mail: &RawMail<'_>, content: &Content, form: Form, world: &World, dns: &dyn Dns) -> Checks {
    let from_domain = content.from.first().map(|p| p.domain()).unwrap_or_default();
    let path = received::path(mail);
    let (own_line, unnamed_line, foreign_lines) = verdict_lines(mail, world);
    let border = border(&path, world);
    let mut bodies = Bodies::new(mail.body());
    let received_at = border.and_then(|h| h.at).or_else(|| path.first().and_then(|h| h.at));
    let mut signatures = match form {
        Form::Bytes => dkim::verify(mail, &mut bodies, received_at, dns),
        Form::Outlook => dkim::unjudged(mail, Reason::OutlookFile),
    };
    let server_passed = |d: &str| {
        own_line.as_ref().is_some_and(|l| {
            l.verdicts.iter().any(|v| v.method == "dkim" && v.result == "pass" && v.domain().is_none_or(|h| h == d))
        })
    };
    let mut rewritten = form == Form::Outlook;
    for signature in &mut signatures {
        let broken =
            matches!(signature.reason, Some(Reason::BodyChanged | Reason::BodyCut | Reason::SignatureMismatch));
        if form == Form::Bytes && broken && server_passed(&signature.d) {
            // One's own server saw it pass, so it was changed after that.
            signature.result = DkimResult::Unsure;
            signature.reason = Some(Reason::Rewritten);
            rewritten = true;
        }
    }
    let discovery = dmarc::discover(&from_domain, dns);
    let published = match &discovery {
        Discovery::Found(p) => Some(p),
        Discovery::Nothing | Discovery::NoAnswer => None,
    };
    let strict = |f: fn(&Published) -> bool| published.is_some_and(f);
    let dkim: Vec<Signed> = signatures
        .into_iter()
        .map(|signature| {
            let aligned = dmarc::aligned(&from_domain, &signature.d, strict(|p| p.strict_dkim), published);
            Signed { signature, aligned }
        })
        .collect();
    let spf = spf(mail, &from_domain, border, own_line.as_ref(), strict(|p| p.strict_spf), published, dns);
    let arc = match form {
        Form::Bytes => arc::verify(mail, &mut bodies, dns),
        Form::Outlook => Arc { result: ArcResult::None, sealers: Vec::new(), first_saw: None, key_missing: false },
    };
    let dmarc = judge(&discovery, &dkim, &spf, own_line.as_ref());
    let doubled = ["from", "to", "subject", "date", "reply-to", "content-type", "message-id"]
        .into_iter()
        .filter(|n| mail.named(n).nth(1).is_some())
        .collect();
    let uncovered = uncovered(mail, &dkim);
    Checks {
        from_domain,
        policy: published.map(|p| p.policy),
        dkim,
        spf,
        dmarc,
        arc,
        path,
        own_line,
        unnamed_line,
        foreign_lines,
        rewritten,
        doubled,
        uncovered,
    }
}

impl Checks {
    /// True when the From domain is shown to have sent the mail: an aligned signature that holds, an aligned SPF pass under a
    /// policy, or the verdict of one's own server.
    pub fn proven(&self) -> bool {
        self.dmarc == DmarcResult::Pass
            || self.dkim.iter().any(|s| s.aligned && s.signature.result == DkimResult::Pass)
            || (self.rewritten
                && self.own_line.as_ref().and_then(|l| l.of("dmarc")).is_some_and(|v| v.result == "pass"))
    }

    /// True when a chain of forwarders holds that saw From's signature pass.
    pub fn vouched(&self) -> bool {
        self.arc.result == ArcResult::Pass
            && self
                .arc
                .first_saw
                .as_deref()
                .and_then(|l| results::parse(&format!("x; {l}")))
                .is_some_and(|l| l.claims_pass())
    }
}

/// The verdict line that counts, whether it is unnamed, and the lines of others.
fn verdict_lines(mail: &RawMail<'_>, world: &World) -> (Option<VerdictLine>, bool, Vec<VerdictLine>) {
    // A server writes its verdict above its own Received line; all below was there before and may be anyone's. The lines
    // of the house's inner servers may stand higher still.
    let hops: Vec<(usize, String)> =
        mail.named("received").take(100).map(|(n, h)| (n, received::hop(&unfold(mail.value(h))).by)).collect();
    let own_hop = hops
        .iter()
        .take_while(|(_, by)| world.is_own_server(by) || world.is_customer(by))
        .find(|(_, by)| world.is_own_server(by));
    let first_hop = own_hop.or(hops.first()).map_or(mail.headers().len(), |(n, _)| *n);
    let mut own: Option<VerdictLine> = None;
    let mut unnamed = false;
    let mut foreign = Vec::new();
    let mut lines_before = 0;
    for (at, header) in mail.named("authentication-results").take(50) {
        let Some(line) = results::parse(&unfold(mail.value(header))) else { continue };
        let on_top = at < first_hop;
        match &line.server {
            Some(server) if on_top && world.is_own_server(server) => {
                if own.as_ref().is_none_or(|o| o.verdicts.is_empty()) {
                    own = Some(line);
                } else if let Some(own) = &mut own {
                    own.verdicts.extend(line.verdicts);
                }
            }
            // Microsoft's line names no server; it is believed only as the very first of its kind, above all hops.
            None if on_top && lines_before == 0 && own.is_none() => {
                unnamed = true;
                own = Some(line);
            }
            _ if line.claims_pass() => foreign.push(line),
            _ => {}
        }
        lines_before += 1;
    }
    (own, unnamed, foreign)
}

/// The hop at which the mail came into the customer's hands: the last line, from the top, that one's own servers wrote in one
/// unbroken run.
fn border<'h>(path: &'h [Hop], world: &World) -> Option<&'h Hop> {
    let own = |name: &str| !name.is_empty() && (world.is_own_server(name) || belongs(name, &world.customer.domains));
    let mut found = None;
    for hop in path {
        if !own(&hop.by) {
            break;
        }
        if hop.ip.is_some_and(|ip| !received::internal(ip)) {
            found = Some(hop);
        }
        let from_inside = hop.host.as_deref().is_some_and(own) || hop.ip.is_none_or(received::internal);
        if !from_inside {
            break;
        }
    }
    found
}

fn spf(
    mail: &RawMail<'_>,
    from_domain: &str,
    border: Option<&Hop>,
    own_line: Option<&VerdictLine>,
    strict: bool,
    published: Option<&Published>,
    dns: &dyn Dns,
) -> Spf {
    let envelope = mail.text("return-path").map(|p| p.trim_matches(['<', '>', ' ']).to_lowercase());
    let told = own_line.and_then(|l| l.of("spf"));
    let by_server = |basis| {
        let verdict = told?;
        let domain = verdict.property("smtp.mailfrom").or(verdict.property("smtp.helo")).unwrap_or_default();
        let domain = domain.rsplit_once('@').map_or(domain, |(_, d)| d).to_ascii_lowercase();
        let result = match verdict.result.as_str() {
            "pass" => SpfResult::Pass,
            "fail" | "hardfail" => SpfResult::Fail,
            "softfail" => SpfResult::SoftFail,
            "neutral" => SpfResult::Neutral,
            "none" => SpfResult::None,
            "temperror" => SpfResult::TempError,
            "permerror" => SpfResult::PermError,
            _ => return None,
        };
        let aligned = dmarc::aligned(from_domain, &domain, strict, published);
        Some(Spf { result, domain, aligned, basis })
    };
    let unsure = |basis| Spf { result: SpfResult::Unsure, domain: String::new(), aligned: false, basis };
    let Some((hop, ip)) = border.and_then(|h| Some((h, h.ip?))) else {
        return by_server("server").unwrap_or_else(|| unsure("no-own-hop"));
    };
    let Some(envelope) = envelope else {
        return by_server("server").unwrap_or_else(|| unsure("no-envelope-sender"));
    };
    let outcome = spf::check(
        &Delivery {
            ip: IpAddr::to_canonical(&ip),
            helo: &hop.helo,
            mail_from: &envelope,
            receiver: &hop.by,
            received_at: hop.at.unwrap_or(0),
        },
        dns,
    );
    if outcome.result == SpfResult::TempError {
        return by_server("server").unwrap_or_else(|| unsure("no-dns-answer"));
    }
    let aligned = dmarc::aligned(from_domain, &outcome.domain, strict, published);
    Spf { result: outcome.result, domain: outcome.domain, aligned, basis: "file" }
}

fn judge(discovery: &Discovery, dkim: &[Signed], spf: &Spf, own_line: Option<&VerdictLine>) -> DmarcResult {
    let told = own_line.and_then(|l| l.of("dmarc")).map(|v| v.result.as_str());
    let passes = dkim.iter().any(|s| s.aligned && s.signature.result == DkimResult::Pass)
        || (spf.aligned && spf.result == SpfResult::Pass);
    match discovery {
        Discovery::NoAnswer => match told {
            Some("pass") => DmarcResult::Pass,
            Some("fail") => DmarcResult::Fail,
            Some("none") => DmarcResult::None,
            _ => DmarcResult::Unsure,
        },
        Discovery::Nothing => DmarcResult::None,
        Discovery::Found(_) if passes => DmarcResult::Pass,
        Discovery::Found(_) => {
            // What could still have passed keeps the verdict open, unless one's own server saw it fail.
            let open = dkim.iter().any(|s| s.aligned && s.signature.result == DkimResult::Unsure)
                || matches!(spf.result, SpfResult::Unsure);
            match told {
                Some("pass") if open => DmarcResult::Pass,
                Some("fail") => DmarcResult::Fail,
                _ if open && !only_missing_keys(dkim, spf) => DmarcResult::Unsure,
                _ => DmarcResult::Fail,
            }
        }
    }
}

/// True when nothing but keys that do not exist is left to hope for, while SPF was judged and did not pass.
fn only_missing_keys(dkim: &[Signed], spf: &Spf) -> bool {
    let missing = |s: &&Signed| matches!(s.signature.reason, Some(Reason::Key(KeyError::NoKey | KeyError::Revoked)));
    spf.basis == "file" && dkim.iter().filter(|s| s.signature.result == DkimResult::Unsure).all(|s| missing(&s))
}

fn uncovered(mail: &RawMail<'_>, dkim: &[Signed]) -> Vec<&'static str> {
    let passing: Vec<&Signed> = dkim.iter().filter(|s| s.signature.result == DkimResult::Pass).collect();
    if passing.is_empty() {
        return Vec::new();
    }
    ["subject", "reply-to", "to", "date", "content-type"]
        .into_iter()
        .filter(|n| mail.named(n).next().is_some())
        .filter(|n| !passing.iter().any(|s| s.signature.covers.iter().any(|c| c == n)))
        .collect()
}
