use clap::Args;
use hocvu_app::App;
use hocvu_app::contract::{ProgressInput, ProgressState, ProgressView, StandingView};
use hocvu_model::input::integer;

use crate::ask::ask;
use crate::{Failure, print};

/// Tiến độ theo kế hoạch: từng chỉ tiêu của một đơn vị.
#[derive(Args)]
pub struct Progress {
    /// Mã đơn vị; bỏ trống là đơn vị của máy này.
    #[arg(long, default_value = "")]
    unit: String,
    /// Năm của chỉ tiêu; bỏ trống là năm của ngày xem.
    #[arg(long, default_value_t = 0)]
    year: i32,
    /// Chỉ tiêu xem theo từng đơn vị, ví dụ KH67-2025-C.
    #[arg(long, default_value = "")]
    code: String,
    /// Số liệu đến ngày, ví dụ 22/11/2025; bỏ trống là hôm nay.
    #[arg(long, default_value = "")]
    as_of: String,
    /// Ranh giới: as-is-now (ngày nay) hoặc as-was (lúc ghi).
    #[arg(long, default_value = "as-is-now", value_parser = ["as-is-now", "as-was"])]
    boundaries: String,
    /// Chế độ báo cáo.
    #[arg(long, default_value = "decree09", value_parser = ["decree09", "calendar", "campaign_daily"])]
    regime: String,
    /// Kỳ.
    #[arg(long, default_value = "month", value_parser = ["month", "quarter", "half", "year"])]
    span: String,
    /// Ngày đầu của chiến dịch.
    #[arg(long, default_value = "")]
    campaign_start: String,
    /// In dạng JSON.
    #[arg(long)]
    json: bool,
}

impl Progress {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        let input = ProgressInput {
            year: self.year,
            unit: self.unit,
            code: self.code,
            as_of: self.as_of,
            boundaries: self.boundaries.replace('-', "_"),
            regime: self.regime,
            span: self.span,
            campaign_start: self.campaign_start,
        };
        let view: ProgressView = ask(app, "progress.read", &input)?;
        if self.json {
            print::json(&view);
            return Ok(());
        }
        let told = &view.progress;
        println!("{} {}: {}, đến {}", told.title_vi, told.year, told.name, told.as_of);
        for row in &told.indicators {
            println!("{:<4}{}  {}", row.point, line(&row.standing), row.name_vi);
        }
        if !told.shares.is_empty() {
            println!("{}:", told.code);
        }
        for share in &told.shares {
            println!("    {}  {}", line(&share.standing), share.name);
        }
        let sums = &view.period.in_period;
        println!(
            "{} ({} – {}): {} buổi, {} lượt",
            view.period.label,
            sums.from,
            sums.to,
            integer::format(sums.sessions),
            integer::format(sums.attended)
        );
        Ok(())
    }
}

fn line(standing: &StandingView) -> String {
    let count = |count: Option<u64>| count.map_or_else(|| "–".to_owned(), integer::format);
    let state = match standing.state {
        ProgressState::Value => standing.percent.clone().unwrap_or_default(),
        ProgressState::Missing => "chưa có số liệu".to_owned(),
        ProgressState::NotApplicable => "không áp dụng".to_owned(),
        ProgressState::NotCollected => "không thu thập".to_owned(),
        ProgressState::NeedsReentry => "cần nhập lại".to_owned(),
    };
    let outcome = match (standing.outcome.as_deref(), standing.persons) {
        (Some("achieved"), _) => "đạt".to_owned(),
        (Some("short"), Some(persons)) => format!("còn thiếu {} người", integer::format(persons)),
        (Some("over"), Some(persons)) => format!("vượt mức cho phép {} người", integer::format(persons)),
        _ => String::new(),
    };
    format!(
        "{:>15} / {:<12} {state:<16} {outcome:<26} {}/{} đơn vị",
        count(standing.numerator),
        count(standing.denominator),
        standing.reported,
        standing.expected
    )
}
