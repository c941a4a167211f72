//! Two parts of a calculation that need nothing of each other. The core starts no thread: who asks for a position may give a
//! function that runs both parts at once. What comes out is the same either way.

use std::fmt;

/// One part: called once.
pub type Part<'a> = &'a mut (dyn FnMut() + Send);

/// How two parts are run. By default one after the other.
#[derive(Clone, Copy)]
pub struct SideBySide(fn(Part<'_>, Part<'_>));

impl SideBySide {
    /// Runs parts by `run`, which calls each of the two once, in any order or at once, and returns when both have returned.
    pub const fn by(run: fn(Part<'_>, Part<'_>)) -> SideBySide {
        SideBySide(run)
    }

    /// The results of both. A part that `run` left out is run here.
    pub(crate) fn both<A: Send, B: Send>(
        self,
        mut one: impl FnMut() -> A + Send,
        mut other: impl FnMut() -> B + Send,
    ) -> (A, B) {
        let (mut first, mut second) = (None, None);
        (self.0)(&mut || first = Some(one()), &mut || second = Some(other()));
        (first.unwrap_or_else(one), second.unwrap_or_else(other))
    }
}

impl Default for SideBySide {
    fn default() -> SideBySide {
        SideBySide(|one, other| {
            one();
            other();
        })
    }
}

impl fmt::Debug for SideBySide {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SideBySide")
    }
}

#[cfg(test)]
mod tests {
    use super::SideBySide;

    #[test]
    fn a_part_that_was_left_out_is_run_all_the_same() {
        let ways = [
            SideBySide::default(),
            SideBySide::by(|one, _| one()),
            SideBySide::by(|_, other| other()),
            SideBySide::by(|_, _| {}),
        ];
        for way in ways {
            assert_eq!(way.both(|| 1, || "two"), (1, "two"));
        }
    }
}
