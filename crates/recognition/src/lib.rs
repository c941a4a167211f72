//! Recognition: a raw software title or purchase line becomes product, edition, version and standing.

pub mod estate;
pub mod lots;
pub mod purchases;
pub mod titles;
