//! What people write: sessions, edits, and now and then something no form would let through.

use hocvu_model::RecordId;
use serde_json::{Map, Value, json};

use crate::Dice;

/// The commune most of a run happens in.
pub const COMMUNE: &str = "new:29413";
/// Another commune.
pub const NEIGHBOUR: &str = "new:29266";
/// The province above both.
pub const PROVINCE: &str = "new:86";
/// Hamlets, with their commune. The last is added late, or never.
pub const HAMLETS: [(&str, &str, &str); 4] = [
    ("u:hoa-thuan", COMMUNE, "Ấp Hòa Thuận"),
    ("u:rach-goc", COMMUNE, "Ấp Rạch Gốc"),
    ("u:so-5", NEIGHBOUR, "Ấp Số 5"),
    ("u:late", COMMUNE, "Ấp Mới"),
];
const TOPICS: [&str; 4] = ["vneid", "online_public_services", "cashless_payment", "info_safety"];
const GROUPS: [&str; 3] = ["adult", "worker_coop", "public_sector"];
const WORDS: [&str; 6] = [
    "bà con hỏi nhiều",
    "mạng yếu",
    "hẹn buổi sau",
    "điện thoại cũ",
    "đông người",
    "trời mưa",
];

/// An id nobody else makes.
pub fn record_id(dice: &mut Dice) -> RecordId {
    let mut bytes = [0; 16];
    dice.fill(&mut bytes);
    RecordId(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// The whole body of a good session.
pub fn session(dice: &mut Dice) -> Map<String, Value> {
    let mut body = object(json!({
        "date": date(dice),
        "form": dice.pick(&["class", "hands_on", "door_to_door"]),
        "topics": [dice.pick(&TOPICS)],
        "counts": counts(dice),
    }));
    if dice.one_in(2) {
        body.insert("note".into(), note(dice));
    }
    if dice.one_in(12) {
        // A field of a later version: every reader keeps it (I16).
        body.insert("future_field".into(), json!(dice.below(1_000)));
    }
    body
}

/// Kind of what [`figure`] makes.
pub const FIGURE: &str = "coverage";

/// A figure of coverage of one of few classes on one of few days: two machines that enter it make the same record.
pub fn figure(dice: &mut Dice, unit: &str) -> (RecordId, Map<String, Value>) {
    let (class, day) = (
        dice.pick(&["6A1", "6A2", "7A1"]),
        dice.pick(&["2025-10-14", "2025-11-14"]),
    );
    let body = object(json!({
        "target_group": "pupil_lower_secondary", "class": class, "measure": "equipped", "numerator": dice.below(46),
        "population": 45, "as_of": day, "evidence_kind": "school_assessed", "school_year": "2025-2026",
    }));
    let id = RecordId::natural(crate::DEPLOYMENT, FIGURE, &format!("{unit}|{class}|{day}"));
    (id, body)
}

/// A change of a record of that kind.
pub fn edit_of(record_type: &str, dice: &mut Dice) -> Map<String, Value> {
    if record_type != FIGURE {
        return edit(dice);
    }
    let mut set = Map::new();
    match dice.below(3) {
        0 => set.insert("note".into(), note(dice)),
        _ => set.insert("numerator".into(), json!(dice.below(46))),
    };
    set
}

/// A change of one group of fields of a session, or of two.
pub fn edit(dice: &mut Dice) -> Map<String, Value> {
    let mut set = Map::new();
    for _ in 0..=dice.below(2) {
        match dice.below(5) {
            0 => set.insert("counts".into(), counts(dice)),
            1 => set.insert("note".into(), if dice.one_in(4) { Value::Null } else { note(dice) }),
            2 => set.insert("topics".into(), json!([dice.pick(&TOPICS)])),
            3 => set.insert("date".into(), date(dice)),
            _ => set.insert("form".into(), json!(dice.pick(&["class", "hands_on"]))),
        };
    }
    set
}

/// What the rules refuse.
pub fn impossible(dice: &mut Dice) -> Map<String, Value> {
    let mut body = session(dice);
    match dice.below(3) {
        0 => body.insert("counts".into(), json!([{ "group": "adult", "attended": -1 }])),
        1 => body.insert(
            "counts".into(),
            json!([{ "group": "adult", "attended": 3, "female": 9 }]),
        ),
        _ => body.insert("date".into(), json!("2025-02-31")),
    };
    body
}

/// A body larger than an operation may be.
pub fn enormous(dice: &mut Dice) -> Map<String, Value> {
    let mut body = session(dice);
    body.insert("future_text".into(), json!("ấ".repeat(9_000)));
    body
}

fn counts(dice: &mut Dice) -> Value {
    let lines = 1 + dice.below(2) as usize;
    let lines = GROUPS.iter().take(lines).map(|group| {
        let attended = 1 + dice.below(40);
        json!({ "group": group, "attended": attended, "female": dice.below(attended + 1) })
    });
    lines.collect()
}

fn date(dice: &mut Dice) -> Value {
    json!(format!("2025-{:02}-{:02}", 9 + dice.below(2), 1 + dice.below(28)))
}

fn note(dice: &mut Dice) -> Value {
    json!(format!("{} {}", dice.pick(&WORDS), dice.below(100)))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
