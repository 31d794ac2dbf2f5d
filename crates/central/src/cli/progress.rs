use std::sync::Arc;

use chrono::{Datelike, FixedOffset, NaiveDate};
use clap::Args;
use hocvu_model::codes::Regime;
use hocvu_model::period::{Cut, Period, Span};
use hocvu_model::plan::plan_67;
use hocvu_model::progress::{Asked, table};

use super::{Bounds, Shown, open_reader, say, say_json};
use crate::error::{Error, Result};
use crate::world::World;
use crate::{directory, progress};

/// Hours the days of Viet Nam begin before those of UTC.
const VIET_NAM_HOURS: i32 = 7;

/// Tiến độ.
#[derive(Args)]
pub(super) struct Progress {
    #[command(flatten)]
    shown: Shown,
    /// Mã đơn vị.
    #[arg(long)]
    unit: String,
    /// Năm của chỉ tiêu; bỏ trống là năm của ngày xem.
    #[arg(long)]
    year: Option<i32>,
    /// Chỉ tiêu xem theo từng đơn vị, ví dụ KH67-2025-C.
    #[arg(long, default_value = "")]
    code: String,
    /// Số liệu đến ngày, ví dụ 2025-11-22; bỏ trống là hôm nay.
    #[arg(long)]
    as_of: Option<NaiveDate>,
    /// Theo ranh giới nào.
    #[arg(long, value_enum, default_value_t = Bounds::AsIsNow)]
    boundaries: Bounds,
    /// Chế độ báo cáo: decree09, calendar, campaign_daily.
    #[arg(long, default_value = "decree09")]
    regime: String,
    /// Kỳ: month, quarter, half, year.
    #[arg(long, default_value = "month")]
    span: String,
    /// Ngày đầu của chiến dịch.
    #[arg(long)]
    campaign_start: Option<NaiveDate>,
}

impl Progress {
    pub(super) fn run(self, world: &Arc<dyn World>) -> Result<()> {
        let zone = FixedOffset::east_opt(VIET_NAM_HOURS * 3600);
        let today = zone.map_or_else(
            || world.now().date_naive(),
            |zone| world.now().with_timezone(&zone).date_naive(),
        );
        let as_of = self.as_of.unwrap_or(today);
        let wrong = |what: &str| Error::Refused(format!("Không có kỳ “{what}”."));
        let regime = Regime::parse(&self.regime).ok_or_else(|| wrong(&self.regime))?;
        let span = Span::parse(&self.span).ok_or_else(|| wrong(&self.span))?;
        let plan = plan_67();
        let years = plan.years();
        let ends = |year: Option<&i32>| *year.unwrap_or(&as_of.year());
        let asked = Asked {
            plan: &plan,
            year: self
                .year
                .unwrap_or(as_of.year())
                .clamp(ends(years.first()), ends(years.last())),
            unit: &self.unit,
            code: &self.code,
            as_of,
            boundaries: self.boundaries.into(),
            period: Period::of(Cut::of(regime, self.campaign_start.unwrap_or(as_of)), span, as_of),
        };
        let reader = open_reader(&self.shown.file)?;
        let units = directory::units(reader.db())?;
        let answer = progress::progress(reader.db(), &units, &asked)?;
        if self.shown.json {
            return say_json(&answer);
        }
        say(&table(&answer));
        Ok(())
    }
}
