use std::collections::HashMap;

use hocvu_model::UnitUid;

use super::FlowRow;

/// Sessions, attended, female, first time, completed.
type Sums = [i64; 5];

/// Sums of several windows at once, by unit and group.
pub(super) struct Tally {
    windows: usize,
    units: HashMap<String, Vec<Group>>,
}

struct Group {
    name: String,
    /// One for each window.
    sums: Vec<Sums>,
}

impl Tally {
    pub fn new(windows: usize) -> Self {
        Self {
            windows,
            units: HashMap::new(),
        }
    }

    /// Adds to the windows that `belongs` says.
    pub fn add(&mut self, unit: &str, group: &str, sums: Sums, belongs: impl Fn(usize) -> bool) {
        if !self.units.contains_key(unit) {
            self.units.insert(unit.to_owned(), Vec::new());
        }
        let Some(groups) = self.units.get_mut(unit) else { return };
        // A unit has a handful of groups: looking along them costs less than any map.
        let at = groups.iter().position(|known| known.name == group).unwrap_or_else(|| {
            groups.push(Group {
                name: group.to_owned(),
                sums: vec![Sums::default(); self.windows],
            });
            groups.len() - 1
        });
        for (window, total) in groups[at].sums.iter_mut().enumerate() {
            if belongs(window) {
                total.iter_mut().zip(sums).for_each(|(total, part)| *total += part);
            }
        }
    }

    /// The rows of each window in the order of units and groups, without those that have no session.
    pub fn rows(self) -> Vec<Vec<FlowRow>> {
        let mut units: Vec<_> = self.units.into_iter().collect();
        units.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let mut rows = vec![Vec::new(); self.windows];
        for (unit, mut groups) in units {
            groups.sort_unstable_by(|a, b| a.name.cmp(&b.name));
            for group in groups {
                for (rows, sums) in rows.iter_mut().zip(&group.sums).filter(|(_, sums)| sums[0] > 0) {
                    rows.push(row(&unit, &group.name, *sums));
                }
            }
        }
        rows
    }
}

fn row(unit: &str, group: &str, sums: Sums) -> FlowRow {
    let [sessions, attended, female, first_time, completed] = sums.map(|sum| u64::try_from(sum).unwrap_or(0));
    FlowRow {
        unit: UnitUid(unit.to_owned()),
        target_group: group.to_owned(),
        sessions,
        attended,
        female,
        first_time,
        completed,
    }
}
