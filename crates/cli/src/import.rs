use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use hocvu_app::App;
use hocvu_app::contract::{ImportBatches, NoInput};
use hocvu_app::import::{
    Choices, DateOrder, Opened, Report, Source, TableKind, Wanted, check, columns_of, commit, guess, legacy_of,
    missing, undo, write_refused,
};
use hocvu_model::legacy::Legacy;
use indicatif::{ProgressBar, ProgressStyle};

use crate::ask::ask;
use crate::{Failure, print};

/// Nhập bảng tính (.xls, .xlsx, .ods, .csv) thành buổi, mức phủ, mẫu số hoặc đơn vị. Nhập lại cùng tệp không thêm gì.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Import {
    #[command(subcommand)]
    act: Option<Act>,
    #[command(flatten)]
    file: Option<ImportFile>,
}

#[derive(Subcommand)]
enum Act {
    /// Các lần nhập trên máy này, mới nhất trước.
    List {
        /// In dạng JSON.
        #[arg(long)]
        json: bool,
    },
    /// Hoàn tác một lần nhập: mọi thứ trở lại như trước, trừ mục đã sửa sau đó.
    Undo {
        /// Mã lần nhập, in ra khi nhập xong.
        batch: String,
    },
}

/// Tệp và cách đọc.
#[derive(Args)]
pub struct ImportFile {
    /// Tệp bảng tính.
    file: PathBuf,
    /// Đọc thành gì.
    #[arg(long, value_enum, default_value_t = Kind::Session)]
    kind: Kind,
    /// Trang tính thứ mấy.
    #[arg(long, value_name = "N", default_value_t = 1)]
    sheet: usize,
    /// Dòng tiêu đề (dòng cuối nếu có nhiều dòng); để trống thì máy đoán.
    #[arg(long, value_name = "N")]
    header: Option<usize>,
    /// Ghép cột với trường: `D=attended`; hoặc một giá trị cho mọi dòng: `=class:form`. Dùng được nhiều lần.
    #[arg(long, value_name = "CỘT=TRƯỜNG")]
    map: Vec<String>,
    /// Chuyển chữ từ bảng mã cũ.
    #[arg(long, value_enum, value_name = "BẢNG_MÃ")]
    from: Option<From>,
    /// Thứ tự ngày trong chữ: dmy là ngày/tháng/năm.
    #[arg(long, value_enum)]
    dates: Option<Order>,
    /// Trường có số 1.234 bị Excel hiểu là số lẻ: đọc là hàng nghìn. Dùng được nhiều lần.
    #[arg(long, value_name = "TRƯỜNG")]
    thousands: Vec<String>,
    /// Ghi đè số đã có bằng số trong tệp.
    #[arg(long)]
    update: bool,
    /// Có một lỗi thì không ghi gì.
    #[arg(long)]
    strict: bool,
    /// Chỉ kiểm tra, không ghi.
    #[arg(long)]
    dry_run: bool,
    /// Ghi các dòng có lỗi, kèm lý do, ra tệp này.
    #[arg(long, value_name = "TỆP.xlsx")]
    refused: Option<PathBuf>,
    /// In kết quả dạng JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Session,
    Coverage,
    Population,
    Unit,
}

#[derive(Clone, Copy, ValueEnum)]
enum From {
    Tcvn3,
    Vni,
}

#[derive(Clone, Copy, ValueEnum)]
enum Order {
    Dmy,
    Mdy,
}

impl Import {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        match (self.act, self.file) {
            (Some(Act::List { json }), _) => list(app, json),
            (Some(Act::Undo { batch }), _) => take_back(app, &batch),
            (None, Some(file)) => file.run(app),
            (None, None) => Err(Failure::Said("Chưa chọn tệp. Xem hocvu-cli import --help.".into())),
        }
    }
}

impl ImportFile {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        let opened = Opened::of_path(&self.file).map_err(|key| Failure::Said(print::said(key)))?;
        let wanted = self.wanted(&opened)?;
        let lacking = missing(&wanted);
        if !lacking.is_empty() {
            return Err(Failure::Said(format!(
                "Không thấy cột: {}. Ghép bằng --map CỘT=TRƯỜNG, hoặc cho một giá trị chung bằng --map =GIÁ_TRỊ:TRƯỜNG.",
                lacking.join(", ")
            )));
        }
        self.warn_of_legacy(&opened, &wanted);
        let bar = progress_bar();
        let progress = |rows| bar.set_position(rows);
        let only_check = self.dry_run || self.strict;
        let mut report = if only_check {
            check(app, &opened, &wanted, &progress)?
        } else {
            commit(app, &opened, &wanted, &progress)?
        };
        if self.strict && !self.dry_run && report.refused == 0 {
            report = commit(app, &opened, &wanted, &progress)?;
        }
        bar.finish_and_clear();
        if self.json {
            print::json(&report);
        } else {
            tell(&report, only_check && report.batch.is_none());
        }
        if let Some(path) = &self.refused
            && let Some((path, rows)) = write_refused(app, &opened, &wanted, path)?
        {
            eprintln!("{rows} dòng có lỗi, kèm lý do: {}", path.display());
        }
        if report.refused == 0 {
            return Ok(());
        }
        let kept = if only_check {
            "chưa ghi gì"
        } else {
            "các mục đúng đã ghi"
        };
        Err(Failure::Said(format!(
            "{} mục có lỗi; {kept}. Sửa các ô trên rồi nhập lại cả tệp.",
            report.refused
        )))
    }

    fn wanted(&self, opened: &Opened) -> Result<Wanted, Failure> {
        let sheet = self.sheet.checked_sub(1).filter(|at| *at < opened.book.sheets.len());
        let sheet = sheet.ok_or_else(|| {
            Failure::Said(format!(
                "Tệp có {} trang tính. Chọn bằng --sheet.",
                opened.book.sheets.len()
            ))
        })?;
        let kind = match self.kind {
            Kind::Session => TableKind::Session,
            Kind::Coverage => TableKind::Coverage,
            Kind::Population => TableKind::Population,
            Kind::Unit => TableKind::Unit,
        };
        let legacy = self.from.map(|from| match from {
            From::Tcvn3 => Legacy::Tcvn3,
            From::Vni => Legacy::Vni,
        });
        let table = &opened.book.sheets[sheet];
        let way = legacy.or_else(|| legacy_of(table));
        let mut mapping = match self.header {
            Some(row) => columns_of(table, kind, row.saturating_sub(1), way),
            None => guess(table, kind, way),
        };
        for pair in &self.map {
            let (field, source) = source(pair, kind)?;
            mapping.sources.insert(field, source);
        }
        Ok(Wanted {
            kind,
            sheet,
            mapping,
            choices: Choices {
                dates: self.dates.map(|order| match order {
                    Order::Dmy => DateOrder::DayFirst,
                    Order::Mdy => DateOrder::MonthFirst,
                }),
                legacy,
                thousands: self.thousands.clone(),
            },
            update: self.update,
        })
    }

    /// Legacy text is never converted silently; that it seems to be there is said.
    fn warn_of_legacy(&self, opened: &Opened, wanted: &Wanted) {
        if let (None, Some(way)) = (self.from, legacy_of(&opened.book.sheets[wanted.sheet])) {
            let way = way.as_str();
            eprintln!(
                "Chữ trong tệp có vẻ theo bảng mã {}. Thêm --from {way} để chuyển.",
                way.to_uppercase()
            );
        }
    }
}

/// `D=attended`, or `=class:form`.
fn source(pair: &str, kind: TableKind) -> Result<(String, Source), Failure> {
    let wrong = || Failure::Said(format!("“{pair}” không đúng. Ghi dạng D=attended, hoặc =class:form."));
    let (column, field) = pair.split_once('=').ok_or_else(wrong)?;
    let (field, source) = if column.is_empty() {
        let (value, field) = field.rsplit_once(':').ok_or_else(wrong)?;
        (field, Source::Fixed(value.to_owned()))
    } else {
        (field, Source::Column(column_number(column).ok_or_else(wrong)?))
    };
    if kind.column(field).is_none() {
        let known: Vec<&str> = kind.columns().iter().map(|column| column.field.as_str()).collect();
        return Err(Failure::Said(format!(
            "Không có trường “{field}”. Các trường: {}.",
            known.join(", ")
        )));
    }
    Ok((field.to_owned(), source))
}

/// `A` → 0, `AA` → 26.
fn column_number(name: &str) -> Option<usize> {
    let digit = |c: char| {
        c.is_ascii_alphabetic()
            .then(|| usize::from(c.to_ascii_uppercase() as u8 - b'A') + 1)
    };
    let number = name
        .chars()
        .try_fold(0_usize, |sum, c| Some(sum.checked_mul(26)? + digit(c)?))?;
    number.checked_sub(1)
}

fn list(app: &App, json: bool) -> Result<(), Failure> {
    let view: ImportBatches = ask(app, "import.list", &NoInput {})?;
    if json {
        print::json(&view);
        return Ok(());
    }
    for batch in view.batches {
        let undone = if batch.undone { "  đã hoàn tác" } else { "" };
        let what = match batch.kind.as_str() {
            "session" => "buổi",
            "coverage" => "mức phủ",
            "population" => "mẫu số",
            _ => "đơn vị",
        };
        println!(
            "{}  {}  {}  {} {what}{undone}",
            batch.batch,
            batch.at,
            batch.file,
            batch.added + batch.changed
        );
    }
    Ok(())
}

fn take_back(app: &App, batch: &str) -> Result<(), Failure> {
    let undone = match undo(app, batch) {
        Ok(undone) => undone,
        Err(hocvu_app::Error::NotFound) => {
            return Err(Failure::Said("Không có lần nhập này, hoặc đã hoàn tác rồi.".into()));
        }
        Err(error) => return Err(error.into()),
    };
    println!("Đã hoàn tác {} mục.", undone.undone);
    if !undone.units.is_empty() {
        return Err(Failure::Said(format!(
            "Giữ nguyên {} đơn vị đã có số liệu, có máy, có đơn vị khác dựa vào hoặc đã sửa sau khi nhập: {}. Đơn vị không dùng nữa: sáp \
             nhập vào đơn vị khác.",
            undone.units.len(),
            undone.units.join(", ")
        )));
    }
    if undone.kept.is_empty() {
        return Ok(());
    }
    Err(Failure::Said(format!(
        "{} mục đã được sửa sau khi nhập nên giữ nguyên.",
        undone.kept.len()
    )))
}

fn tell(report: &Report, only_checked: bool) {
    for remark in &report.remarks {
        let mark = if remark.error { "lỗi" } else { "lưu ý" };
        let column = if remark.label.is_empty() {
            String::new()
        } else {
            format!(" ({})", remark.label)
        };
        eprintln!("{}{column} – {mark}: {}", remark.address, remark.sentence);
    }
    let Report {
        rows,
        added,
        changed,
        unchanged,
        refused,
        duplicates,
        remarks: _,
        batch,
    } = report;
    let (verb, more) = if only_checked {
        ("sẽ thêm", "sẽ sửa")
    } else {
        ("thêm", "sửa")
    };
    println!(
        "Đã đọc {rows} dòng: {verb} {added} mục ({duplicates} có thể trùng), {more} {changed}, {unchanged} đã có sẵn, {refused} có lỗi."
    );
    if let Some(batch) = batch {
        println!("Lần nhập {batch}. Hoàn tác: hocvu-cli import undo {batch}");
    }
}

/// Rows read so far; silent where nobody watches.
fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} đã đọc {human_pos} dòng ({per_sec})");
    ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}
