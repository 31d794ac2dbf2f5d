//! The figures of progress: what the device shows, what the centre says and what the raw operations add up to are one.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use hocvu_app::contract::{CountView, DrillInput, DrillView, ProgressInput, ProgressView, RecordSaveView, VoidInput};
use hocvu_central::progress::progress;
use hocvu_model::period::{Cut, Period, Span};
use hocvu_model::plan::plan_67;
use hocvu_model::progress::Asked;
use hocvu_model::unit::{Boundaries, Level};
use hocvu_store::Tab;
use hocvu_testkit::{Device, TestCentral, count_line, form, record_form};
use serde_json::{Map, Value};

use crate::NOW;

const DAY: &str = "2025-11-22";
const FAR_HAMLET: &str = "u:tri-phong";
const SCHOOL: &str = "u:thcs-long-hoa";
const SEEDS: u64 = 50;

/// One line of dice for a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(bound)).expect("below a u32")
    }

    fn day(&mut self) -> String {
        let first: NaiveDate = "2025-01-02".parse().expect("a date");
        (first + chrono::Days::new(self.below(320).into()))
            .format("%d/%m/%Y")
            .to_string()
    }
}

/// Says something at random about one of `units`. Returns the record.
fn say_something(device: &Device, units: &[&str], dice: &mut Dice) -> Option<String> {
    let unit = units[dice.below(u32::try_from(units.len()).expect("few")) as usize];
    let (people, day) = (50 + dice.below(200), dice.day());
    let (able, people) = (dice.below(people + 1).to_string(), people.to_string());
    let saved: Result<RecordSaveView, _> = match dice.below(10) {
        0..=4 if unit == SCHOOL => {
            let class = format!("6A{}", dice.below(3));
            let year = ["2024-2025", "2025-2026"][dice.below(2) as usize];
            let beside = if dice.below(8) == 0 { "" } else { &people };
            let fields = [
                ("target_group", "pupil_lower_secondary"),
                ("class", class.as_str()),
                ("measure", "equipped"),
                ("numerator", &able),
                ("population", beside),
                ("as_of", &day),
                ("evidence_kind", "school_assessed"),
                ("school_year", year),
            ];
            device.call("record.save", record_form("coverage", unit, &fields))
        }
        0..=4 => {
            let (measure, evidence) =
                [("skilled", "self_declared"), ("vneid_confirmed", "vneid_confirmed")][dice.below(2) as usize];
            let beside = if dice.below(2) == 0 { "" } else { &people };
            let fields = [
                ("target_group", "adult"),
                ("measure", measure),
                ("numerator", &able),
                ("population", beside),
                ("as_of", &day),
                ("evidence_kind", evidence),
                ("source", "Công an xã"),
            ];
            device.call("record.save", record_form("coverage", unit, &fields))
        }
        5..=6 => {
            let (group, year) = if unit == SCHOOL {
                ("pupil_lower_secondary", "2025-2026")
            } else {
                ("adult", "")
            };
            let basis = ["registered", "actual_residents", "other"][dice.below(3) as usize];
            let fields = [
                ("target_group", group),
                ("value", people.as_str()),
                ("excluded", "3"),
                ("exclusion_reason", "Nằm liệt giường"),
                ("basis", basis),
                ("as_of", &day),
                ("school_year", year),
                ("source", "Công an xã"),
            ];
            device.call("record.save", record_form("population", unit, &fields))
        }
        _ => {
            let attended = 20 + dice.below(40);
            let (first, done) = (dice.below(20).to_string(), dice.below(10).to_string());
            let counts = [
                ("attended", attended.to_string()),
                ("first_time", first),
                ("assessed", "10".to_owned()),
                ("completed", done),
            ];
            let counts: Vec<_> = counts.iter().map(|(column, count)| (*column, count.as_str())).collect();
            let mut form = form(unit, &day);
            form.counts = count_line(["adult", "pupil_lower_secondary"][dice.below(2) as usize], &counts);
            return Some(device.save(form).expect("a good session").id);
        }
    };
    Some(saved.expect("a good figure").id)
}

fn void(device: &Device, id: &str) {
    let input = VoidInput {
        ids: vec![id.into()],
        reason: "Ghi nhầm".into(),
    };
    let _: CountView = device.call("record.void", input).expect("voided");
}

/// A record folded from operations by this test.
#[derive(Default)]
struct Folded {
    kind: String,
    unit: String,
    void: bool,
    body: Map<String, Value>,
}

/// The exact operations the centre has, in the order they came, and those a device has not sent.
fn raw_operations(centre: &TestCentral, device: Option<&Device>) -> Vec<Value> {
    let db = rusqlite::Connection::open(centre.database()).expect("the database opens");
    let sql = "SELECT CAST(substr(CAST(f.text AS BLOB), o.start + 1, o.length) AS TEXT)
               FROM operation o JOIN frame f ON f.no = o.frame ORDER BY o.fseq";
    let mut statement = db.prepare(sql).expect("known tables");
    let texts = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
    let mut texts: Vec<String> = texts.map(|text| text.expect("text")).collect();
    if let Some(device) = device {
        let waiting = device.app().store().read(|r| r.list(Tab::Waiting, 0, 10_000));
        let mut waiting = waiting.expect("readable").0;
        waiting.sort_by_key(|operation| operation.id.seq);
        texts.extend(waiting.into_iter().map(|operation| operation.text));
    }
    texts
        .iter()
        .map(|text| serde_json::from_str(text).expect("an operation"))
        .collect()
}

fn fold(operations: &[Value]) -> Vec<Folded> {
    let mut records: HashMap<String, Folded> = HashMap::new();
    for operation in operations {
        let Some(id) = operation["id"].as_str() else { continue };
        let record = records.entry(id.to_owned()).or_default();
        let text = |key: &str| operation[key].as_str().map(str::to_owned);
        record.kind = text("t").unwrap_or_default();
        record.unit = text("unit").unwrap_or(std::mem::take(&mut record.unit));
        match operation["k"].as_str() {
            Some("void") => record.void = true,
            Some("restore") => record.void = false,
            _ => {}
        }
        for (field, value) in operation["set"].as_object().into_iter().flatten() {
            record.body.insert(field.clone(), value.clone());
        }
    }
    records.into_values().filter(|record| !record.void).collect()
}

/// Numerator and denominator.
type Pair = (Option<u64>, Option<u64>);

/// The rules once more, written for this test alone: two hamlets and a school in one commune.
struct Recomputed<'a>(&'a [Folded]);

impl Recomputed<'_> {
    fn told<'b>(&'b self, kind: &'b str, unit: &'b str, group: &'b str) -> impl Iterator<Item = &'b Folded> {
        self.0.iter().filter(move |record| {
            record.kind == kind
                && record.unit == unit
                && record.body["target_group"] == group
                && record.body["as_of"].as_str() <= Some(DAY)
        })
    }

    fn people(&self, unit: &str, group: &str) -> Option<u64> {
        let order = ["actual_residents", "registered", "school_roll", "payroll", "other"];
        let mut told: Vec<(String, usize, u64)> = Vec::new();
        for record in self.told("population", unit, group) {
            let basis = order
                .iter()
                .position(|basis| record.body["basis"] == **basis)
                .expect("a basis");
            let counted = record.body["value"].as_u64()? - record.body["excluded"].as_u64().unwrap_or(0);
            told.push((record.body["as_of"].as_str()?.to_owned(), order.len() - basis, counted));
        }
        told.sort();
        told.last().map(|(_, _, counted)| *counted)
    }

    fn own(&self, unit: &str, group: &str, measure: &str) -> Option<Pair> {
        let key = |record: &Folded, key: &str| {
            record
                .body
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let mut told: Vec<&Folded> = self
            .told("coverage", unit, group)
            .filter(|record| record.body["measure"] == measure)
            .collect();
        told.sort_by_key(|record| (key(record, "as_of"), key(record, "school_year")));
        let year = key(told.last()?, "school_year");
        let latest: BTreeMap<String, &Folded> = told
            .iter()
            .filter(|record| key(record, "school_year") == year)
            .map(|record| (key(record, "class"), *record))
            .collect();
        let able = latest
            .values()
            .map(|record| record.body["numerator"].as_u64().expect("a count"))
            .sum();
        let beside: Option<u64> = latest
            .values()
            .map(|record| record.body.get("population").and_then(Value::as_u64))
            .sum();
        Some((Some(able), beside.or_else(|| self.people(unit, group))))
    }

    fn at(&self, commune: &str, unit: &str, group: &str, measure: &str) -> Pair {
        if let Some(own) = self.own(unit, group, measure) {
            return own;
        }
        if unit != commune {
            return (None, self.people(unit, group));
        }
        let below = [near_hamlet(), FAR_HAMLET, SCHOOL];
        let told: Vec<Pair> = below.iter().filter_map(|unit| self.own(unit, group, measure)).collect();
        let every: Option<u64> = told.iter().filter_map(|pair| pair.0).reduce(|a, b| a + b);
        let both: Vec<(u64, u64)> = told.iter().filter_map(|pair| pair.0.zip(pair.1)).collect();
        let known: Vec<u64> = below.iter().filter_map(|unit| self.people(unit, group)).collect();
        match (every, self.people(unit, group)) {
            (Some(every), Some(people)) => (Some(every), Some(people)),
            (None, people) => (None, people.or_else(|| known.into_iter().reduce(|a, b| a + b))),
            (Some(every), None) if both.is_empty() => (Some(every), None),
            (Some(_), None) => {
                let (able, people) = both.iter().fold((0, 0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
                (Some(able), Some(people))
            }
        }
    }

    /// Learners for the first time and completed of a group; sessions of November.
    fn activity(&self, units: &[&str], group: &str) -> (u64, u64, u64) {
        let mut sums = (0, 0, 0);
        for record in self.0.iter().filter(|record| record.kind == "training_session") {
            let date = record.body["date"].as_str().expect("a date");
            if !units.contains(&record.unit.as_str()) || date > DAY {
                continue;
            }
            sums.2 += u64::from(("2025-11-15"..="2025-12-14").contains(&date));
            for line in record.body["counts"].as_array().expect("lines") {
                if line["group"] == group {
                    sums.0 += line["first_time"].as_u64().unwrap_or(0);
                    sums.1 += line["completed"].as_u64().unwrap_or(0);
                }
            }
        }
        sums
    }
}

fn near_hamlet() -> &'static str {
    "u:hoa-thuan"
}

fn shown(device: &Device, unit: &str, code: &str) -> ProgressView {
    let input = ProgressInput {
        unit: unit.into(),
        code: code.into(),
        year: 2025,
        ..ProgressInput::default()
    };
    device.call("progress.read", input).expect("readable")
}

fn told_by(centre: &TestCentral, unit: &str, code: &str) -> Value {
    let db = rusqlite::Connection::open(centre.database()).expect("the database opens");
    let units = hocvu_central::directory::units(&db).expect("units");
    let as_of: NaiveDate = DAY.parse().expect("a date");
    let asked = Asked {
        plan: &plan_67(),
        year: 2025,
        unit,
        code,
        as_of,
        boundaries: Boundaries::AsIsNow,
        period: Period::of(Cut::Decree09, Span::Month, as_of),
    };
    serde_json::to_value(progress(&db, &units, &asked).expect("a known unit")).expect("plain data")
}

/// What a device shows is what the operations add up to.
fn compare(view: &ProgressView, operations: &[Value], commune: &str, unit: &str, seed: u64) {
    let folded = fold(operations);
    let again = Recomputed(&folded);
    for (code, group, measure) in [
        ("KH67-2025-C", "adult", "skilled"),
        ("KH67-2025-D", "adult", "vneid_confirmed"),
        ("KH67-2025-B2", "pupil_lower_secondary", "equipped"),
    ] {
        let row = view
            .progress
            .indicators
            .iter()
            .find(|row| row.code == code)
            .expect("in the plan");
        let (able, people) = again.at(commune, unit, group, measure);
        let standing = &row.standing;
        assert_eq!(
            (standing.numerator, standing.denominator),
            (able, people),
            "seed {seed}, {unit}, {code}"
        );
        if let (Some(able), Some(people), "KH67-2025-C") = (able, people, code) {
            let missing = (people * 80 / 100 + 1).saturating_sub(able);
            assert_eq!(standing.persons.unwrap_or(0), missing, "seed {seed}, {unit}");
        }
        let within = if unit == commune {
            vec![near_hamlet(), FAR_HAMLET, SCHOOL, commune]
        } else {
            vec![unit]
        };
        let (first, done, november) = again.activity(&within, group);
        if let Some(activity) = &row.activity {
            assert_eq!(
                (activity.first_time, activity.completed),
                (first, done),
                "seed {seed}, {unit}, {code}"
            );
        }
        assert_eq!(view.period.in_period.sessions, november, "seed {seed}, {unit}");
    }
}

#[tokio::test]
async fn device_centre_and_raw_operations_agree_for_fifty_seeds() {
    let centre = TestCentral::start().await;
    let commune = centre.commune();
    centre.add_unit(FAR_HAMLET, &commune, "Ấp Tri Phong").await;
    centre
        .add_unit_of(Level::School, SCHOOL, &commune, "THCS Long Hòa")
        .await;
    let officer = Device::new(NOW, 1);
    officer.enrol(&centre, &commune).await;
    let hamlet = Device::enrolled(&centre, NOW, 2).await;
    officer.sync().await.expect("a good link");
    let (mut officers, mut hamlets) = (Vec::new(), Vec::new());
    for seed in 0..SEEDS {
        let mut dice = Dice(seed);
        for _ in 0..3 {
            officers.extend(say_something(
                &officer,
                &[FAR_HAMLET, SCHOOL, FAR_HAMLET, SCHOOL],
                &mut dice,
            ));
            hamlets.extend(say_something(&hamlet, &[near_hamlet()], &mut dice));
        }
        if seed % 5 == 0 {
            officers.extend(say_something(&officer, &[&commune], &mut dice));
        }
        for (device, records) in [(&officer, &mut officers), (&hamlet, &mut hamlets)] {
            // Half of what is said is taken back, so that units fall silent again.
            while records.len() > 12 {
                let at = dice.below(u32::try_from(records.len()).expect("few")) as usize;
                void(device, &records.swap_remove(at));
            }
        }
        let offline = raw_operations(&centre, Some(&officer));
        for unit in [commune.as_str(), FAR_HAMLET, SCHOOL] {
            compare(&shown(&officer, unit, "KH67-2025-C"), &offline, &commune, unit, seed);
        }
        let offline = raw_operations(&centre, Some(&hamlet));
        compare(
            &shown(&hamlet, "", "KH67-2025-C"),
            &offline,
            &commune,
            near_hamlet(),
            seed,
        );

        hamlet.sync().await.expect("a good link");
        officer.sync().await.expect("a good link");
        let all = raw_operations(&centre, None);
        for unit in [commune.as_str(), near_hamlet(), FAR_HAMLET, SCHOOL] {
            let view = shown(&officer, unit, "KH67-2025-B2");
            compare(&view, &all, &commune, unit, seed);
            let view = serde_json::to_value(view).expect("plain data");
            assert_eq!(
                view,
                told_by(&centre, unit, "KH67-2025-B2"),
                "seed {seed}, {unit}: word for word"
            );
        }
        let here = serde_json::to_value(shown(&hamlet, "", "")).expect("plain data");
        assert_eq!(
            here,
            told_by(&centre, near_hamlet(), ""),
            "seed {seed}: on the other device too"
        );
    }
}

#[tokio::test]
async fn a_number_opens_into_the_very_records_it_is_made_of() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let unit = centre.hamlet();
    let fields = [
        ("target_group", "adult"),
        ("measure", "skilled"),
        ("numerator", "80"),
        ("as_of", "20/11/2025"),
        ("evidence_kind", "self_declared"),
        ("source", "Tổ rà soát"),
    ];
    let figure: RecordSaveView = hamlet
        .call("record.save", record_form("coverage", &unit, &fields))
        .expect("a figure");
    let view = shown(&hamlet, "", "KH67-2025-C");
    let row = view
        .progress
        .indicators
        .iter()
        .find(|row| row.code == "KH67-2025-C")
        .expect("in the plan");
    assert_eq!(
        (row.standing.denominator, row.standing.percent.clone()),
        (None, None),
        "chưa có mẫu số"
    );
    let fields = [
        ("target_group", "adult"),
        ("value", "100"),
        ("basis", "registered"),
        ("as_of", "01/11/2025"),
        ("source", "Công an xã"),
    ];
    let people: RecordSaveView = hamlet
        .call("record.save", record_form("population", &unit, &fields))
        .expect("a population");
    let session = hamlet.save(form(&unit, "20/11/2025")).expect("a good session");
    let input = DrillInput {
        code: "KH67-2025-C".into(),
        limit: 10,
        ..DrillInput::default()
    };
    let drill: DrillView = hamlet.call("progress.drill", input).expect("readable");
    let ids: Vec<_> = drill.records.iter().map(|record| record.id.clone()).collect();
    assert_eq!(ids, [figure.id, people.id]);
    assert_eq!(
        (drill.records[0].source.as_str(), drill.records[0].as_of.as_str()),
        ("Tổ rà soát", "20/11/2025")
    );
    assert_eq!((drill.total, drill.sessions[0].id.as_str()), (1, session.id.as_str()));
    let row = shown(&hamlet, "", "KH67-2025-C").progress.indicators;
    let row = row.iter().find(|row| row.code == "KH67-2025-C").expect("in the plan");
    assert_eq!(
        (row.standing.percent.as_deref(), row.standing.persons),
        (Some("80,0%"), Some(1))
    );
    let refused = hamlet.call::<ProgressView>(
        "progress.read",
        ProgressInput {
            unit: centre.commune(),
            ..ProgressInput::default()
        },
    );
    assert!(refused.is_err(), "a hamlet's machine holds only a part of its commune");
}
