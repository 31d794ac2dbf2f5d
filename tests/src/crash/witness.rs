//! What people were told, remembered outside both programs.

use std::collections::BTreeMap;

/// One session somebody tried to save.
#[derive(Debug, Clone)]
pub(super) struct Save {
    /// Which machine.
    pub machine: usize,
    /// Its unit.
    pub unit: &'static str,
    /// Lượt, and of which women.
    pub attended: u64,
    /// Women among them.
    pub female: u64,
    /// Whether the program said “Đã lưu trên máy” before it ended, however it ended.
    pub said: bool,
}

/// Every attempt, by the note that names it.
#[derive(Debug, Default)]
pub(super) struct Witness {
    saves: BTreeMap<String, Save>,
}

/// What is in the centre of one attempt, as read from its file.
#[derive(Debug)]
pub(super) struct Found {
    /// The note.
    pub note: String,
    /// The unit the centre counts it for.
    pub unit: String,
    /// Lượt, and women among them.
    pub figures: (u64, u64),
    /// Operations on the record.
    pub operations: u64,
}

impl Witness {
    /// A new attempt; its note is `W` and a number.
    pub fn attempt(&mut self, save: Save) -> String {
        let note = format!("W{:06}", self.saves.len() + 1);
        self.saves.insert(note.clone(), save);
        note
    }

    /// The program said that it saved it.
    pub fn said(&mut self, note: &str) {
        if let Some(save) = self.saves.get_mut(note) {
            save.said = true;
        }
    }

    /// Attempts, and those of which a program said that they were saved.
    pub fn count(&self) -> (usize, usize) {
        (self.saves.len(), self.saves.values().filter(|save| save.said).count())
    }

    /// Compares with the centre: everything said is there once and as it was said, and nothing else is but attempts that
    /// were cut before anybody was told. Returns what is wrong, one sentence each.
    pub fn judge(&self, found: &[Found]) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut times: BTreeMap<&str, u32> = BTreeMap::new();
        for Found {
            note,
            unit,
            figures,
            operations,
        } in found
        {
            *times.entry(note).or_default() += 1;
            match self.saves.get(note) {
                None => wrong.push(format!("the centre has {note}, which nobody wrote")),
                Some(save) if (save.attended, save.female) != *figures || save.unit != unit => wrong.push(format!(
                    "{note}: written as {}/{} of {}, at the centre {}/{} of {unit}",
                    save.attended, save.female, save.unit, figures.0, figures.1
                )),
                Some(_) if *operations != 1 => wrong.push(format!("{note} has {operations} operations")),
                Some(_) => {}
            }
        }
        wrong.extend(
            times
                .iter()
                .filter(|(_, times)| **times > 1)
                .map(|(note, times)| format!("{note} is at the centre {times} times")),
        );
        wrong.extend(
            self.saves
                .iter()
                .filter(|(note, save)| save.said && !times.contains_key(note.as_str()))
                .map(|(note, save)| format!("machine {} said that {note} was saved, and it is nowhere", save.machine)),
        );
        wrong
    }

    /// Sessions and lượt the centre must count for a unit: of the attempts it has, by what the witness wrote down.
    pub fn sums(&self, unit: &str, found: &[Found]) -> (u64, u64) {
        found
            .iter()
            .filter_map(|found| self.saves.get(&found.note))
            .filter(|save| save.unit == unit)
            .fold((0, 0), |(sessions, attended), save| {
                (sessions + 1, attended + save.attended)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn witness() -> Witness {
        let mut witness = Witness::default();
        for (attended, said) in [(20, true), (30, false), (40, true)] {
            witness.attempt(Save {
                machine: 1,
                unit: "u:a",
                attended,
                female: 5,
                said,
            });
        }
        witness
    }

    fn found(note: &str, attended: u64, operations: u64) -> Found {
        Found {
            note: note.into(),
            unit: "u:a".into(),
            figures: (attended, 5),
            operations,
        }
    }

    #[test]
    fn the_witness_finds_what_is_lost_doubled_altered_or_invented() {
        let witness = witness();
        let good = [found("W000001", 20, 1), found("W000003", 40, 1)];
        assert!(
            witness.judge(&good).is_empty(),
            "an attempt nobody was told of may be missing"
        );
        assert_eq!(witness.sums("u:a", &good), (2, 60));
        for (bad, complaints) in [
            (vec![found("W000001", 20, 1)], 1),
            (
                vec![
                    found("W000001", 20, 1),
                    found("W000001", 20, 1),
                    found("W000003", 40, 1),
                ],
                1,
            ),
            (vec![found("W000001", 21, 1), found("W000003", 40, 1)], 1),
            (vec![found("W000001", 20, 2), found("W000003", 40, 1)], 1),
            (
                vec![found("W000001", 20, 1), found("W000003", 40, 1), found("W000009", 1, 1)],
                1,
            ),
            (vec![], 2),
        ] {
            assert_eq!(witness.judge(&bad).len(), complaints, "{bad:?}");
        }
    }
}
