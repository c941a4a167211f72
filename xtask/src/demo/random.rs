//! The demo's only source of variety: splitmix64, so that every run on every machine draws the same numbers.

/// A seeded stream of numbers (Steele, Lea and Flood's splitmix64, 2014). Not for secrets.
pub(crate) struct Random(u64);

impl Random {
    /// A stream named by `seed`; the same seed gives the same stream.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `bound` - 1. The tiny bias of the remainder does not matter for a stage set.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.bits() % bound.max(1)
    }

    /// One of `items`, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }

    /// True in `percent` of a hundred draws.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A UUID-shaped identifier, upper case.
    pub(crate) fn uuid(&mut self) -> String {
        let (a, b) = (self.bits(), self.bits());
        format!(
            "{:08X}-{:04X}-4{:03X}-{:04X}-{:012X}",
            a >> 32,
            (a >> 16) & 0xFFFF,
            a & 0xFFF,
            0x8000 | ((b >> 48) & 0x3FFF),
            b & 0xFFFF_FFFF_FFFF
        )
    }

    /// A serial number of `length` letters and digits, without those that are mistaken for others.
    pub(crate) fn serial(&mut self, length: usize) -> String {
        const SIGNS: &[u8] = b"23456789BCDFGHJKLMNPQRSTVWXYZ";
        (0..length).map(|_| char::from(*self.pick(SIGNS))).collect()
    }

    /// A day of November 2026, up to the demo's day of account (the 20th).
    pub(crate) fn recent_day(&mut self) -> u64 {
        2 + self.below(18)
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    /// The first numbers of the published reference implementation for seed 1234567.
    #[test]
    fn follows_the_reference_implementation() {
        let mut random = Random::new(1_234_567);
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
    }
}
