use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime};
use hocvu_model::UnitUid;
use hocvu_model::codes::{
    EvidenceKind, Language, Measure, PopulationBasis, SessionForm, TargetGroup, Topic, VenueType,
};
use hocvu_model::coverage::{Coverage, grades};
use hocvu_model::population::Population;
use hocvu_model::record::Record;
use hocvu_model::school_year::SchoolYear;
use hocvu_model::session::{CountLine, Facilitators, TrainingSession, Venue};
use hocvu_model::team::Team;

use super::dice::Dice;
use super::{Place, Plan};

const TOPICS: [&str; 10] = [
    "vneid",
    "vneid",
    "online_public_services",
    "online_public_services",
    "cashless_payment",
    "info_safety",
    "device_basics",
    "digital_health",
    "social_insurance",
    "messaging_community",
];
const PEOPLE: [&str; 8] = [
    "Lan",
    "Bảy",
    "Sơn",
    "Thạch Thị Sa Rane",
    "Kim Ngọc",
    "Hưởng",
    "Đào",
    "Út Mười",
];

/// Everything a place recorded, in the order of days within a kind.
pub(super) fn of(place: &Place, plan: &Plan) -> Vec<Record> {
    let mut dice = place.dice.clone();
    let mut records = Vec::new();
    if !place.school {
        records.push(Record::Team(team(place, plan, &mut dice)));
    }
    for month in 0..plan.months {
        let first = plan.first + Months::new(month);
        if month % 12 == 0 {
            records.push(Record::Population(population(place, first, &mut dice)));
        }
        if month % 3 == 2 {
            records.extend(
                coverage(place, plan, month, first, &mut dice)
                    .into_iter()
                    .map(Record::Coverage),
            );
        }
        let campaign = matches!(first.month(), 5..=7 | 10);
        let sessions = match (place.school, campaign) {
            (true, _) => u32::from(dice.chance(40)),
            (false, true) => dice.between(3, 4),
            (false, false) => dice.between(1, 2),
        };
        let mut days: Vec<u32> = (0..sessions).map(|_| dice.between(0, 27)).collect();
        days.sort_unstable();
        for day in days {
            let date = first + Days::new(u64::from(day));
            records.push(Record::Session(session(place, date, &mut dice)));
        }
    }
    records
}

fn unit_on(place: &Place, day: NaiveDate) -> UnitUid {
    let then = place.units.iter().rev().find(|(from, _)| *from <= day);
    then.map_or_else(|| place.units[0].1.clone(), |(_, uid)| uid.clone())
}

fn group(place: &Place) -> TargetGroup {
    let code = match (place.school, place.name.contains("THPT"), place.name.contains("THCS")) {
        (false, ..) => "adult",
        (_, true, _) => "pupil_upper_secondary",
        (_, _, true) => "pupil_lower_secondary",
        _ => "pupil_primary",
    };
    TargetGroup::parse(code).expect("a code of the list")
}

fn session(place: &Place, date: NaiveDate, dice: &mut Dice) -> TrainingSession {
    let attended = dice.log_normal(22.0, 0.45).round().clamp(5.0, 150.0) as u32;
    let mut counts = vec![line(group(place), attended, place.khmer, dice)];
    if !place.school && dice.chance(25) {
        let code = *dice.pick(&["worker_coop", "worker_enterprise", "household_business"]);
        let some = dice.between(2, 8);
        counts.push(line(
            TargetGroup::parse(code).expect("a code of the list"),
            some,
            place.khmer,
            dice,
        ));
    }
    let mut topics: Vec<Topic> = Vec::new();
    for _ in 0..dice.between(1, 3) {
        let topic = Topic::parse(dice.pick::<&str>(&TOPICS)).expect("a code of the list");
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    let kind = VenueType::active().nth(usize::from(place.school) * 2);
    TrainingSession {
        unit: unit_on(place, date),
        date,
        start: NaiveTime::from_hms_opt(*dice.pick(&[8, 14, 18, 19]), 0, 0),
        duration_minutes: Some(*dice.pick(&[60, 90, 120])),
        form: SessionForm::parse(dice.pick::<&str>(&["class", "class", "hands_on", "door_to_door"]))
            .expect("a code of the list"),
        topics,
        venue: kind.map(|kind| Venue {
            kind,
            name: Some(place.name.clone()),
        }),
        facilitators: Some(Facilitators {
            count: Some(2),
            names: Some(format!(
                "{}; {}",
                dice.pick::<&str>(&PEOPLE),
                dice.pick::<&str>(&PEOPLE)
            )),
        }),
        language: Language::parse(if dice.chance(place.khmer) { "both" } else { "vi" }),
        counts,
        household_businesses: None,
        broadcast_items: None,
        note: None,
        attachments: Vec::new(),
    }
}

fn line(group: TargetGroup, attended: u32, khmer: u64, dice: &mut Dice) -> CountLine {
    let khmer = dice.part(attended, khmer);
    let assessed = dice.part(attended, 85);
    let elderly = if group.is_taught() { 0 } else { dice.part(attended, 25) };
    CountLine {
        group,
        attended,
        female: Some(dice.part(attended, 57)),
        ethnic_minority: Some((khmer + u32::from(dice.chance(15))).min(attended)),
        khmer: Some(khmer),
        elderly: Some(elderly),
        disabled: dice.chance(60).then(|| u32::from(dice.chance(30)).min(attended)),
        poor: Some(dice.part(attended, 8)),
        first_time: Some(dice.part(attended, 38)),
        assessed: Some(assessed),
        completed: Some(dice.part(assessed, 82)),
    }
}

fn persons(place: &Place) -> u32 {
    if place.school { place.pupils } else { place.adults }
}

fn school_year(place: &Place, day: NaiveDate) -> Option<SchoolYear> {
    place.school.then(|| SchoolYear::running_on(day))
}

fn population(place: &Place, as_of: NaiveDate, dice: &mut Dice) -> Population {
    Population {
        unit: unit_on(place, as_of),
        target_group: group(place),
        value: persons(place) + dice.between(0, 20),
        excluded: None,
        exclusion_reason: None,
        basis: PopulationBasis::active().next().expect("a code of the list"),
        as_of,
        school_year: school_year(place, as_of),
        source: if place.school {
            "Sổ danh bộ".into()
        } else {
            "Công an xã".into()
        },
        note: None,
    }
}

/// Grows from a third to four fifths over the time, and never past what there is. A hamlet tells it of all its adults, a
/// school of each class.
fn coverage(place: &Place, plan: &Plan, month: u32, first: NaiveDate, dice: &mut Dice) -> Vec<Coverage> {
    let percent = 34 + u64::from(month) * 46 / u64::from(plan.months.max(1));
    if place.school {
        return classes(place, percent, first, dice);
    }
    let skilled = dice.part(persons(place), percent);
    let confirmed = dice.part(skilled, 60).min(skilled);
    let figure = |measure: &str, evidence: &str, numerator| Coverage {
        source: Some("Tổ công nghệ số tổng hợp".into()),
        ..figure(place, measure, evidence, numerator, first)
    };
    vec![
        figure("skilled", "platform_course", skilled),
        figure("vneid_confirmed", "vneid_confirmed", confirmed),
    ]
}

/// Classes of some 35 pupils, spread over the grades: `6A1`, `6A2`, `7A1`…
fn classes(place: &Place, percent: u64, first: NaiveDate, dice: &mut Dice) -> Vec<Coverage> {
    const CLASS: u32 = 35;
    let group = group(place);
    let grades: Vec<u8> = grades(group).into_iter().flatten().collect();
    let each = (place.pupils / CLASS / grades.len().max(1) as u32).max(1);
    let measure = if group.as_str() == "pupil_primary" {
        "device_basics"
    } else {
        "equipped"
    };
    let names = grades.iter().flat_map(|grade| (1..=each).map(move |at| (*grade, at)));
    let class = |(grade, at)| {
        // A class keeps its size all year: the die is thrown anew only for who has the skills.
        let roll = CLASS - 4 + (u32::from(grade) * 5 + at * 3 + place.pupils) % 9;
        Coverage {
            grade: Some(grade),
            class: Some(format!("{grade}A{at}")),
            population: Some(roll),
            source: Some("Báo cáo của giáo viên chủ nhiệm".into()),
            ..figure(place, measure, "school_assessed", dice.part(roll, percent), first)
        }
    };
    names.map(class).collect()
}

fn figure(place: &Place, measure: &str, evidence: &str, numerator: u32, as_of: NaiveDate) -> Coverage {
    Coverage {
        unit: unit_on(place, as_of),
        target_group: group(place),
        grade: None,
        class: None,
        measure: Measure::parse(measure).expect("a code of the list"),
        numerator,
        population: None,
        as_of,
        evidence_kind: EvidenceKind::parse(evidence).expect("a code of the list"),
        school_year: school_year(place, as_of),
        source: None,
        note: None,
    }
}

fn team(place: &Place, plan: &Plan, dice: &mut Dice) -> Team {
    let members = dice.between(5, 9);
    Team {
        unit: unit_on(place, plan.first),
        name: format!("Tổ công nghệ số cộng đồng {}", amid(&place.name)),
        decision_number: Some(format!("{}/QĐ-UBND", dice.between(20, 190))),
        decision_date: Some(plan.first),
        leader_name: Some((*dice.pick(&PEOPLE)).to_owned()),
        leader_phone: None,
        members,
        female: Some(dice.part(members, 45)),
        youth_union: Some(dice.part(members, 40)),
        khmer: Some(dice.part(members, place.khmer)),
        active_from: Some(plan.first),
        active_to: None,
        note: None,
    }
}

/// A unit's name inside another name: `ấp Ba Động`.
fn amid(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters).collect()
}
