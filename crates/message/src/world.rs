//! What a case knows before a mail comes: the publisher, the customer, the contract, and who has written before.

use serde::Deserialize;
use thiserror::Error;

/// The publisher in whose name one is written to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Publisher {
    /// Its name.
    pub name: String,
    /// Its domains.
    pub domains: Vec<String>,
    /// What begins the local part of a contractor's address at the publisher.
    pub contractor_prefixes: Vec<String>,
}

/// The one who receives the mails.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Customer {
    /// Its name.
    pub name: String,
    /// Its domains.
    pub domains: Vec<String>,
    /// The names that its own mail servers write into verdict lines.
    pub authserv_ids: Vec<String>,
}

/// A contract on file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Agreement {
    /// Its number.
    pub number: String,
    /// Days of notice that its audit clause gives.
    pub notice_days: Option<i64>,
    /// The number of its audit clause, when known.
    pub clause: Option<String>,
}

/// An organisation known by name and domains.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Its domains.
    pub domains: Vec<String>,
}

/// All of it. Every part may be missing; what is missing is not guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct World {
    /// The publisher.
    pub publisher: Option<Publisher>,
    /// The customer.
    pub customer: Customer,
    /// The contract on file.
    pub agreement: Option<Agreement>,
    /// Further contracts on file.
    pub agreements: Vec<Agreement>,
    /// Auditors whom the publisher has named to the customer.
    pub auditors: Vec<Known>,
    /// Others with whom the case is in touch: a look-alike of one of them counts too.
    pub correspondents: Vec<Known>,
    /// False when the case shows that no inventory has left; `None` when nobody knows.
    pub inventory_sent: Option<bool>,
}

/// A context file that cannot be read.
#[derive(Debug, Error)]
#[error("context file: {0}; it holds a [world] table with publisher, customer and agreement")]
pub struct WorldError(#[from] Box<toml::de::Error>);

#[derive(Deserialize)]
struct File {
    world: Option<World>,
}

impl World {
    /// Reads a context file: the table `[world]`, or its keys at the top.
    pub fn parse(text: &str) -> Result<World, WorldError> {
        let file: File = toml::from_str(text).map_err(Box::new)?;
        match file.world {
            Some(world) => Ok(world),
            None => Ok(toml::from_str(text).map_err(Box::new)?),
        }
    }

    /// The contracts on file.
    pub fn contracts(&self) -> impl Iterator<Item = &Agreement> {
        self.agreement.iter().chain(&self.agreements).filter(|a| !a.number.is_empty())
    }

    /// True when a domain is the customer's.
    pub fn is_customer(&self, domain: &str) -> bool {
        belongs(domain, &self.customer.domains)
    }

    /// True when a server's name is one that the customer named, or lies in its domains.
    pub fn is_own_server(&self, server: &str) -> bool {
        let server = crate::dns::normal(server);
        self.customer.authserv_ids.iter().any(|s| crate::dns::normal(s) == server)
    }
}

/// True when a domain is one of a list or lies below one.
pub fn belongs(domain: &str, list: &[String]) -> bool {
    list.iter().any(|d| {
        let d = crate::dns::normal(d);
        domain.strip_suffix(d.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}
