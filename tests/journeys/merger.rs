//! The merger of 01/07/2025: eighteen months on the 104 old communes, with what followed on the 41 new ones, on a real device
//! and at a real centre. Nothing is lost, nothing counted twice, in either boundaries.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hocvu_app::contract::{ListInput, ProgressInput, ProgressView};
use hocvu_central::figures::{Figures, figures};
use hocvu_model::operation::{Kind, OfficeDraft};
use hocvu_model::record::Record;
use hocvu_model::session::TrainingSession;
use hocvu_model::unit::{Boundaries, Level, UnitBook};
use hocvu_model::{RecordId, UnitUid};
use hocvu_testkit::sample::{Plan, Sample, Scope};
use hocvu_testkit::{Device, TestCentral, append};

const NOW: &str = "2026-01-05T08:00:00+07:00";
/// Province 86, and the former one.
const PROVINCE: (&str, &str) = ("new:86", "old:84");

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// From 01/07/2024 to 31/12/2025, one hamlet a commune.
fn sample() -> Sample {
    Sample::new(Plan {
        seed: 29_242,
        scope: Scope::OldCommunes,
        first: day("2024-07-01"),
        months: 18,
        hamlets: 1,
    })
}

/// What the test itself adds up, without any unit book: sessions and lượt.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Sums(i64, i64);

impl Sums {
    fn add(&mut self, session: &TrainingSession) {
        self.0 += 1;
        self.1 += i64::from(session.attended());
    }
}

struct World {
    centre: TestCentral,
    device: Device,
    book: UnitBook,
    sessions: Vec<TrainingSession>,
    /// Skilled adults and adults of each hamlet that is, as last told of it or of what it was.
    adults: BTreeMap<UnitUid, Adults>,
    /// The commune each unit of the sample was made in.
    communes: BTreeMap<UnitUid, UnitUid>,
}

/// Numerator and denominator of a hamlet, each with its day.
#[derive(Debug, Default, Clone, Copy)]
struct Adults {
    skilled: Option<(NaiveDate, u64)>,
    all: Option<(NaiveDate, u64)>,
}

impl Adults {
    /// Takes in what a record says of adults; the latest day holds.
    fn add(&mut self, record: &Record) {
        let later = |now: &mut Option<(NaiveDate, u64)>, day, value: u32| {
            if now.is_none_or(|(before, _)| before <= day) {
                *now = Some((day, u64::from(value)));
            }
        };
        match record {
            Record::Population(population) => later(&mut self.all, population.as_of, population.value),
            Record::Coverage(coverage) if coverage.measure.as_str() == "skilled" => {
                later(&mut self.skilled, coverage.as_of, coverage.numerator);
            }
            _ => {}
        }
    }
}

/// Everything as the province's own machine would have written it: units, what followed on what, records.
fn write(device: &Device, sample: &Sample, records: &[Record]) {
    let stored = device.app().store().write(|tx| {
        for units in sample.units.chunks(30) {
            let act = OfficeDraft {
                units,
                ..OfficeDraft::new(Kind::Succeed, 1)
            };
            tx.append_office(&act)?;
        }
        for successions in sample.successions.chunks(30) {
            let act = OfficeDraft {
                successions,
                ..OfficeDraft::new(Kind::Succeed, 1)
            };
            tx.append_office(&act)?;
        }
        for (number, record) in (1..).zip(records) {
            let id = record
                .natural_id("vl")
                .unwrap_or(RecordId(uuid::Uuid::from_u128(number)));
            append(tx, id, record, 1)?;
        }
        Ok(())
    });
    stored.expect("the store works");
}

async fn merged() -> World {
    let sample = sample();
    let centre = TestCentral::start_at(NOW).await;
    let device = Device::new(NOW, 1);
    device.enrol(&centre, PROVINCE.0).await;
    let heirs: BTreeMap<&UnitUid, &UnitUid> = sample.successions.iter().map(|one| (&one.old, &one.new)).collect();
    let records: Vec<Record> = sample.records().collect();
    let mut sessions = Vec::new();
    let mut adults: BTreeMap<UnitUid, Adults> = BTreeMap::new();
    for record in &records {
        let heir = heirs.get(record.unit()).copied().unwrap_or(record.unit()).clone();
        match record {
            Record::Session(session) => sessions.push(session.clone()),
            other => adults.entry(heir).or_default().add(other),
        }
    }
    write(&device, &sample, &records);
    while device.status().waiting > 0 {
        device.sync().await.expect("a good link");
    }
    let communes = sample
        .units
        .iter()
        .filter_map(|unit| Some((unit.uid.clone(), unit.parent.clone()?)))
        .collect();
    let db = rusqlite::Connection::open(centre.database()).expect("the database opens");
    let book = hocvu_central::directory::units(&db).expect("readable");
    World {
        centre,
        device,
        book,
        sessions,
        adults,
        communes,
    }
}

impl World {
    fn figures(&self, unit: &str, window: Option<(NaiveDate, NaiveDate)>, boundaries: Boundaries) -> Figures {
        let db = rusqlite::Connection::open(self.centre.database()).expect("the database opens");
        figures(&db, &self.book, unit, window, boundaries).expect("a known unit")
    }

    fn at_centre(&self, unit: &str, window: Option<(NaiveDate, NaiveDate)>, boundaries: Boundaries) -> Sums {
        let total = self.figures(unit, window, boundaries).total;
        Sums(total.sessions, total.attended)
    }

    fn on_device(&self, unit: &str, boundaries: &str) -> Sums {
        let input = ListInput {
            unit: unit.into(),
            boundaries: boundaries.into(),
            ..ListInput::default()
        };
        let totals = self.device.list(input).totals;
        Sums(
            i64::from(totals.sessions),
            i64::try_from(totals.attended).expect("a count"),
        )
    }

    /// The commune a session was recorded in, by what the sample says.
    fn commune(&self, session: &TrainingSession) -> &UnitUid {
        &self.communes[&session.unit]
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a journey in its order")]
async fn the_real_merger_loses_nothing_and_counts_nothing_twice() {
    let world = merged().await;
    assert_eq!(
        world
            .centre
            .ask::<i64>("SELECT count(*) FROM operation WHERE verdict NOT IN ('accepted', 'merged')"),
        0,
        "the centre took every operation"
    );
    let shipped = UnitBook::shipped();
    let (mut all, mut was, mut now) = (Sums::default(), BTreeMap::new(), BTreeMap::new());
    for session in &world.sessions {
        let commune = world.commune(session);
        all.add(session);
        was.entry(commune.clone()).or_insert_with(Sums::default).add(session);
        let heir = shipped.current(commune).clone();
        now.entry(heir).or_insert_with(Sums::default).add(session);
    }
    assert!(all.0 > 1_500, "{} sessions", all.0);

    // The province: the old one until the day, the new one from then on; today everything is the new one's.
    let split: Sums = was
        .iter()
        .filter(|(uid, _)| uid.as_str().starts_with("old:"))
        .fold(Sums::default(), |sum, (_, part)| Sums(sum.0 + part.0, sum.1 + part.1));
    let rest = Sums(all.0 - split.0, all.1 - split.1);
    assert!(split.0 > 0 && rest.0 > 0);
    for (unit, boundaries, code, expected) in [
        (PROVINCE.0, Boundaries::AsIsNow, "as_is_now", all),
        (PROVINCE.0, Boundaries::AsWas, "as_was", rest),
        (PROVINCE.1, Boundaries::AsWas, "as_was", split),
    ] {
        assert_eq!(world.at_centre(unit, None, boundaries), expected, "{unit} {code}");
        assert_eq!(world.on_device(unit, code), expected, "{unit} {code} on the device");
    }

    // Each of the 104 and of the 41, to the unit.
    assert_eq!(now.len(), 41);
    for (unit, expected) in &now {
        assert_eq!(
            world.at_centre(unit.as_str(), None, Boundaries::AsIsNow),
            *expected,
            "{unit} now"
        );
        assert_eq!(
            world.on_device(unit.as_str(), "as_is_now"),
            *expected,
            "{unit} now, on the device"
        );
    }
    assert_eq!(was.len(), 104 + 41);
    for (unit, expected) in &was {
        assert_eq!(
            world.at_centre(unit.as_str(), None, Boundaries::AsWas),
            *expected,
            "{unit} then"
        );
        assert_eq!(
            world.on_device(unit.as_str(), "as_was"),
            *expected,
            "{unit} then, on the device"
        );
    }

    // One code, two units: Phường 3 and Phường Trà Vinh.
    let (old, new) = ("old:29242", "new:29242");
    assert_eq!(world.figures(old, None, Boundaries::AsWas).name, "Phường 3");
    assert_eq!(world.figures(new, None, Boundaries::AsWas).name, "Phường Trà Vinh");
    let (third, ward) = (was[&UnitUid::from(old)], was[&UnitUid::from(new)]);
    let heir = shipped.current(&UnitUid::from(old)).clone();
    assert_ne!(third, ward);
    assert_eq!(world.at_centre(old, None, Boundaries::AsWas), third);
    assert_eq!(world.at_centre(new, None, Boundaries::AsWas), ward);
    assert!(now[&heir].1 > third.1, "what became of Phường 3 is more than it");
    let bearers = world.book.iter().filter(|unit| unit.code.as_deref() == Some("29242"));
    assert_eq!(bearers.filter(|unit| unit.level == Level::Commune).count(), 2);

    // The report month of July 2025 is cut by the day of the merger.
    let window = (day("2025-06-15"), day("2025-07-14"));
    let (before, after) = ((window.0, day("2025-06-30")), (day("2025-07-01"), window.1));
    let inside = |(first, last): (NaiveDate, NaiveDate)| {
        let mut sums = Sums::default();
        let inside = world.sessions.iter().filter(|it| (first..=last).contains(&it.date));
        inside.for_each(|session| sums.add(session));
        sums
    };
    let (early, late) = (inside(before), inside(after));
    assert!(early.0 > 0 && late.0 > 0);
    let at = |unit: &str, boundaries| world.at_centre(unit, Some(window), boundaries);
    assert_eq!(at(PROVINCE.1, Boundaries::AsWas), early, "until 30/06 the old province");
    assert_eq!(at(PROVINCE.0, Boundaries::AsWas), late, "from 01/07 the new one");
    assert_eq!(
        at(PROVINCE.0, Boundaries::AsIsNow),
        Sums(early.0 + late.0, early.1 + late.1)
    );
}

#[tokio::test]
async fn the_real_merger_keeps_every_target_of_every_commune_to_the_person() {
    let world = merged().await;
    let mut expected: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for (hamlet, adults) in &world.adults {
        let sums = expected.entry(world.communes[hamlet].to_string()).or_default();
        sums.0 += adults.skilled.expect("every hamlet told it").1;
        sums.1 += adults.all.expect("every hamlet told it").1;
    }
    assert_eq!(expected.len(), 41);
    let total = expected
        .values()
        .fold((0, 0), |sum, (skilled, all)| (sum.0 + skilled, sum.1 + all));

    let input = ProgressInput {
        unit: PROVINCE.0.into(),
        code: "KH67-2025-C".into(),
        as_of: "31/12/2025".into(),
        year: 2025,
        ..ProgressInput::default()
    };
    let view: ProgressView = world.device.call("progress.read", input).expect("readable");
    let chosen = view.progress.indicators.iter().find(|one| one.code == "KH67-2025-C");
    let standing = &chosen.expect("target c").standing;
    assert_eq!(
        (standing.numerator, standing.denominator),
        (Some(total.0), Some(total.1))
    );
    let shares: BTreeMap<String, (u64, u64)> = view
        .progress
        .shares
        .iter()
        .filter_map(|share| {
            let (skilled, all) = (share.standing.numerator?, share.standing.denominator?);
            Some((share.unit.clone(), (skilled, all)))
        })
        .collect();
    assert_eq!(shares, expected, "each commune to the person");
}
