//! Integration tests of recognition, one binary.

#[cfg(test)]
mod faults;
#[cfg(test)]
mod lots;
#[cfg(test)]
mod purchases;
#[cfg(test)]
mod titles;
