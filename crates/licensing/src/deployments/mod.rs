//! Deployments: machines, installations, users, accesses and lots, joined and recognised. The vocabulary is that of the
//! worked examples, so that a case of the case book, a declared fact and a whole company have one shape.

pub mod changes;
mod edition;
mod estate;
pub mod join;

pub use edition::{licensed_edition, licensed_version};
pub use estate::{Access, Audit, Device, Entitlement, Estate, Install, Server, User, Vm, Words};
