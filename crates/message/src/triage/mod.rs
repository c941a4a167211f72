//! Is this mail real, and does it oblige? Two questions, answered apart: who sent it, from the bytes; on what basis, from the
//! words and from the contract on file. Never one number.

mod basis;
pub mod consequences;
pub mod dates;
pub mod deadlines;
mod flags;
pub mod history;
pub mod identity;
pub mod language;
mod ledger;
pub mod links;
mod lookalike;
pub mod mentions;
mod signs;
mod verdict;
mod who;

use ring::digest::{SHA256, digest};

pub use history::History;
pub use verdict::{Basis, Class, Identity, ReasonLine, Sender, SignatureLine, Standing, Verdict};

use crate::attachment::{self, AttachmentInspector};
use crate::content::{self, Content, Inner};
use crate::dns::Dns;
use crate::headers::RawMail;
use crate::limits;
use crate::outlook::Outlook;
use crate::rules::{self, Rules, RulesError};
use crate::world::{Publisher, World};
use identity::Form;

/// Everything a triage stands on: rules, the world of the case, DNS, and who looks deeper into attachments.
pub struct Triage<'a> {
    pub(crate) rules: &'static Rules,
    pub(crate) world: &'a World,
    pub(crate) publishers: Vec<PublisherNames>,
    compared: lookalike::Compared,
    dns: &'a dyn Dns,
    inspector: &'a dyn AttachmentInspector,
}

/// A publisher with the names that people write.
#[derive(Debug, Clone)]
pub(crate) struct PublisherNames {
    pub(crate) publisher: Publisher,
    pub(crate) names: Vec<String>,
}

impl<'a> Triage<'a> {
    /// A triage for a world. Without a publisher in it, the publishers that are known anyway count.
    pub fn new(
        world: &'a World,
        dns: &'a dyn Dns,
        inspector: &'a dyn AttachmentInspector,
    ) -> Result<Triage<'a>, &'static RulesError> {
        let rules = rules::shipped()?;
        dates::check_shipped()?;
        let publishers = match &world.publisher {
            Some(publisher) => vec![PublisherNames { names: names(publisher), publisher: publisher.clone() }],
            None => rules
                .publishers
                .iter()
                .map(|k| PublisherNames {
                    publisher: Publisher {
                        name: k.name.clone(),
                        domains: k.domains.clone(),
                        contractor_prefixes: k.contractor_prefixes.clone(),
                    },
                    names: k.names.clone(),
                })
                .collect(),
        };
        Ok(Triage { rules, world, publishers, compared: lookalike::Compared::default(), dns, inspector })
    }

    /// Judges the bytes of a mail, or of an Outlook file. `history` is what came before in the same case or run.
    pub fn bytes(&self, bytes: &[u8], history: &History) -> Verdict {
        if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
            && let Ok(outlook) = Outlook::read(bytes)
        {
            return self.outlook(&outlook, &hash(bytes), history, 0);
        }
        let mut budget = limits::NESTED_MAILS;
        self.raw(bytes, history, 0, &mut budget)
    }

    fn raw(&self, bytes: &[u8], history: &History, depth: usize, budget: &mut usize) -> Verdict {
        let cut = bytes.get(..bytes.len().min(limits::MAIL_BYTES)).unwrap_or_default();
        let mail = RawMail::new(cut);
        let content = content::read(&mail);
        let mut verdict = self.judge(&mail, &content, Form::Bytes, history);
        verdict.sha256 = hash(bytes);
        if cut.len() < bytes.len() {
            verdict.left_out.push("mail-too-large");
        }
        self.inside(&content, &mut verdict, history, depth, budget);
        verdict
    }

    fn outlook(&self, outlook: &Outlook, sha256: &str, history: &History, depth: usize) -> Verdict {
        let headers = outlook.headers();
        let mail = RawMail::new(&headers);
        let mut verdict = self.judge(&mail, &outlook.content, Form::Outlook, history);
        verdict.sha256 = sha256.to_owned();
        let mut budget = limits::NESTED_MAILS;
        self.inside(&outlook.content, &mut verdict, history, depth, &mut budget);
        verdict
    }

    fn inside(&self, content: &Content, verdict: &mut Verdict, history: &History, depth: usize, budget: &mut usize) {
        for (name, inner) in &content.inner {
            if depth + 1 >= limits::NESTING || *budget == 0 {
                verdict.left_out.push("nested-too-deep");
                break;
            }
            *budget -= 1;
            let mut inside = match inner {
                Inner::Raw(bytes) => self.raw(bytes, history, depth + 1, budget),
                Inner::Outlook(outlook) => self.outlook(outlook, "", history, depth + 1),
            };
            inside.file.clone_from(name);
            verdict.contains.push(inside);
        }
    }

    fn judge(&self, mail: &RawMail<'_>, content: &Content, form: Form, history: &History) -> Verdict {
        let checks = identity::check(mail, content, form, self.world, self.dns);
        let attachments: Vec<_> =
            content.parts.iter().map(|p| attachment::examine(&p.name, &p.declared, &p.bytes, self.inspector)).collect();
        basis::judge(self, mail, content, form, &checks, attachments, history)
    }
}

/// The SHA-256 of bytes, lower-case hex.
pub fn hash(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

/// Names by which people write a publisher: the first word of its name, and the label of its domains.
fn names(publisher: &Publisher) -> Vec<String> {
    let fold = |s: &str| String::from_utf8_lossy(crate::fold::Folded::new(s.to_owned()).bytes()).into_owned();
    let mut out: Vec<String> = publisher.domains.iter().map(|d| crate::domain::label(d)).collect();
    let name = fold(&publisher.name);
    out.extend(name.split(' ').next().filter(|w| w.len() >= 3).map(str::to_owned));
    out.retain(|n| n.len() >= 3);
    out.sort();
    out.dedup();
    out
}
