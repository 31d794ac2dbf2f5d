use std::collections::{BTreeSet, HashMap};

use crate::ids::UnitUid;
use crate::unit::{Boundaries, Level, Unit, UnitBook};

/// Units one may lie below another; what people typed could be a ring.
pub(super) const DEPTH_MAX: usize = 16;

/// Units as a roll-up sees them: areas are not on the way from a commune to its province, they only group.
pub(super) struct Tree<'a> {
    pub(super) units: Vec<&'a Unit>,
    numbers: HashMap<&'a str, usize>,
    /// Units directly below, in the boundaries asked for.
    pub(super) children: Vec<BTreeSet<usize>>,
    /// Units that became this one, in today's boundaries; empty as it was.
    pub(super) became: Vec<Vec<usize>>,
    /// The unit that stands for each.
    shown: Vec<usize>,
    pub(super) boundaries: Boundaries,
}

impl<'a> Tree<'a> {
    pub(super) fn new(book: &'a UnitBook, boundaries: Boundaries) -> Self {
        let mut units: Vec<&Unit> = book.iter().collect();
        units.sort_by(|a, b| a.uid.cmp(&b.uid));
        let numbers: HashMap<&str, usize> = units
            .iter()
            .enumerate()
            .map(|(at, unit)| (unit.uid.as_str(), at))
            .collect();
        let number = |uid: &UnitUid| numbers.get(uid.as_str()).copied();
        let now = boundaries == Boundaries::AsIsNow;
        let shown = units.iter().enumerate().map(|(at, unit)| match now {
            true => number(book.current(&unit.uid)).unwrap_or(at),
            false => at,
        });
        let shown: Vec<usize> = shown.collect();
        let (mut children, mut became) = (vec![BTreeSet::new(); units.len()], vec![Vec::new(); units.len()]);
        let put = |children: &mut Vec<BTreeSet<usize>>, above: usize, below: usize| {
            if above != below {
                children[above].insert(below);
            }
        };
        for (at, unit) in units.iter().enumerate() {
            if let ([only], true) = (book.successions(&unit.uid), now)
                && let Some(heir) = number(&only.new)
            {
                became[heir].push(at);
            }
            let Some(parent) = unit
                .parent
                .as_ref()
                .and_then(number)
                .filter(|_| unit.level != Level::Area)
            else {
                continue;
            };
            let stands = shown[at];
            if units[parent].level == Level::Area {
                put(&mut children, parent, stands);
                // The communes of an area are the communes of its province.
                if let Some(above) = units[parent].parent.as_ref().and_then(number) {
                    put(&mut children, above, stands);
                    if stands == at {
                        put(&mut children, shown[above], stands);
                    }
                }
            } else if stands == at {
                put(&mut children, shown[parent], stands);
            }
        }
        Self {
            units,
            numbers,
            children,
            became,
            shown,
            boundaries,
        }
    }

    pub(super) fn number(&self, uid: &str) -> Option<usize> {
        self.numbers.get(uid).copied()
    }

    /// The unit and everything below it.
    pub(super) fn within(&self, unit: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::from([unit]);
        let mut next = vec![unit];
        while let Some(at) = next.pop() {
            next.extend(self.children[at].iter().filter(|below| found.insert(**below)));
        }
        found
    }

    /// The unit under which a fact of `unit` is shown.
    pub(super) fn shown(&self, unit: usize) -> usize {
        self.shown[unit]
    }

    /// The units whose own facts a scope holds.
    pub(super) fn recorded_within(&self, scope: usize) -> Vec<usize> {
        let within = self.within(scope);
        (0..self.units.len())
            .filter(|unit| within.contains(&self.shown[*unit]))
            .collect()
    }
}
