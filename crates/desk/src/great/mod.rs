//! Great lists and archives: a file too large to be read whole is read in chunks by several confined children, while it is copied and hashed
//! once. What has been read is brought to the disk every few seconds; a run that is cut off goes on from there.
//!
//! Until its last row and its hash are known, the file is in the case for nobody: it stands in the table `unfinished`. One
//! transaction at the end makes it known with all its facts and rejects. There is at most one unfinished file.

mod archive;
mod block;
mod child;
mod copy;
mod members;
mod reading;
mod rows;
mod sift;
mod staging;

pub use child::{LIST_ARGUMENT, child};

pub use members::Tally;
pub(crate) use reading::{Finished, Progress, Reading, has_the_mark_of_an_archive, may_be_great, read};
pub use rows::Named;
pub(crate) use rows::{GreatReading, Names, TitleRow};
pub(crate) use staging::give_way;
