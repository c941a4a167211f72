//! Is this mail real, and does it oblige? Two questions, answered apart: who sent it, from the bytes; on what basis, from the
//! words and from the contract on file. Never one number.

mod basis;
pub mod consequences;
pub mod dates;
pub mod deadlines;
mod facts;
mod flags;
mod fraud;
pub mod history;
pub mod identity;
pub mod language;
mod ledger;
pub mod links;
mod lookalike;
mod matter;
pub mod mentions;
mod near;
mod signs;
mod verdict;
mod who;

use ring::digest::{SHA256, digest};

pub use history::{History, Noted};
pub use verdict::{Basis, Class, Identity, ReasonLine, Sender, SignatureLine, Standing, Verdict};

use crate::attachment::AttachmentInspector;
use crate::content::{self, Inner};
use crate::dns::Dns;
use crate::headers::RawMail;
use crate::limits;
use crate::outlook::Outlook;
use crate::rules::{self, Rules, RulesError};
use crate::world::{Publisher, World};
use facts::Facts;
use identity::Form;

/// Everything a triage stands on: rules, the world of the case, DNS, and who looks deeper into attachments.
pub struct Triage<'a> {
    pub(crate) rules: &'static Rules,
    pub(crate) world: &'a World,
    /// Those whose mails are judged: the case's own, or without one all that are known.
    pub(crate) publishers: Vec<PublisherNames>,
    /// Others that are known beside the case's own.
    pub(crate) others: Vec<PublisherNames>,
    compared: lookalike::Compared,
    imitated: lookalike::Imitated,
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
        let mut known: Vec<PublisherNames> = rules
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
            .collect();
        let (publishers, others) = match &world.publisher {
            Some(publisher) => {
                let own = PublisherNames { names: names(publisher), publisher: publisher.clone() };
                known.retain(|k| !k.names.iter().any(|n| own.names.contains(n)));
                (vec![own], known)
            }
            None => (known, Vec::new()),
        };
        Ok(Triage {
            rules,
            world,
            publishers,
            others,
            compared: lookalike::Compared::default(),
            imitated: lookalike::Imitated::default(),
            dns,
            inspector,
        })
    }

    /// Judges the bytes of a mail, or of an Outlook file. `history` is what came before in the same case or run.
    pub fn bytes(&self, bytes: &[u8], history: &History) -> Verdict {
        self.conclude(self.open(bytes), history)
    }

    /// Does all that does not depend on the past: mails can be opened in any order, or at the same time by several who
    /// share nothing, as long as they are concluded in theirs.
    pub fn open(&self, bytes: &[u8]) -> Opened<'_> {
        if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
            && let Ok(outlook) = Outlook::read(bytes)
        {
            return self.outlook(outlook, hash(bytes), 0);
        }
        let mut budget = limits::NESTED_MAILS;
        self.raw(bytes, 0, &mut budget)
    }

    /// Gives the verdict. What a mail adds to the past ([`Opened::noted`]) does not depend on the past.
    pub fn conclude(&self, opened: Opened<'_>, history: &History) -> Verdict {
        let mut verdict = basis::judge(self, opened.facts, history);
        verdict.sha256 = opened.sha256;
        verdict.left_out.extend(opened.left_out);
        for (name, inner) in opened.inside {
            let mut inside = self.conclude(inner, history);
            inside.file = name;
            verdict.contains.push(inside);
        }
        verdict
    }

    /// What a mail adds to the past.
    pub fn noted(&self, opened: &Opened<'_>) -> Noted {
        if opened.facts.may_name_auditor() {
            // Whether the publisher names an auditor is read off its verdict, which no past changes: the past may make an
            // auditor of a stranger, never of the publisher.
            return Noted::of(&basis::judge(self, opened.facts.clone(), &History::new()));
        }
        let (message_id, from) = opened.facts.origin();
        let campaign = basis::campaign(self, &opened.facts);
        let asked = basis::asked(&opened.facts).filter(|_| campaign).map(str::to_owned);
        Noted { message_id: message_id.to_owned(), from: from.to_owned(), campaign, asked, auditor: None }
    }

    fn raw(&self, bytes: &[u8], depth: usize, budget: &mut usize) -> Opened<'_> {
        let cut = bytes.get(..bytes.len().min(limits::MAIL_BYTES)).unwrap_or_default();
        let mail = RawMail::new(cut);
        let mut content = content::read(&mail);
        let inner = std::mem::take(&mut content.inner);
        content.holds_mails = !inner.is_empty();
        let mut opened = Opened {
            facts: Facts::of(self, &mail, content, Form::Bytes),
            sha256: hash(bytes),
            left_out: Vec::new(),
            inside: Vec::new(),
        };
        if cut.len() < bytes.len() {
            opened.left_out.push("mail-too-large");
        }
        self.inside(inner, &mut opened, depth, budget);
        opened
    }

    fn outlook(&self, outlook: Outlook, sha256: String, depth: usize) -> Opened<'_> {
        let headers = outlook.headers();
        let mail = RawMail::new(&headers);
        let mut content = outlook.content;
        let inner = std::mem::take(&mut content.inner);
        content.holds_mails = !inner.is_empty();
        let facts = Facts::of(self, &mail, content, Form::Outlook);
        let mut opened = Opened { facts, sha256, left_out: Vec::new(), inside: Vec::new() };
        let mut budget = limits::NESTED_MAILS;
        self.inside(inner, &mut opened, depth, &mut budget);
        opened
    }

    fn inside<'s>(&'s self, inner: Vec<(String, Inner)>, opened: &mut Opened<'s>, depth: usize, budget: &mut usize) {
        for (name, inner) in inner {
            if depth + 1 >= limits::NESTING || *budget == 0 {
                opened.left_out.push("nested-too-deep");
                break;
            }
            *budget -= 1;
            let inside = match inner {
                Inner::Raw(bytes) => self.raw(&bytes, depth + 1, budget),
                Inner::Outlook(outlook) => self.outlook(*outlook, String::new(), depth + 1),
            };
            opened.inside.push((name, inside));
        }
    }
}

/// A mail with all that was read and checked in it, short of what depends on the mails before it.
pub struct Opened<'a> {
    facts: Facts<'a>,
    sha256: String,
    left_out: Vec<&'static str>,
    inside: Vec<(String, Opened<'a>)>,
}

impl Opened<'_> {
    /// The numbers of the mails that it, or a mail inside, continues: of the past, its verdict asks for the senders of these
    /// and for the auditors that were named.
    pub fn references(&self) -> Vec<String> {
        let mut all = self.facts.references().to_vec();
        self.inside.iter().for_each(|(_, inside)| all.extend(inside.references()));
        all
    }
}

/// The SHA-256 of bytes, lower-case hex.
pub fn hash(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or_default();
    digest(&SHA256, bytes).as_ref().iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
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
