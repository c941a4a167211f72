//! Which of some thousand strings stand in a text. Three bytes tell at nearly every place that none stands there: each string is
//! known by three of its bytes that are rare in words. The table of those fits into the nearest cache, which an automaton over
//! all strings does not.

/// Bits of a byte that make part of a key: letters without case stay apart.
const BITS: usize = 5;
/// Keys of three bytes.
const KEYS: usize = 1 << (3 * BITS);
/// Bytes of a string among which the three are chosen.
const LOOKED_AT: usize = 200;
/// Bytes of folded French and English, the most common first.
const COMMON: &[u8] = b" esaitnrulodcmpvgfbhqyxjkwz";

/// Strings to look for.
#[derive(Debug)]
pub(super) struct Strings {
    strings: Vec<Vec<u8>>,
    /// A bit for each key that is one of a string.
    wanted: Vec<u64>,
    /// For each key, where its strings begin in `known`; one more for the end.
    first: Vec<usize>,
    /// A string, and where in it the three bytes stand.
    known: Vec<(usize, usize)>,
}

impl Strings {
    /// Of strings of two bytes or more; `None` when one is shorter.
    pub(super) fn new(strings: Vec<Vec<u8>>) -> Option<Strings> {
        let mut keyed: Vec<(usize, usize, usize)> = Vec::new();
        for (n, string) in strings.iter().enumerate() {
            match string.as_slice() {
                [] | [_] => return None,
                // With any byte after them, and with none.
                [a, b] => keyed.extend((0..1 << BITS).map(|c| (key(*a, *b, c), n, 0))),
                longer => {
                    let rarest = longer.windows(3).take(LOOKED_AT).enumerate().min_by_key(|(_, three)| common(three));
                    let (at, three) = rarest?;
                    let [a, b, c] = three else { return None };
                    keyed.push((key(*a, *b, *c), n, at));
                }
            }
        }
        keyed.sort_unstable();
        let mut wanted = vec![0_u64; KEYS / 64];
        let mut first = vec![0; KEYS + 1];
        for (key, ..) in &keyed {
            *wanted.get_mut(key / 64)? |= 1 << (key % 64);
            *first.get_mut(key + 1)? += 1;
        }
        let mut before = 0;
        for count in &mut first {
            before += *count;
            *count = before;
        }
        Some(Strings { strings, wanted, first, known: keyed.into_iter().map(|(_, n, at)| (n, at)).collect() })
    }

    /// Tells every string at every place where it stands, with a byte of it there: those never go back in the text.
    pub(super) fn each(&self, text: &[u8], tell: &mut impl FnMut(usize, usize)) {
        for (at, three) in text.windows(3).enumerate() {
            if let [a, b, c] = three {
                self.at(text, at, key(*a, *b, *c), tell);
            }
        }
        if let [.., a, b] = text {
            self.at(text, text.len() - 2, key(*a, *b, 0), tell);
        }
    }

    #[inline]
    fn at(&self, text: &[u8], at: usize, key: usize, tell: &mut impl FnMut(usize, usize)) {
        if self.wanted.get(key / 64).is_some_and(|bits| bits >> (key % 64) & 1 == 1) {
            self.verify(text, at, key, tell);
        }
    }

    fn verify(&self, text: &[u8], at: usize, key: usize, tell: &mut impl FnMut(usize, usize)) {
        let range = self.first.get(key).zip(self.first.get(key + 1)).map_or(0..0, |(from, to)| *from..*to);
        for (n, within) in self.known.get(range).into_iter().flatten() {
            let Some(string) = self.strings.get(*n) else { continue };
            let from = at.checked_sub(*within).and_then(|from| text.get(from..));
            if from.is_some_and(|from| from.starts_with(string)) {
                tell(*n, at);
            }
        }
    }
}

#[inline]
fn key(a: u8, b: u8, c: u8) -> usize {
    let bits = |byte: u8| usize::from(byte) % (1 << BITS);
    bits(a) | bits(b) << BITS | bits(c) << (2 * BITS)
}

/// How common bytes are in words, by rank alone.
fn common(three: &[u8]) -> usize {
    let rank = |byte: &u8| COMMON.iter().position(|c| c == byte).map_or(4, |rank| COMMON.len() - rank);
    three.iter().map(rank).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plainly(strings: &[Vec<u8>], text: &[u8]) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        for (n, string) in strings.iter().enumerate() {
            all.extend(
                (0..text.len()).filter(|at| text.get(*at..).is_some_and(|t| t.starts_with(string))).map(|at| (n, at)),
            );
        }
        all
    }

    proptest! {
        #[test]
        fn every_string_is_found_wherever_it_stands(
            strings in prop::collection::btree_set("[a-d ]{2,5}|[é1,]{2}", 1..12),
            text in "[a-d é1,\n]{0,60}",
        ) {
            let strings: Vec<Vec<u8>> = strings.into_iter().map(String::into_bytes).collect();
            let found = Strings::new(strings.clone()).unwrap();
            let (mut told, mut last) = (Vec::new(), 0);
            found.each(text.as_bytes(), &mut |n, at| {
                assert!(at >= last, "never back");
                last = at;
                let string = &strings[n];
                let start = (at + 1).saturating_sub(string.len())..=at;
                let start = start.into_iter().find(|s| text.as_bytes()[*s..].starts_with(string));
                told.push((n, start.expect("it stands there")));
            });
            told.sort_unstable();
            told.dedup();
            let plain = plainly(&strings, text.as_bytes());
            prop_assert!(told.iter().all(|t| plain.contains(t)));
            let places = |all: &[(usize, usize)], n: usize| all.iter().filter(|(m, _)| *m == n).count();
            for n in 0..strings.len() {
                prop_assert_eq!(places(&told, n) > 0, places(&plain, n) > 0);
            }
        }
    }
}
