use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use hocvu_app::App;
use hocvu_app::contract::{BeginInput, BeginView, ListInput, ListView, SaveInput, SaveView, SessionForm, SessionRow};
use hocvu_model::codes::{COLUMNS, TargetGroup};
use hocvu_model::wording::{Locale, label};

use crate::place::{Place, named};
use crate::{Failure, import, photo, print};

/// Ghi, xem và nhập buổi học.
#[derive(Subcommand)]
pub enum Session {
    /// Ghi một buổi.
    Add(Box<Add>),
    /// Xem các buổi.
    List(List),
    /// Xem một buổi và ảnh của nó.
    Show(photo::Show),
    /// Ảnh của một buổi: thêm, bỏ, lưu ra tệp, lấy từ máy chủ.
    #[command(subcommand)]
    Photo(photo::Photo),
    /// Nhập buổi từ tệp bảng tính, như `import --kind session`.
    Import(Box<import::ImportFile>),
}

/// Ghi một buổi. Quy tắc và câu báo lỗi giống hệt màn hình nhập.
#[derive(Args)]
pub struct Add {
    /// Đơn vị (uid); mặc định là đơn vị của máy.
    #[arg(long, default_value = "")]
    unit: String,
    /// Ngày: 22/11/2025, 22/11, t (hôm nay).
    #[arg(long, allow_hyphen_values = true)]
    date: String,
    /// Giờ bắt đầu: 19:30.
    #[arg(long, default_value = "")]
    start: String,
    /// Thời lượng, phút.
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    duration: String,
    /// Mã hình thức.
    #[arg(long, default_value = "class")]
    form: String,
    /// Mã nội dung; lặp lại được.
    #[arg(long = "topic")]
    topics: Vec<String>,
    /// Địa điểm.
    #[arg(long, default_value = "")]
    venue: String,
    /// Người thực hiện, cách nhau bằng dấu chấm phẩy.
    #[arg(long, default_value = "")]
    facilitators: String,
    /// Ngôn ngữ: vi, km, both.
    #[arg(long, default_value = "vi")]
    language: String,
    /// Ghi chú.
    #[arg(long, default_value = "")]
    note: String,
    /// Số người: NHÓM:cột=số,cột=số – ví dụ adult:attended=31,female=18; lặp lại được.
    #[arg(long = "count", allow_hyphen_values = true)]
    counts: Vec<String>,
    /// Ảnh (JPG, PNG, WebP); lặp lại được.
    #[arg(long = "photo")]
    photos: Vec<PathBuf>,
    /// In kết quả dạng JSON.
    #[arg(long)]
    json: bool,
}

/// Xem các buổi.
#[derive(Args)]
pub struct List {
    /// Tìm không cần dấu.
    #[arg(long, default_value = "")]
    text: String,
    /// Tháng báo cáo, ví dụ 2025-11.
    #[arg(long, default_value = "")]
    month: String,
    #[command(flatten)]
    place: Place,
    /// In dạng JSON.
    #[arg(long)]
    json: bool,
}

/// Rows fetched at a time.
const PAGE: u32 = 500;

impl Session {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        match self {
            Self::Add(add) => add.run(app),
            Self::List(list) => list.run(app),
            Self::Show(show) => show.run(app),
            Self::Photo(photo) => photo.run(app),
            Self::Import(import) => import.run(app),
        }
    }
}

impl Add {
    fn run(self, app: &App) -> Result<(), Failure> {
        let begin: BeginView = call(app, "session.begin", &BeginInput::New)?;
        let Self {
            unit,
            date,
            start,
            duration,
            form,
            topics,
            venue,
            facilitators,
            language,
            note,
            counts,
            photos,
            json,
        } = self;
        let form = SessionForm {
            unit: if unit.is_empty() { begin.form.unit } else { unit },
            date,
            start,
            duration_minutes: duration,
            form,
            topics,
            venue,
            facilitators,
            language,
            note,
            counts: counts.iter().map(|text| line(text)).collect::<Result<_, _>>()?,
            attachments: photos
                .iter()
                .map(|file| photo::take(app, file, None, ""))
                .collect::<Result<_, _>>()?,
            ..SessionForm::default()
        };
        let input = SaveInput {
            draft_id: begin.draft_id,
            record_id: None,
            form,
        };
        #[cfg(feature = "planted")]
        crate::planted::say_saved_too_early(&input.form.date);
        let saved: SaveView = call(app, "session.save", &input)?;
        if json {
            print::json(&saved);
        } else {
            println!(
                "Đã lưu trên máy buổi {}: {} lượt người (mã {}).",
                saved.date.text, saved.attended, saved.id
            );
            for finding in &saved.findings {
                let key = format!("finding_{}", finding.code);
                eprintln!(
                    "Lưu ý: {}",
                    hocvu_model::wording::message(Locale::Vi, &key, &finding.params)
                );
            }
        }
        Ok(())
    }
}

impl List {
    fn run(self, app: &App) -> Result<(), Failure> {
        let mut input = ListInput {
            text: self.text,
            month: self.month,
            boundaries: self.place.boundaries().unwrap_or_default(),
            unit: self.place.unit.unwrap_or_default(),
            limit: PAGE,
            ..ListInput::default()
        };
        let mut rows: Vec<SessionRow> = Vec::new();
        let totals = loop {
            let page: ListView = call(app, "session.list", &input)?;
            let last = page.rows.len() < PAGE as usize;
            rows.extend(page.rows);
            if last {
                break page.totals;
            }
            input.offset += PAGE;
        };
        if self.json {
            print::json(&serde_json::json!({ "rows": rows, "totals": totals }));
            return Ok(());
        }
        for row in &rows {
            let topics: Vec<String> = row
                .topics
                .iter()
                .map(|topic| label(Locale::Vi, "topic", topic))
                .collect();
            let female = row.female.map_or_else(|| "–".to_owned(), |female| female.to_string());
            let unit = named(&row.unit_name, row.unit_then.as_deref(), row.unit_now.as_deref());
            println!(
                "{}  {unit}  {}  {} lượt, nữ {female}",
                row.date.text,
                topics.join(", "),
                row.attended
            );
        }
        println!(
            "Cộng: {} buổi, {} lượt, nữ {}",
            totals.sessions, totals.attended, totals.female
        );
        Ok(())
    }
}

/// `adult:attended=31,female=18` as a row of the form.
pub fn line(text: &str) -> Result<(String, BTreeMap<String, String>), Failure> {
    let wrong = || {
        let groups: Vec<&str> = TargetGroup::active().map(TargetGroup::as_str).collect();
        Failure::Said(format!(
            "Không đọc được “{text}”. Viết dạng NHÓM:cột=số, ví dụ adult:attended=31,female=18.\nNhóm: {}.\nCột: {}.",
            groups.join(", "),
            COLUMNS.join(", ")
        ))
    };
    let (group, cells) = text.split_once(':').ok_or_else(wrong)?;
    let cells = cells.split(',').map(|cell| {
        let (column, count) = cell.split_once('=').ok_or_else(wrong)?;
        if COLUMNS.contains(&column.trim()) {
            Ok((column.trim().to_owned(), count.to_owned()))
        } else {
            Err(wrong())
        }
    });
    Ok((group.trim().to_owned(), cells.collect::<Result<_, _>>()?))
}

/// Runs a command of the bridge.
pub fn call<T: serde::de::DeserializeOwned>(
    app: &App,
    name: &str,
    input: &impl serde::Serialize,
) -> Result<T, Failure> {
    let input = serde_json::to_value(input).map_err(|error| Failure::Said(error.to_string()))?;
    let output = app.call(name, input)?;
    serde_json::from_value(output).map_err(|error| Failure::Said(error.to_string()))
}
