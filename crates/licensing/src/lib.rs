//! The licensing core: facts in, position out.
//!
//! The folder list is the flow; a later room may use an earlier one, never the reverse:
//!
//! 1. `facts`: rows as read from evidence, each with its origin.
//! 2. `deployments`: the [`deployments::Estate`], machines, installations, users, accesses and lots, joined and recognised.
//! 3. `terms`: licensing knowledge as data: versions with dates, edition rights, rules with numbers, dates and sources; and
//!    the price list.
//! 4. `requirements`: for each deployment the *ways* in which it may be licensed, one file a product family. The estate is
//!    read twice where something is unknown: once in the way that asks least, once in the way that asks most.
//! 5. `assignment`: lots to ways, so that what stays uncovered costs least; an independent verifier looks again.
//! 6. `position`: lines with intervals, money, rules, the sum step by step, the lots that were considered, and questions.
//!
//! [`position`] is the way through: `position(&estate, &terms, &prices, as_of, &options)`. [`casebook`] reads a worked example
//! out of its text and [`check`] compares one with the position.
//!
//! Pure: no file, clock, network, locale or async. Nothing here fails on an estate: functions return values and findings.
//! Only reading knowledge or a worked example from text can fail, with a typed error.

pub mod assignment;
pub mod casebook;
pub mod check;
pub mod clusters;
pub mod comparison;
pub mod deployments;
pub mod facts;
pub mod findings;
pub mod position;
pub mod requirements;
pub mod side_by_side;
pub mod terms;
pub mod word;

pub use position::position;
