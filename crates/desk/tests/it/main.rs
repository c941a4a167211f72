//! A case and a whole company, from files to facts.

#[cfg(test)]
mod belharra;
