use super::*;
use crate::codes::{EvidenceKind, PopulationBasis};
use crate::plan::plan_67;
use crate::unit::{Succession, SuccessionKind, Unit};

const DAY: &str = "2025-11-22";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn unit(uid: &str, level: Level, parent: &str) -> Unit {
    Unit {
        uid: uid.into(),
        code: None,
        level,
        name: uid.to_owned(),
        parent: Some(parent.into()),
        valid_from: None,
        valid_to: None,
        sort: None,
        members: Vec::new(),
        void: false,
    }
}

/// A commune with two hamlets and a school.
fn units() -> UnitBook {
    let mut book = UnitBook::shipped();
    for (uid, level) in [("h:1", Level::Hamlet), ("h:2", Level::Hamlet), ("s:1", Level::School)] {
        book.put(unit(uid, level, "new:29413"));
    }
    book
}

fn figure(unit: &str, group: &str, numerator: u32, population: Option<u32>, as_of: &str) -> Figure {
    Figure {
        record: RecordId(uuid::Uuid::from_u128(u128::from(numerator) << 64 | as_of.len() as u128)),
        unit: unit.into(),
        group: TargetGroup::parse(group).expect("a group"),
        measure: Measure::parse("skilled").expect("a measure"),
        grade: None,
        class: None,
        school_year: None,
        as_of: day(as_of),
        numerator,
        population,
        evidence: EvidenceKind::parse("self_declared").expect("a kind"),
    }
}

fn headcount(unit: &str, value: u32, excluded: u32, basis: &str, as_of: &str) -> Headcount {
    Headcount {
        record: RecordId(uuid::Uuid::from_u128(u128::from(value))),
        unit: unit.into(),
        group: TargetGroup::parse("adult").expect("a group"),
        as_of: day(as_of),
        value,
        excluded,
        basis: PopulationBasis::parse(basis).expect("a basis"),
    }
}

fn ask(
    units: &UnitBook,
    facts: &Facts,
    unit: &str,
    code: &str,
    boundaries: Boundaries,
) -> (IndicatorProgress, Progress) {
    let plan = plan_67();
    let book = Book::new(units, facts, boundaries, day(DAY));
    let year = if code.contains("2026") { 2026 } else { 2025 };
    let question = Question {
        plan: &plan,
        year,
        unit,
        code,
    };
    let progress = book.progress(&question).expect("a known unit");
    let row = progress
        .indicators
        .iter()
        .find(|row| row.code == code)
        .expect("in the plan");
    (row.clone(), progress.clone())
}

fn adults(units: &UnitBook, facts: &Facts, unit: &str) -> Standing {
    ask(units, facts, unit, "KH67-2025-C", Boundaries::AsIsNow).0.standing
}

fn counts(standing: &Standing) -> (Option<u64>, Option<u64>) {
    (standing.numerator, standing.denominator)
}

fn of(figures: Vec<Figure>, headcounts: Vec<Headcount>) -> Facts {
    Facts {
        figures,
        headcounts,
        flows: Vec::new(),
    }
}

#[test]
fn rates_are_ratios_of_sums_over_units_that_told_both() {
    let facts = of(
        vec![
            figure("h:1", "adult", 80, Some(100), "2025-11-01"),
            figure("h:2", "adult", 3, None, "2025-11-02"),
        ],
        vec![],
    );
    let commune = adults(&units(), &facts, "new:29413");
    assert_eq!(counts(&commune), (Some(80), Some(100)), "the second told no population");
    assert_eq!((commune.reported, commune.expected), (2, 2));
    assert_eq!(
        (commune.outcome.as_deref(), commune.persons),
        (Some("short"), Some(1)),
        "80,0 % is not trên 80 %"
    );
    assert_eq!(commune.percent.as_deref(), Some("80,0%"));
    let province = adults(&units(), &facts, "new:86");
    assert_eq!(counts(&province), (Some(80), Some(100)));
    assert_eq!((province.reported, province.expected), (1, 124));
}

#[test]
fn a_population_of_the_commune_holds_for_what_its_hamlets_told() {
    let facts = of(
        vec![
            figure("h:1", "adult", 80, None, "2025-11-01"),
            figure("h:2", "adult", 3, None, "2025-11-02"),
        ],
        vec![headcount("new:29413", 210, 10, "registered", "2025-10-01")],
    );
    let (row, _) = ask(&units(), &facts, "new:29413", "KH67-2025-C", Boundaries::AsIsNow);
    assert_eq!(counts(&row.standing), (Some(83), Some(200)));
    assert_eq!(
        (row.excluded, row.bases),
        (10, vec!["registered".to_owned()]),
        "exclusions are shown"
    );
    let hamlet = adults(&units(), &facts, "h:1");
    assert_eq!(
        (hamlet.state, counts(&hamlet)),
        (State::Missing, (Some(80), None)),
        "chưa có mẫu số"
    );
}

#[test]
fn an_own_figure_speaks_for_the_whole_unit() {
    let mut facts = of(vec![figure("h:1", "adult", 80, Some(100), "2025-11-20")], vec![]);
    facts
        .figures
        .push(figure("new:29413", "adult", 500, Some(900), "2025-06-30"));
    let commune = adults(&units(), &facts, "new:29413");
    assert_eq!(counts(&commune), (Some(500), Some(900)), "never both");
    assert!(commune.own && (commune.reported, commune.expected) == (1, 1));
    assert_eq!(counts(&adults(&units(), &facts, "h:1")), (Some(80), Some(100)));
}

#[test]
fn the_latest_figure_decides_school_year_and_granularity() {
    let pupils = |class: Option<&str>, grade: Option<u8>, year: &str, numerator, as_of| Figure {
        class: class.map(str::to_owned),
        grade,
        measure: Measure::parse("equipped").expect("a measure"),
        school_year: crate::school_year::SchoolYear::parse(year),
        ..figure("s:1", "pupil_lower_secondary", numerator, Some(40), as_of)
    };
    let facts = of(
        vec![
            pupils(None, None, "2024-2025", 300, "2025-05-20"),
            pupils(None, Some(6), "2025-2026", 70, "2025-09-20"),
            pupils(Some("6A1"), None, "2025-2026", 30, "2025-09-30"),
            pupils(Some("6A1"), None, "2025-2026", 35, "2025-10-30"),
            pupils(Some("6A2"), None, "2025-2026", 20, "2025-10-01"),
            pupils(Some("6A2"), None, "2025-2026", 40, "2025-12-01"),
        ],
        vec![],
    );
    let (row, _) = ask(&units(), &facts, "s:1", "KH67-2025-B2", Boundaries::AsIsNow);
    assert_eq!(
        counts(&row.standing),
        (Some(55), Some(80)),
        "6A1 as of October, 6A2 before December"
    );
    assert_eq!(row.standing.latest.as_deref(), Some("2025-10-30"));
    let labels: Vec<_> = row
        .series
        .iter()
        .map(|point| (point.label.as_str(), point.numerator))
        .collect();
    assert_eq!(labels[4..6], [("2025-05", None), ("2025-06", Some(300))]);
    assert_eq!(
        labels.last(),
        Some(&("2025-12", Some(55))),
        "the month that runs, up to the day"
    );
    let (commune, _) = ask(&units(), &facts, "new:29413", "KH67-2025-B2", Boundaries::AsIsNow);
    assert_eq!(
        commune.standing.groups_missing,
        ["pupil_upper_secondary"],
        "said, not passed over"
    );
}

#[test]
fn four_states_differ_from_one_another_and_from_zero() {
    let state = |facts: &Facts, unit, code| ask(&units(), facts, unit, code, Boundaries::AsIsNow).0.standing;
    let nothing = Facts::default();
    assert_eq!(state(&nothing, "new:29413", "KH67-2025-C").state, State::Missing);
    assert_eq!(
        state(&nothing, "h:1", "KH67-2025-B2").state,
        State::NotCollected,
        "no school below a hamlet"
    );
    let nobody = of(vec![figure("h:1", "adult", 0, Some(0), "2025-11-01")], vec![]);
    assert_eq!(state(&nobody, "h:1", "KH67-2025-C").state, State::NotApplicable);
    let none = of(vec![figure("h:1", "adult", 0, Some(10), "2025-11-01")], vec![]);
    let zero = state(&none, "h:1", "KH67-2025-C");
    assert_eq!((zero.state, zero.percent.as_deref()), (State::Value, Some("0,0%")));
    assert_eq!(zero.persons, Some(9), "còn thiếu 9 người để trên 80 %");
}

#[test]
fn attendances_never_become_a_numerator() {
    let mut facts = of(vec![], vec![headcount("h:1", 100, 0, "registered", "2025-01-01")]);
    facts.flows.push(Flow {
        unit: "h:1".into(),
        group: TargetGroup::parse("adult"),
        sums: Sums {
            sessions: 20,
            female: 200,
            attended: 400,
            first_time: 60,
            completed: 25,
        },
    });
    let (row, _) = ask(&units(), &facts, "new:29413", "KH67-2025-C", Boundaries::AsIsNow);
    assert_eq!(
        (row.standing.state, counts(&row.standing)),
        (State::Missing, (None, Some(100)))
    );
    let activity = row.activity.expect("beside");
    assert_eq!(
        (activity.attended, activity.first_time_percent.as_deref()),
        (400, Some("60,0%"))
    );
    assert_eq!(activity.completed_percent.as_deref(), Some("25,0%"));
    let (d, _) = ask(&units(), &facts, "new:29413", "KH67-2025-D", Boundaries::AsIsNow);
    assert_eq!(d.activity, None, "D is never told from sessions");
}

#[test]
fn a_merged_unit_takes_all_its_parts_or_is_to_be_told_again() {
    let mut units = units();
    units.put(unit("h:9", Level::Hamlet, "new:29242"));
    let parts: Vec<UnitUid> = UnitBook::shipped()
        .iter()
        .filter(|unit| {
            UnitBook::shipped().current(&unit.uid).as_str() == "new:29242" && unit.uid.as_str() != "new:29242"
        })
        .map(|unit| unit.uid.clone())
        .collect();
    assert!(parts.len() > 1, "Phường Trà Vinh was made of several");
    let told = |count: usize| {
        let figures = parts.iter().take(count);
        of(
            figures
                .map(|part| figure(part.as_str(), "adult", 40, Some(100), "2025-06-01"))
                .collect(),
            vec![],
        )
    };
    let all = told(parts.len());
    let sum = (Some(40 * parts.len() as u64), Some(100 * parts.len() as u64));
    assert_eq!(counts(&adults(&units, &all, "new:29242")), sum);
    let some = adults(&units, &told(1), "new:29242");
    assert_eq!(
        (some.state, counts(&some)),
        (State::NeedsReentry, (None, None)),
        "never last-write"
    );
    let (was, _) = ask(&units, &told(1), "old:84", "KH67-2025-C", Boundaries::AsWas);
    assert_eq!(
        counts(&was.standing),
        (Some(40), Some(100)),
        "as it was, each under its own"
    );
    let mut since = told(1);
    since.figures.push(figure("h:9", "adult", 9, Some(10), "2025-07-02"));
    assert_eq!(
        counts(&adults(&units, &since, "new:29242")),
        (Some(9), Some(10)),
        "told anew since the merger"
    );
}

#[test]
fn the_old_province_and_its_areas_show_the_communes_they_became() {
    let (_, now) = ask(
        &units(),
        &Facts::default(),
        "old:84",
        "KH67-2025-C",
        Boundaries::AsIsNow,
    );
    assert_eq!(now.shares.len(), 41);
    let (_, was) = ask(&units(), &Facts::default(), "old:84", "KH67-2025-C", Boundaries::AsWas);
    assert_eq!(was.shares.len(), 0, "none of the 104 exists on that day");
    let facts = of(vec![figure("h:1", "adult", 9, Some(10), "2025-07-02")], vec![]);
    let areas: u64 = UnitBook::shipped()
        .iter()
        .filter(|unit| unit.level == Level::Area)
        .filter_map(|area| adults(&units(), &facts, area.uid.as_str()).numerator)
        .sum();
    assert_eq!(areas, 9, "Xã Long Hòa lies in one area");
}

#[test]
fn on_one_day_real_residents_go_before_registered_ones() {
    let facts = of(
        vec![figure("h:1", "adult", 50, None, "2025-11-01")],
        vec![
            headcount("h:1", 120, 0, "registered", "2025-10-01"),
            headcount("h:1", 100, 0, "actual_residents", "2025-10-01"),
            headcount("h:1", 999, 0, "actual_residents", "2025-12-01"),
        ],
    );
    assert_eq!(counts(&adults(&units(), &facts, "h:1")), (Some(50), Some(100)));
}

#[test]
fn a_renamed_hamlet_keeps_its_figure() {
    let mut book = units();
    book.put(unit("h:3", Level::Hamlet, "new:29413"));
    book.succeed(Succession {
        old: "h:1".into(),
        new: "h:3".into(),
        kind: SuccessionKind::Rename,
        effective: day("2025-11-10"),
        legal_basis: "QĐ".into(),
    });
    let facts = of(vec![figure("h:1", "adult", 50, Some(60), "2025-11-01")], vec![]);
    assert_eq!(counts(&adults(&book, &facts, "h:3")), (Some(50), Some(60)));
    assert_eq!(
        counts(&adults(&book, &facts, "new:29413")),
        (Some(50), Some(60)),
        "once"
    );
}

#[test]
fn both_years_stand_beside_each_other_and_are_never_one_line() {
    let facts = of(vec![figure("new:29413", "adult", 50, Some(60), "2025-11-01")], vec![]);
    let (row, progress) = ask(&units(), &facts, "new:29413", "KH67-2026-C", Boundaries::AsIsNow);
    assert_eq!(progress.years, [2025, 2026]);
    let before = row.before.expect("2025 has a target of this letter");
    assert_eq!((before.code.as_str(), before.points.len()), ("KH67-2025-C", 12));
    assert!(row.series.is_empty(), "2026 has not begun");
}
