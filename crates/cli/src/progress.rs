use clap::Args;
use hocvu_app::App;
use hocvu_app::contract::ProgressInput;
use hocvu_model::progress::{Answer, table};

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
        let answer: Answer = ask(app, "progress.read", &input)?;
        if self.json {
            print::json(&answer);
        } else {
            println!("{}", table(&answer));
        }
        Ok(())
    }
}
