use std::fs::File;
use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use hocvu_app::App;
use hocvu_app::import::{ImportOptions, ImportReport, import_sessions};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{Failure, print};

/// Nhập buổi từ tệp CSV (UTF-8, có dòng tiêu đề, mỗi dòng một buổi × đối tượng). Nhập lại cùng tệp không thêm gì.
#[derive(Args)]
pub struct Import {
    /// Tệp CSV.
    file: PathBuf,
    /// Có một lỗi thì không ghi gì.
    #[arg(long)]
    strict: bool,
    /// Chỉ kiểm tra, không ghi.
    #[arg(long)]
    dry_run: bool,
    /// In kết quả dạng JSON.
    #[arg(long)]
    json: bool,
}

impl Import {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        let Self {
            file,
            strict,
            dry_run,
            json,
        } = self;
        let bar = progress_bar();
        let options = ImportOptions { strict, dry_run };
        let report = import_sessions(app, || File::open(&file), options, &|lines| bar.set_position(lines))?;
        bar.finish_and_clear();
        if json {
            print::json(&report);
        } else {
            tell(&report);
        }
        let ImportReport { refused, .. } = report;
        if refused == 0 {
            return Ok(());
        }
        let kept = if strict {
            "chưa ghi gì (--strict)"
        } else {
            "các buổi đúng đã ghi"
        };
        Err(Failure::Said(format!(
            "{refused} buổi có lỗi; {kept}. Sửa các dòng trên rồi nhập lại cả tệp."
        )))
    }
}

fn tell(report: &ImportReport) {
    for remark in &report.remarks {
        let mark = if remark.error { "lỗi" } else { "lưu ý" };
        let column = if remark.column.is_empty() {
            String::new()
        } else {
            format!(", cột {}", remark.column)
        };
        eprintln!("Dòng {}{column} – {mark}: {}", remark.line, remark.sentence);
    }
    let ImportReport {
        lines,
        added,
        unchanged,
        refused,
        remarks: _,
    } = report;
    println!("Đã đọc {lines} dòng: thêm {added} buổi, {unchanged} buổi đã có sẵn, {refused} buổi có lỗi.");
}

/// Lines read so far; silent where nobody watches.
fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} đã đọc {human_pos} dòng ({per_sec})");
    ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}
