//! When two people change one record at the same time: what may be put together without asking either.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::groups::{group, touched};

/// The unit of a record counts as a group of its own: moving it contradicts moving it elsewhere, and nothing else.
const UNIT: &str = "unit";

/// One state of a record, as far as putting changes together looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Version<'a> {
    /// Uid of its unit.
    pub unit: &'a str,
    /// Whether it is void.
    pub void: bool,
    /// Its body.
    pub body: &'a Map<String, Value>,
}

/// What comes of changing `base` to `head` and, at the same time, to `ours`: the unit and the body. Nothing when the two
/// touched one group of fields, or either declared the record void or took that back: those a person settles.
pub fn concurrent(base: Version<'_>, head: Version<'_>, ours: Version<'_>) -> Option<(String, Map<String, Value>)> {
    #[cfg(feature = "planted")]
    if crate::planted::is(crate::planted::Bug::SameGroupMerged) {
        return Some((ours.unit.to_owned(), ours.body.clone()));
    }
    if base.void != head.void || base.void != ours.void || !changed(base, head).is_disjoint(&changed(base, ours)) {
        return None;
    }
    let mut body = head.body.clone();
    for field in base.body.keys().chain(ours.body.keys()) {
        match (base.body.get(field), ours.body.get(field)) {
            (before, after) if before == after => {}
            (_, Some(value)) => drop(body.insert(field.clone(), value.clone())),
            (_, None) => drop(body.remove(field)),
        }
    }
    let unit = if ours.unit == base.unit { head.unit } else { ours.unit };
    Some((unit.to_owned(), body))
}

fn changed<'a>(before: Version<'a>, after: Version<'a>) -> BTreeSet<&'a str> {
    let mut groups = touched(before.body, after.body);
    if before.unit != after.unit {
        groups.insert(group(UNIT));
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// One field of every group, with a value of its own for each side.
    const GROUPS: [&str; 8] = [
        "counts",
        "date",
        "form",
        "topics",
        "note",
        "facilitators",
        "attachments",
        "of_a_later_version",
    ];

    fn body(value: &Value) -> Map<String, Value> {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn every_pair_of_groups_is_put_together_and_no_group_with_itself() {
        let whole = json!({ "counts": 0, "date": 0, "form": 0, "topics": 0, "note": 0 });
        let base = body(&whole);
        for (n, theirs) in GROUPS.iter().enumerate() {
            for (m, ours) in GROUPS.iter().enumerate() {
                let (mut head, mut mine) = (base.clone(), base.clone());
                head.insert((*theirs).into(), json!("head"));
                mine.insert((*ours).into(), json!("ours"));
                let version = |body| Version {
                    unit: "u:1",
                    void: false,
                    body,
                };
                let merged = concurrent(version(&base), version(&head), version(&mine));
                if n == m {
                    assert_eq!(merged, None, "{theirs} with itself");
                    continue;
                }
                let (_, merged) = merged.expect("disjoint groups");
                assert_eq!(
                    (&merged[*theirs], &merged[*ours]),
                    (&json!("head"), &json!("ours")),
                    "{theirs} with {ours}"
                );
            }
        }
    }

    #[test]
    fn fields_of_one_group_contradict_each_other() {
        for (theirs, ours) in [
            ("counts", "household_businesses"),
            ("counts", "broadcast_items"),
            ("date", "start"),
            ("start", "duration_minutes"),
            ("form", "venue"),
            ("topics", "language"),
        ] {
            let base = Map::new();
            let (head, mine) = (body(&json!({ theirs: 1 })), body(&json!({ ours: 2 })));
            let version = |body| Version {
                unit: "u:1",
                void: false,
                body,
            };
            assert_eq!(
                concurrent(version(&base), version(&head), version(&mine)),
                None,
                "{theirs} with {ours}"
            );
        }
    }

    #[test]
    fn the_unit_is_a_group_and_a_void_goes_with_nothing() {
        let (base, noted, emptied) = (body(&json!({"note": "a"})), body(&json!({"note": "b"})), Map::new());
        let at = |unit, body| Version {
            unit,
            void: false,
            body,
        };
        let merged = concurrent(at("u:1", &base), at("u:2", &base), at("u:1", &noted));
        assert_eq!(merged, Some(("u:2".into(), noted.clone())));
        let merged = concurrent(at("u:1", &base), at("u:1", &base), at("u:2", &emptied));
        assert_eq!(
            merged,
            Some(("u:2".into(), Map::new())),
            "a field taken away is a change"
        );
        assert_eq!(concurrent(at("u:1", &base), at("u:2", &base), at("u:3", &base)), None);
        let void = Version {
            void: true,
            ..at("u:1", &base)
        };
        assert_eq!(concurrent(at("u:1", &base), void, at("u:1", &noted)), None);
        assert_eq!(concurrent(at("u:1", &base), at("u:1", &noted), void), None);
    }
}
