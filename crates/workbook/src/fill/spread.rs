//! Things spread over areas, asked cell by cell.

use crate::grid::{Address, Area};

/// Areas, each with a thing; asked in the order of rows, what touches a row is gathered once for that row.
#[derive(Debug, Default)]
pub(super) struct Spread {
    areas: Vec<(Area, usize)>,
    row: Option<u32>,
    // First column, last column, the greatest last column up to here, index of the area.
    active: Vec<(u32, u32, u32, usize)>,
}

impl Spread {
    pub(super) fn push(&mut self, area: Area, thing: usize) {
        self.areas.push((area, thing));
        self.row = None;
    }

    /// The first pushed area over a cell, and its thing.
    pub(super) fn at(&mut self, cell: Address) -> Option<(Area, usize)> {
        if self.areas.is_empty() {
            return None;
        }
        if self.row != Some(cell.row) {
            self.gather(cell.row);
        }
        let end = self.active.partition_point(|a| a.0 <= cell.column);
        let mut found: Option<usize> = None;
        for &(_, last, most, index) in self.active.get(..end)?.iter().rev() {
            if most < cell.column {
                break;
            }
            if last >= cell.column {
                found = Some(found.map_or(index, |f| f.min(index)));
            }
        }
        self.areas.get(found?).copied()
    }

    fn gather(&mut self, row: u32) {
        self.row = Some(row);
        self.active.clear();
        for (index, (area, _)) in self.areas.iter().enumerate() {
            if (area.first.row..=area.last.row).contains(&row) {
                self.active.push((area.first.column, area.last.column, 0, index));
            }
        }
        self.active.sort_unstable();
        let mut most = 0;
        for entry in &mut self.active {
            most = most.max(entry.1);
            entry.2 = most;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_area_over_a_cell_is_found_among_many() {
        let mut spread = Spread::default();
        for (i, area) in ["B2:D4", "C3", "A1:Z1", "C3:F9"].iter().enumerate() {
            spread.push(area.parse().unwrap(), i);
        }
        let mut at = |cell: &str| spread.at(cell.parse().unwrap()).map(|f| f.1);
        assert_eq!(at("C3"), Some(0));
        assert_eq!(at("E3"), Some(3));
        assert_eq!(at("E1"), Some(2));
        assert_eq!(at("G3"), None);
    }
}
