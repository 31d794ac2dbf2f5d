use crate::{Error, Result};

/// How the centre judged an operation it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Applied: its base was the head.
    Accepted,
    /// Applied beside another's change to other fields.
    Merged,
    /// Kept as a branch; the head did not change.
    Conflicted,
    /// Impossible figures; to be mended on the device.
    Rejected,
    /// Kept until its cause is gone.
    Held,
    /// Kept apart: the device or user was revoked, or the log forked.
    Quarantined,
}

/// Where one operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// On the disk, to be sent.
    Queued,
    /// In flight. A hint only: queued again when the file is next opened.
    Sent,
    /// The centre could not keep it, e.g. for its signature. No receipt.
    Refused,
    /// The centre has it and gave a receipt.
    Stored(Verdict),
}

/// Where a record stands, by its latest own operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Complete, on this machine.
    Waiting,
    /// In flight.
    Sending,
    /// The centre has it.
    Sent,
    /// The centre refuses it for a reason: to be mended here.
    Refused,
    /// The centre keeps it until its cause is gone.
    Held,
    /// Two versions exist; both are kept.
    Conflicted,
}

const ALL: [State; 9] = [
    State::Queued,
    State::Sent,
    State::Refused,
    State::Stored(Verdict::Accepted),
    State::Stored(Verdict::Merged),
    State::Stored(Verdict::Conflicted),
    State::Stored(Verdict::Rejected),
    State::Stored(Verdict::Held),
    State::Stored(Verdict::Quarantined),
];

impl State {
    /// The number as stored; see the migration.
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Queued => 0,
            Self::Sent => 1,
            Self::Refused => 2,
            Self::Stored(Verdict::Accepted) => 3,
            Self::Stored(Verdict::Merged) => 4,
            Self::Stored(Verdict::Conflicted) => 5,
            Self::Stored(Verdict::Rejected) => 6,
            Self::Stored(Verdict::Held) => 7,
            Self::Stored(Verdict::Quarantined) => 8,
        }
    }

    pub(crate) fn from_number(number: i64) -> Result<Self> {
        usize::try_from(number)
            .ok()
            .and_then(|index| ALL.get(index).copied())
            .ok_or_else(|| Error::Damaged(format!("state {number}")))
    }

    /// The verdict, once the centre has the operation.
    pub fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Stored(verdict) => Some(verdict),
            Self::Queued | Self::Sent | Self::Refused => None,
        }
    }

    /// What people are told.
    pub fn status(self) -> Status {
        match self {
            Self::Queued => Status::Waiting,
            Self::Sent => Status::Sending,
            Self::Refused | Self::Stored(Verdict::Rejected) => Status::Refused,
            Self::Stored(Verdict::Accepted | Verdict::Merged) => Status::Sent,
            Self::Stored(Verdict::Conflicted) => Status::Conflicted,
            Self::Stored(Verdict::Held | Verdict::Quarantined) => Status::Held,
        }
    }

    /// Whether the centre made it part of the record.
    pub(crate) fn is_applied(self) -> bool {
        matches!(self, Self::Stored(Verdict::Accepted | Verdict::Merged))
    }
}

/// Stored in place of a state where this device wrote nothing to a record: the centre has all of it.
pub(crate) const NOT_OWN: i64 = 9;

impl Status {
    /// What people are told of a record by the stored state of its latest own operation.
    pub(crate) fn from_number(number: i64) -> Result<Self> {
        if number == NOT_OWN {
            return Ok(Self::Sent);
        }
        State::from_number(number).map(State::status)
    }

    /// The stored numbers that are told so, as an SQL list.
    pub(crate) fn numbers(self) -> String {
        let numbers: Vec<String> = (0..=NOT_OWN)
            .filter(|number| Self::from_number(*number).is_ok_and(|status| status == self))
            .map(|number| number.to_string())
            .collect();
        numbers.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_survives_its_number() {
        for state in ALL {
            assert_eq!(State::from_number(state.number()).expect("a state"), state);
        }
        assert!(State::from_number(9).is_err());
        assert_eq!(Status::Held.numbers(), "7, 8");
        assert_eq!(Status::Sent.numbers(), "3, 4, 9");
    }
}
