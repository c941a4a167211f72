//! Cells that came before, and what was made of them.

use std::collections::HashMap;

/// Values by the bytes that they were made of. Grows until it is emptied.
#[derive(Debug)]
pub(super) struct Cache<V> {
    known: HashMap<Box<[u8]>, V, foldhash::fast::RandomState>,
    bytes: usize,
    room: Vec<u8>,
}

impl<V> Default for Cache<V> {
    fn default() -> Self {
        Cache { known: HashMap::default(), bytes: 0, room: Vec::new() }
    }
}

impl<V: Copy> Cache<V> {
    #[inline]
    pub(super) fn get(&self, key: &[u8]) -> Option<V> {
        self.known.get(key).copied()
    }

    pub(super) fn insert(&mut self, key: &[u8], value: V) {
        self.bytes += key.len() + 64;
        self.known.insert(key.into(), value);
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.bytes = 0;
    }

    /// Room for a key that is not found in one piece.
    pub(super) fn take_room(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.room)
    }

    pub(super) fn give_room(&mut self, room: Vec<u8>) {
        self.room = room;
    }
}

/// The columns that a value is made of.
#[derive(Debug, Clone)]
pub(super) struct Key {
    columns: Vec<usize>,
    /// First and last column, where they stand side by side: then their bytes are one piece.
    span: Option<(usize, usize)>,
}

impl Key {
    pub(super) fn new(mut columns: Vec<usize>) -> Self {
        columns.sort_unstable();
        columns.dedup();
        let span = match (columns.first(), columns.last()) {
            (Some(first), Some(last)) if last - first + 1 == columns.len() => Some((*first, *last)),
            _ => None,
        };
        Key { columns, span }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Where the columns stand, if they are one piece.
    #[inline]
    pub(super) fn place(&self, cells: &[(usize, usize)]) -> Option<(usize, usize)> {
        let (first, last) = self.span?;
        Some((cells.get(first)?.0, cells.get(last)?.1))
    }

    /// The bytes of the columns in one piece, as they stand in the record; a separator alone is never part of a cell as it stands
    /// unless quotes are, so that two keys are the same only if their cells are.
    #[inline]
    pub(super) fn of<'a>(
        &self,
        bytes: &'a [u8],
        cells: &[(usize, usize)],
        room: &'a mut Vec<u8>,
        separator: u8,
    ) -> &'a [u8] {
        if let Some((from, to)) = self.place(cells) {
            return bytes.get(from..to).unwrap_or_default();
        }
        room.clear();
        for column in &self.columns {
            if let Some(cell) = cells.get(*column).and_then(|(from, to)| bytes.get(*from..*to)) {
                room.extend_from_slice(cell);
            }
            room.push(separator);
        }
        room
    }
}
