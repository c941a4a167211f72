//! A case and a whole company, from files to facts.

#[cfg(test)]
mod belharra;
#[cfg(test)]
mod store;
#[cfg(test)]
mod unruly;
