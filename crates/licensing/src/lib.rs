//! The licensing core: facts in, position out.
//!
//! The folder list is the flow; a later room may use an earlier one, never the reverse:
//! `facts` (rows read from evidence) -> `deployments` (machines, installations, lots) -> `requirements` (the ways a
//! deployment may be licensed) -> `assignment` (lots to requirements) -> `position` (lines, intervals, explanations).
//!
//! Pure: no file, clock, network, locale or async. Nothing here fails: functions return values and findings.

pub mod deployments;
pub mod facts;
