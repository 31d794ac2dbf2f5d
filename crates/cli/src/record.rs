use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use hocvu_app::App;
use hocvu_app::contract::{
    CountView, FindingView, RecordForm, RecordListInput, RecordListView, RecordSaveView, RecordView, VoidInput,
};
use hocvu_model::wording::{Locale, field, message};

use crate::ask::ask;
use crate::place::{Place, named};
use crate::{Failure, conflict, print};

/// Ghi và xem số liệu gốc của một loại.
#[derive(Subcommand)]
pub enum Records {
    /// Ghi một bản ghi; cùng một số của cùng một ngày là cùng một bản ghi.
    Add(Add),
    /// Xem các bản ghi.
    List(List),
}

/// Mọi loại bản ghi: lịch sử, hủy, khôi phục.
#[derive(Subcommand)]
pub enum AnyRecord {
    /// Lịch sử: ai, lúc nào, từ đâu, cũ → mới.
    History(conflict::History),
    /// Hủy; bản ghi vẫn còn và khôi phục được.
    Void(Void),
    /// Khôi phục bản ghi đã hủy.
    Restore(Void),
}

/// Ghi một bản ghi. Quy tắc và câu báo lỗi giống hệt màn hình.
#[derive(Args)]
pub struct Add {
    /// Đơn vị (uid).
    #[arg(long)]
    unit: String,
    /// Bản ghi cần sửa; để trống là bản ghi mới.
    #[arg(long)]
    id: Option<String>,
    /// Các ô dạng tên=giá-trị, ví dụ numerator=38 population=41; ô không nêu giữ như cũ khi sửa.
    #[arg(value_name = "TÊN=GIÁ-TRỊ")]
    fields: Vec<String>,
    /// In kết quả dạng JSON.
    #[arg(long)]
    json: bool,
}

/// Xem các bản ghi.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    place: Place,
    /// In dạng JSON.
    #[arg(long)]
    json: bool,
}

/// Hủy hoặc khôi phục.
#[derive(Args)]
pub struct Void {
    /// Mã bản ghi.
    id: String,
    /// Lý do.
    #[arg(long, default_value = "")]
    reason: String,
}

impl Records {
    pub fn run(self, kind: &str, app: &App) -> Result<(), Failure> {
        match self {
            Self::Add(add) => add.run(kind, app),
            Self::List(list) => list.run(kind, app),
        }
    }
}

impl Add {
    fn run(self, kind: &str, app: &App) -> Result<(), Failure> {
        let mut fields = BTreeMap::new();
        if let Some(id) = &self.id {
            let input = hocvu_app::contract::RecordId { id: id.clone() };
            let before: RecordView = ask(app, "record.read", &input)?;
            fields = before.form.fields;
        }
        let known = hocvu_model::RecordKind::parse(kind).map_or(&[][..], hocvu_model::RecordKind::fields);
        for text in &self.fields {
            let (name, value) = conflict::pair(text)?;
            if !known.contains(&name.as_str()) {
                return Err(Failure::Said(format!(
                    "Không có ô “{name}”. Các ô: {}.",
                    known.join(", ")
                )));
            }
            fields.insert(name, value);
        }
        let form = RecordForm {
            kind: kind.to_owned(),
            id: self.id,
            unit: self.unit,
            fields,
        };
        let saved: RecordSaveView = ask(app, "record.save", &form)?;
        if self.json {
            print::json(&saved);
            return Ok(());
        }
        println!("Đã lưu trên máy (mã {}).", saved.id);
        for finding in &saved.findings {
            eprintln!("{}", warning(finding));
        }
        Ok(())
    }
}

impl List {
    fn run(self, kind: &str, app: &App) -> Result<(), Failure> {
        let input = RecordListInput {
            kind: kind.to_owned(),
            boundaries: self.place.boundaries(),
            unit: self.place.unit,
        };
        let list: RecordListView = ask(app, "record.list", &input)?;
        if self.json {
            print::json(&list);
            return Ok(());
        }
        for record in &list.records {
            let fields = record.form.fields.iter();
            let fields: Vec<String> = fields
                .map(|(name, text)| format!("{}: {text}", field(Locale::Vi, name)))
                .collect();
            let id = record.form.id.as_deref().unwrap_or_default();
            let unit = named(
                &record.unit_name,
                record.unit_then.as_deref(),
                record.unit_now.as_deref(),
            );
            println!("{id}  {unit}  {}", fields.join("; "));
        }
        println!("{} bản ghi.", list.records.len());
        Ok(())
    }
}

impl AnyRecord {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        let (command, done, void) = match self {
            Self::History(history) => return history.run(app),
            Self::Void(void) => ("record.void", "Đã hủy", void),
            Self::Restore(void) => ("record.restore", "Đã khôi phục", void),
        };
        let input = VoidInput {
            ids: vec![void.id],
            reason: void.reason,
        };
        let count: CountView = ask(app, command, &input)?;
        println!("{done} {} bản ghi.", count.count);
        Ok(())
    }
}

fn warning(finding: &FindingView) -> String {
    let sentence = message(Locale::Vi, &format!("finding_{}", finding.code), &finding.params);
    format!("Lưu ý – {}: {sentence}", field(Locale::Vi, &finding.path))
}
