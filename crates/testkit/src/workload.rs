//! Realistic sessions, the same for the same seed (magnitudes of a commune: median 22 attendees, 55–60 % women).

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use hocvu_app::contract::{RecordForm, SessionForm};
use hocvu_model::session::{self, Context, TrainingSession};
use hocvu_model::unit::{Level, Unit};

/// A stream of sessions.
#[derive(Debug, Clone)]
pub struct Workload {
    dice: u64,
    made: u64,
    unit: String,
    first_day: NaiveDate,
}

const TOPICS: [&str; 8] = [
    "vneid",
    "online_public_services",
    "cashless_payment",
    "info_safety",
    "device_basics",
    "digital_health",
    "messaging_community",
    "social_insurance",
];
const VENUES: [&str; 6] = [
    "Nhà văn hóa ấp",
    "Nhà anh Bảy",
    "Chùa Ông Mẹt",
    "Trường TH Long Hòa A",
    "Chợ Long Hòa",
    "Trụ sở ấp",
];
const NAMES: [&str; 8] = [
    "Lan",
    "Bảy",
    "Sơn",
    "Thạch Thị Sa Rane",
    "Kim Ngọc",
    "Hưởng",
    "Đào",
    "Út Mười",
];
const GROUPS: [&str; 5] = [
    "adult",
    "worker_enterprise",
    "worker_coop",
    "public_sector",
    "household_business",
];
const WORDS: [&str; 16] = [
    "bà con",
    "hỏi nhiều",
    "đổi mật khẩu",
    "mạng yếu",
    "cài sẵn",
    "chưa có",
    "điện thoại",
    "hẹn buổi sau",
    "nộp hồ sơ",
    "trực tuyến",
    "hướng dẫn",
    "lừa đảo",
    "chuyển khoản",
    "quét mã",
    "căn cước",
    "người lớn tuổi",
];

impl Workload {
    /// Sessions of `unit` from `first_day` on.
    pub fn new(seed: u64, unit: &str, first_day: NaiveDate) -> Self {
        Self {
            dice: seed,
            made: 0,
            unit: unit.to_owned(),
            first_day,
        }
    }

    /// A form with five count lines and a note of about 60 characters.
    pub fn form(&mut self) -> SessionForm {
        let day = self.first_day + Days::new(self.made / 4 % 330);
        self.made += 1;
        let mut note = String::new();
        while note.chars().count() < 60 {
            if !note.is_empty() {
                note.push(' ');
            }
            note.push_str(WORDS[self.below(WORDS.len() as u64) as usize]);
        }
        let note = note.chars().take(60).collect::<String>().trim().to_owned();
        let facilitators = format!("{}; {}", self.pick(&NAMES), self.pick(&NAMES));
        let topics = (0..=self.below(2)).map(|_| self.pick(&TOPICS).to_owned()).collect();
        let counts = GROUPS
            .iter()
            .map(|group| ((*group).to_owned(), self.line(*group == "adult")))
            .collect();
        SessionForm {
            unit: self.unit.clone(),
            date: day.format("%d/%m/%Y").to_string(),
            start: self.pick(&["19:00", "19:30", "08:00", "14:00"]).to_owned(),
            duration_minutes: self.pick(&["60", "90", "120"]).to_owned(),
            form: self.pick(&["class", "hands_on", "door_to_door"]).to_owned(),
            topics,
            venue: self.pick(&VENUES).to_owned(),
            facilitators,
            language: self.pick(&["vi", "vi", "both"]).to_owned(),
            note,
            household_businesses: String::new(),
            broadcast_items: String::new(),
            counts,
            attachments: Vec::new(),
        }
    }

    /// The next form, read by the rules.
    ///
    /// # Panics
    /// The workload makes something the rules refuse: a mistake of the workload.
    pub fn session(&mut self) -> TrainingSession {
        let form = self.form();
        let unit = Unit {
            uid: form.unit.as_str().into(),
            code: None,
            level: Level::Hamlet,
            name: "Ấp".into(),
            parent: None,
            valid_from: None,
            valid_to: None,
            sort: None,
            members: Vec::new(),
            void: false,
        };
        let today = self.first_day + Days::new(400);
        let find = |_: &str| Some(&unit);
        let raw = hocvu_app::raw_of(&form);
        let checked = session::check(&raw, &Context::new(today, &find));
        checked.session.unwrap_or_else(|| panic!("{:?}", checked.findings))
    }

    fn line(&mut self, many: bool) -> BTreeMap<String, String> {
        let attended = if many { 8 + self.below(40) } else { 1 + self.below(9) };
        let mut cells = BTreeMap::from([("attended".to_owned(), attended.to_string())]);
        let mut set =
            |column: &str, most: u64, dice: u64| cells.insert(column.to_owned(), (dice % (most + 1)).to_string());
        let khmer = self.below(attended / 2 + 1);
        set("female", attended, attended / 2 + self.below(attended / 2 + 1));
        set("khmer", khmer, khmer);
        set("ethnic_minority", attended, khmer + self.below(2).min(attended - khmer));
        set("elderly", attended, self.below(attended / 3 + 1));
        set("poor", attended, self.below(attended / 6 + 1));
        set("first_time", attended, self.below(attended + 1));
        cells
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len() as u64) as usize]
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % bound.max(1)
    }
}

/// A plain good form of a hamlet on a day, with 31 adults of whom 18 women.
pub fn form(unit: &str, date: &str) -> SessionForm {
    SessionForm {
        unit: unit.to_owned(),
        date: date.to_owned(),
        form: "class".into(),
        topics: vec!["vneid".into()],
        venue: "Nhà văn hóa ấp".into(),
        facilitators: "Lan; Bảy".into(),
        language: "vi".into(),
        counts: count_line("adult", &[("attended", "31"), ("female", "18")]),
        ..SessionForm::default()
    }
}

/// A new record of plain fields, as typed.
pub fn record_form(kind: &str, unit: &str, fields: &[(&str, &str)]) -> RecordForm {
    let fields = fields.iter();
    RecordForm {
        kind: kind.to_owned(),
        id: None,
        unit: unit.to_owned(),
        fields: fields
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect(),
    }
}

/// Counts of one group.
pub fn count_line(group: &str, cells: &[(&str, &str)]) -> BTreeMap<String, BTreeMap<String, String>> {
    let cells = cells
        .iter()
        .map(|(column, count)| ((*column).to_owned(), (*count).to_owned()))
        .collect();
    BTreeMap::from([(group.to_owned(), cells)])
}
