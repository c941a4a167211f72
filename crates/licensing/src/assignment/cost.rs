//! What the assignment makes small, in order: units that may not stay open, money of what is missing, value of what is used
//! (so that what stays spare is worth most), distance between licence and need.

use std::ops::{Add, AddAssign, Neg, Sub};

/// A sum of four figures that are compared from the first to the last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Cost(pub(super) [i128; 4]);

/// Highest figures of one unit, so that a path over hundreds of arcs still fits [`Cost::packed`].
const MONEY_MOST: i128 = 1 << 34;
const DISTANCE_MOST: i128 = 1 << 17;
/// Places of the packed figures: distance, then value, then money, then forbidden units.
const VALUE_AT: u32 = 27;
const MONEY_AT: u32 = 71;
const OPEN_AT: u32 = 115;

impl Cost {
    pub(super) const NONE: Cost = Cost([0; 4]);

    /// A unit that stays open although it may not.
    pub(super) const FORBIDDEN: Cost = Cost([1, 0, 0, 0]);

    /// `hundredths` of the currency for a missing unit.
    pub(super) fn missing(hundredths: i128) -> Cost {
        Cost([0, hundredths.clamp(0, MONEY_MOST), 0, 0])
    }

    /// A missing unit in the metric of nothing that is held: of two choices with the same money, the one with a licence held
    /// comes first.
    pub(super) fn missing_bare(hundredths: i128) -> Cost {
        Cost([0, hundredths.clamp(0, MONEY_MOST), MONEY_MOST, 0])
    }

    /// A used unit that is worth `hundredths` and lies `distance` from the need.
    pub(super) fn used(hundredths: i128, distance: u64) -> Cost {
        Cost([0, 0, hundredths.clamp(0, MONEY_MOST), i128::from(distance).min(DISTANCE_MOST)])
    }

    pub(super) fn times(self, factor: i128) -> Cost {
        Cost(self.0.map(|each| each.saturating_mul(factor)))
    }

    /// Each figure divided and rounded down.
    pub(super) fn over(self, parts: i128) -> Cost {
        Cost(self.0.map(|each| each.div_euclid(parts.max(1))))
    }

    /// Hundredths of the currency that are missing.
    pub(super) fn money(self) -> i128 {
        self.0[1]
    }

    /// One number that is ordered as the cost is, for sums along a path of unit costs.
    pub(super) fn packed(self) -> i128 {
        let [open, money, value, distance] = self.0;
        (open << OPEN_AT) + (money << MONEY_AT) + (value << VALUE_AT) + distance
    }

    /// The cost that [`Cost::packed`] made the number of.
    pub(super) fn unpacked(number: i128) -> Cost {
        let split = |number: i128, at: u32| {
            let half = 1i128 << (at - 1);
            let rest = (number + half).rem_euclid(1 << at) - half;
            ((number - rest) >> at, rest)
        };
        let (high, distance) = split(number, VALUE_AT);
        let (high, value) = split(high, MONEY_AT - VALUE_AT);
        let (open, money) = split(high, OPEN_AT - MONEY_AT);
        Cost([open, money, value, distance])
    }
}

fn each(a: Cost, b: Cost, with: fn(i128, i128) -> i128) -> Cost {
    let ([a, b, c, d], [e, f, g, h]) = (a.0, b.0);
    Cost([with(a, e), with(b, f), with(c, g), with(d, h)])
}

impl Add for Cost {
    type Output = Cost;
    fn add(self, other: Cost) -> Cost {
        each(self, other, i128::saturating_add)
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Cost) {
        *self = *self + other;
    }
}

impl Sub for Cost {
    type Output = Cost;
    fn sub(self, other: Cost) -> Cost {
        each(self, other, i128::saturating_sub)
    }
}

impl Neg for Cost {
    type Output = Cost;
    fn neg(self) -> Cost {
        Cost::NONE - self
    }
}

#[cfg(test)]
mod tests {
    use super::Cost;

    #[test]
    fn packing_keeps_order_and_value_with_negative_parts() {
        let some: Vec<Cost> = [-3i128, 0, 2]
            .iter()
            .flat_map(|a| [-70_000_000, 0, 12_345].map(|b| (*a, b)))
            .flat_map(|(a, b)| [-9_999_999i128, 0, 77].map(|c| Cost([0, a, b, c])))
            .collect();
        for one in &some {
            assert_eq!(Cost::unpacked(one.packed()), *one);
            for other in &some {
                assert_eq!(one.cmp(other), one.packed().cmp(&other.packed()));
            }
        }
    }
}
