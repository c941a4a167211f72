//! Tests of the licensing core through its public face.

#[cfg(test)]
mod all_families;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod clusters;
#[cfg(test)]
mod compared;
mod decided;
#[cfg(test)]
mod estates;
#[cfg(test)]
mod in_time;
#[cfg(test)]
mod join;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod laws_of_all;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod open_ends;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod oracle_of_people;
mod outcomes;
mod questions;
#[cfg(test)]
mod retold;
#[cfg(test)]
mod terms;
#[cfg(test)]
mod verifier;
