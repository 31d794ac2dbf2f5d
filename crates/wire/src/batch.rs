//! `POST /v1/ops`: frames up, one outcome per operation down, runs of equal outcomes as one range.

use hocvu_model::Finding;
use hocvu_model::ids::LogId;
use serde::{Deserialize, Serialize};

use crate::changes::ChangesReply;
use crate::frame::SealedFrame;

/// A batch of frames; any number of logs, any order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpsRequest {
    /// The frames.
    pub frames: Vec<SealedFrame>,
}

/// The answer: what became of each operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpsReply {
    /// Changes when the centre was restored from a copy; devices then offer again what it lacks.
    pub epoch: String,
    /// Outcomes in the order of the request.
    pub r: Vec<Outcome>,
    /// What the centre now has of the first frame's log, as closed ranges.
    pub have: Vec<(u64, u64)>,
    /// The page of changes after the cursor of the request (`POST /v1/ops?cursor=…`), read after the batch was stored. Absent
    /// when there was none in the request, when it was gone, and from a centre of before: `GET /v1/changes` then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Box<ChangesReply>>,
}

/// `GET /v1/receipts?log=…&from=…`: receipts that were lost on their way, for a log of the device that asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptsReply {
    /// See [`OpsReply::epoch`].
    pub epoch: String,
    /// Outcomes of the operations the centre has from `from` on, by number, as many as one answer holds; `log` is absent.
    pub r: Vec<Outcome>,
    /// SHA-256 over the SHA-256 of each of these operations' texts, by number; base64url. A device counts the receipts only
    /// when it comes to the same: the numbers may have been used by another incarnation of its file.
    pub sha256: String,
}

/// What became of a frame or a run of operations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "st", rename_all = "snake_case")]
pub enum Outcome {
    /// On the centre's disk: this is the receipt.
    Stored {
        /// Absent for the first frame's log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        log: Option<LogId>,
        /// First operation.
        from: u64,
        /// Last operation; absent when it is the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<u64>,
        /// Arrival number of the first; the others follow one by one.
        fseq: u64,
        /// What was decided.
        #[serde(flatten)]
        ruling: Ruling,
    },
    /// Not stored, since it cannot be attributed or read.
    Refused {
        /// Index of the frame in the request.
        i: usize,
        /// A code of [`crate::frame::BadFrame`], or `LOG_UNKNOWN`.
        c: String,
    },
}

/// What the centre decided about an operation it has stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// The verdict.
    pub v: Verdict,
    /// Why, when it is not plain acceptance: `INVALID`, `BASE_CHANGED`, `PARENT_MISSING`, `UNIT_UNKNOWN`, `SCOPE`…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub c: Option<String>,
    /// Findings of the rules, when there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub f: Vec<Finding>,
    /// Why, in a person's words: an officer sent it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub m: Option<String>,
}

/// How an operation stands at the centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Applied: its base was the head.
    Accepted,
    /// Applied beside a concurrent change of other fields.
    Merged,
    /// Kept as a branch; the head is unchanged until a person resolves it.
    Conflicted,
    /// Breaks a rule; stays on the device, to be mended.
    Rejected,
    /// Kept until its cause is gone.
    Held,
    /// Kept apart: a revoked device or a forked log.
    Quarantined,
}

impl Verdict {
    /// The verdict as written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Merged => "merged",
            Self::Conflicted => "conflicted",
            Self::Rejected => "rejected",
            Self::Held => "held",
            Self::Quarantined => "quarantined",
        }
    }

    /// The verdict with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Accepted,
            Self::Merged,
            Self::Conflicted,
            Self::Rejected,
            Self::Held,
            Self::Quarantined,
        ]
        .into_iter()
        .find(|verdict| verdict.as_str() == text)
    }
}

/// Folds single outcomes into ranges: consecutive numbers of one log with consecutive arrival numbers and equal rulings.
pub fn fold(outcomes: impl IntoIterator<Item = Outcome>) -> Vec<Outcome> {
    let mut folded: Vec<Outcome> = Vec::new();
    for next in outcomes {
        if let (
            Some(Outcome::Stored {
                log,
                from,
                to,
                fseq,
                ruling,
            }),
            Outcome::Stored {
                log: next_log,
                from: next_from,
                to: next_to,
                fseq: next_fseq,
                ruling: next_ruling,
            },
        ) = (folded.last_mut(), &next)
        {
            let last = to.unwrap_or(*from);
            if log == next_log
                && last + 1 == *next_from
                && *fseq + (last - *from) + 1 == *next_fseq
                && ruling == next_ruling
            {
                *to = Some(next_to.unwrap_or(*next_from));
                continue;
            }
        }
        folded.push(next);
    }
    folded
}

/// Closed ranges of sorted numbers: `[1,2,3,7]` → `[(1,3),(7,7)]`.
pub fn ranges(sorted: impl IntoIterator<Item = u64>) -> Vec<(u64, u64)> {
    let mut out: Vec<(u64, u64)> = Vec::new();
    for number in sorted {
        match out.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => out.push((number, number)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(from: u64, fseq: u64, v: Verdict) -> Outcome {
        Outcome::Stored {
            log: None,
            from,
            to: None,
            fseq,
            ruling: Ruling {
                v,
                c: None,
                f: Vec::new(),
                m: None,
            },
        }
    }

    #[test]
    fn runs_of_equal_outcomes_become_one_range() {
        let run = (1..=41).map(|seq| stored(seq, 90_000 + seq, Verdict::Accepted));
        let all = fold(run.chain([stored(42, 90_042, Verdict::Held), stored(43, 90_050, Verdict::Held)]));
        assert_eq!(all.len(), 3);
        let text = serde_json::to_string(&all[0]).expect("json");
        assert_eq!(text, r#"{"st":"stored","from":1,"to":41,"fseq":90001,"v":"accepted"}"#);
        assert_eq!(serde_json::from_str::<Outcome>(&text).expect("own text"), all[0]);
    }

    #[test]
    fn ranges_are_closed() {
        assert_eq!(ranges([1, 2, 3, 7]), [(1, 3), (7, 7)]);
        assert_eq!(ranges([]), []);
    }
}
