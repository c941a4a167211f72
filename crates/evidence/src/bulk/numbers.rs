//! Numbers of machines and titles: each worker has its own, the file has one for all.

use serde::Serialize;
use std::collections::HashMap;

/// Different machines, or titles, of one file at most; each takes some hundred bytes of memory.
const MOST: usize = 4_000_000;

/// Numbers within a file, by the value as text.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    known: HashMap<String, u32>,
}

impl Numbers {
    /// The number of a value, and whether it is new.
    pub(super) fn number(&mut self, text: String) -> Option<(u32, bool)> {
        let next = u32::try_from(self.known.len()).ok()?;
        let number = *self.known.entry(text).or_insert(next);
        Some((number, number == next))
    }

    pub(super) fn is_full(&self) -> bool {
        self.known.len() > MOST
    }
}

/// What a worker has told, by its own numbers. A value gets the file's number when a row uses it.
#[derive(Debug)]
pub(super) struct Heard<T> {
    slots: Vec<Slot<T>>,
}

#[derive(Debug)]
enum Slot<T> {
    Unused(T),
    Known(u32),
}

impl<T> Default for Heard<T> {
    fn default() -> Self {
        Heard { slots: Vec::new() }
    }
}

impl<T: Serialize> Heard<T> {
    /// The worker tells of new values; `anew`: it has forgotten the old ones.
    pub(super) fn hear(&mut self, anew: bool, values: Vec<T>) {
        if anew {
            self.slots.clear();
        }
        self.slots.extend(values.into_iter().map(Slot::Unused));
    }

    /// The file's numbers for some of the worker's; values that the file had not go into `fresh`. `None`: the worker never told of one.
    pub(super) fn numbers(&mut self, wanted: &[u32], file: &mut Numbers, fresh: &mut Vec<T>) -> Option<Vec<u32>> {
        let mut numbers = Vec::with_capacity(wanted.len());
        for number in wanted {
            let slot = self.slots.get_mut(*number as usize)?;
            let number = match slot {
                Slot::Known(number) => *number,
                Slot::Unused(value) => {
                    let (number, new) = file.number(serde_json::to_string(value).ok()?)?;
                    if let (Slot::Unused(value), true) = (std::mem::replace(slot, Slot::Known(number)), new) {
                        fresh.push(value);
                    }
                    number
                }
            };
            numbers.push(number);
        }
        Some(numbers)
    }
}
