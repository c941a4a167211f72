//! Cells that came before, and what was made of them.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Values by the bytes that they were made of. Grows until it is emptied.
#[derive(Debug)]
pub(super) struct Cache<V> {
    known: HashTable<Entry<V>>,
    /// The keys, one behind the other: keys of their own would be strewn over the memory.
    keys: Vec<u8>,
    seed: RandomState,
    room: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Entry<V> {
    /// Where the key begins and ends.
    from: u32,
    to: u32,
    value: V,
}

impl<V> Default for Cache<V> {
    fn default() -> Self {
        Cache { known: HashTable::new(), keys: Vec::new(), seed: RandomState::default(), room: Vec::new() }
    }
}

/// Whether two short pieces are the same, compared eight bytes at a time: a call of the system's library costs more than that.
#[inline]
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match (one.last_chunk::<8>(), other.last_chunk::<8>()) {
        (Some(end), Some(its)) => {
            end == its && one.as_chunks::<8>().0.iter().zip(other.as_chunks::<8>().0).all(|(a, b)| a == b)
        }
        _ => one.iter().zip(other).all(|(a, b)| a == b),
    }
}

impl<V: Copy> Cache<V> {
    #[inline]
    pub(super) fn get(&self, key: &[u8]) -> Option<V> {
        let is_it = |entry: &Entry<V>| {
            self.keys.get(entry.from as usize..entry.to as usize).is_some_and(|known| same(known, key))
        };
        self.known.find(self.seed.hash_one(key), is_it).map(|entry| entry.value)
    }

    /// Remembers the value of a key that is not known. Beyond 4 GiB of keys it remembers nothing more.
    pub(super) fn insert(&mut self, key: &[u8], value: V) {
        let place = |at: usize| u32::try_from(at).ok();
        let (Some(from), Some(to)) = (place(self.keys.len()), place(self.keys.len().saturating_add(key.len()))) else {
            return;
        };
        self.keys.extend_from_slice(key);
        let (keys, seed) = (&self.keys, &self.seed);
        let hash_of =
            |entry: &Entry<V>| seed.hash_one(keys.get(entry.from as usize..entry.to as usize).unwrap_or_default());
        self.known.insert_unique(seed.hash_one(key), Entry { from, to, value }, hash_of);
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.keys.len() + self.known.len() * 2 * size_of::<Entry<V>>()
    }

    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.keys.clear();
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
