//! Which fields belong together: two people who changed different groups at the same time do not contradict each other.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The group a field of the body belongs to. All counts are one group: figures of one session are only true together, and
/// so are a figure, its day and where it is from.
/// A field of a later version is a group of its own.
pub fn group(field: &str) -> &str {
    match field {
        "counts" | "household_businesses" | "broadcast_items" => "counts",
        "target_group" | "grade" | "class" | "measure" | "numerator" | "population" | "as_of" | "evidence_kind"
        | "value" | "excluded" | "exclusion_reason" | "basis" | "school_year" | "source" => "counts",
        "members" | "female" | "youth_union" | "khmer" => "counts",
        "decision_number" | "decision_date" => "decision",
        "leader_name" | "leader_phone" => "leader",
        "active_from" | "active_to" => "active",
        "regime" | "label" | "from" | "to" => "period",
        "state" | "figures" | "signer_name" | "signer_title" => "state",
        "date" | "start" | "duration_minutes" => "when",
        "form" | "venue" => "where",
        "topics" | "language" => "what",
        other => other,
    }
}

/// The groups in which two bodies differ.
pub fn touched<'a>(before: &'a Map<String, Value>, after: &'a Map<String, Value>) -> BTreeSet<&'a str> {
    before
        .keys()
        .chain(after.keys())
        .filter(|field| before.get(*field) != after.get(*field))
        .map(|field| group(field))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_figures_are_one_group_and_the_note_is_another() {
        let body = |value: Value| value.as_object().expect("an object").clone();
        let before = body(json!({ "counts": [{ "group": "adult", "attended": 20 }], "note": "a", "later": 1 }));
        let counted = body(json!({ "counts": [{ "group": "adult", "attended": 21 }], "note": "a", "later": 1 }));
        let noted = body(json!({ "counts": [{ "group": "adult", "attended": 20 }], "broadcast_items": 2 }));
        assert_eq!(touched(&before, &before).len(), 0);
        assert_eq!(Vec::from_iter(touched(&before, &counted)), ["counts"]);
        assert_eq!(Vec::from_iter(touched(&before, &noted)), ["counts", "later", "note"]);
    }
}
