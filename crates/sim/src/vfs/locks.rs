//! Who may read and write a file: SQLite's five levels, and the eight slots of its shared memory.

use std::collections::BTreeMap;

/// A connection's hold on a file.
pub(super) type Holder = u64;

/// Levels as SQLite counts them.
const SHARED: i32 = 1;
const RESERVED: i32 = 2;
const PENDING: i32 = 3;

/// The locks of one file.
#[derive(Debug, Default)]
pub(super) struct Locks {
    levels: BTreeMap<Holder, i32>,
    slots: [Slot; 8],
}

#[derive(Debug, Default)]
struct Slot {
    shared: Vec<Holder>,
    exclusive: Option<Holder>,
}

impl Locks {
    /// Raises a holder to `level`; false when others stand in the way.
    pub(super) fn raise(&mut self, holder: Holder, level: i32) -> bool {
        let others = self.levels.iter().filter(|(other, _)| **other != holder);
        let highest = others.map(|(_, level)| *level).max().unwrap_or(0);
        if self.levels.get(&holder).is_some_and(|held| *held >= level) {
            return true;
        }
        let (free, granted) = match level {
            SHARED => (highest < PENDING, SHARED),
            RESERVED => (highest < RESERVED, RESERVED),
            _ if highest >= RESERVED => (false, level),
            _ if highest >= SHARED => {
                self.levels.insert(holder, PENDING);
                (false, level)
            }
            _ => (true, level),
        };
        if free {
            self.levels.insert(holder, granted);
        }
        free
    }

    pub(super) fn lower(&mut self, holder: Holder, level: i32) {
        if level == 0 {
            self.levels.remove(&holder);
        } else {
            self.levels.insert(holder, level);
        }
    }

    pub(super) fn is_reserved(&self) -> bool {
        self.levels.values().any(|level| *level >= RESERVED)
    }

    pub(super) fn lock_slots(&mut self, holder: Holder, slots: std::ops::Range<usize>, exclusive: bool) -> bool {
        let free = slots.clone().all(|slot| {
            let slot = &self.slots[slot];
            let by_other = slot.exclusive.is_some_and(|other| other != holder);
            !by_other && (!exclusive || slot.shared.iter().all(|other| *other == holder))
        });
        if free {
            for slot in slots {
                let slot = &mut self.slots[slot];
                if exclusive {
                    slot.exclusive = Some(holder);
                } else if !slot.shared.contains(&holder) {
                    slot.shared.push(holder);
                }
            }
        }
        free
    }

    pub(super) fn free_slots(&mut self, holder: Holder, slots: std::ops::Range<usize>) {
        for slot in &mut self.slots[slots] {
            slot.shared.retain(|other| *other != holder);
            if slot.exclusive == Some(holder) {
                slot.exclusive = None;
            }
        }
    }

    pub(super) fn leave(&mut self, holder: Holder) {
        self.levels.remove(&holder);
        self.free_slots(holder, 0..8);
    }
}
