//! Which numbers of a log the centre has, as closed ranges: small even for long logs, since logs are dense.

use rusqlite::Connection;

use crate::error::Result;

/// Closed, sorted, disjoint ranges that do not touch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    /// What is stored of a log.
    ///
    /// # Errors
    /// SQLite's own.
    pub fn of_log(db: &Connection, log: i64) -> Result<Self> {
        let mut seqs = db.prepare_cached("SELECT seq FROM operation WHERE log = ?1 ORDER BY seq")?;
        let mut rows = seqs.query([log])?;
        let mut ranges = Self::default();
        while let Some(row) = rows.next()? {
            ranges.insert(row.get(0)?);
        }
        Ok(ranges)
    }

    /// Whether the number is inside.
    pub fn contains(&self, number: u64) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= number);
        after > 0 && self.0[after - 1].1 >= number
    }

    /// Adds a number.
    pub fn insert(&mut self, number: u64) {
        let after = self.0.partition_point(|(first, _)| *first <= number);
        if after > 0 && self.0[after - 1].1 >= number {
            return;
        }
        let joins_before = after > 0 && self.0[after - 1].1 + 1 == number;
        let joins_after = self.0.get(after).is_some_and(|(first, _)| number + 1 == *first);
        match (joins_before, joins_after) {
            (true, true) => {
                self.0[after - 1].1 = self.0[after].1;
                self.0.remove(after);
            }
            (true, false) => self.0[after - 1].1 = number,
            (false, true) => self.0[after].0 = number,
            (false, false) => self.0.insert(after, (number, number)),
        }
    }

    /// As they go on the wire.
    pub fn to_vec(&self) -> Vec<(u64, u64)> {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ranges_are_what_was_put_in(numbers in proptest::collection::vec(1u64..60, 0..80)) {
            let mut ranges = Ranges::default();
            numbers.iter().for_each(|number| ranges.insert(*number));
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            sorted.dedup();
            prop_assert_eq!(ranges.to_vec(), hocvu_wire::batch::ranges(sorted));
            for number in 0..62 {
                prop_assert_eq!(ranges.contains(number), numbers.contains(&number));
            }
        }
    }
}
