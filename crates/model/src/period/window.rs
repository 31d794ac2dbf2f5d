use chrono::{Datelike, Days, Months, NaiveDate};

use crate::codes::Regime;

/// How a regime cuts time. The regimes are data ([`Regime`]); a campaign also needs its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Decree 09/2019/NĐ-CP: from day 15 of the month before to day 14; quarter, half and year cut the same way.
    Decree09,
    /// Calendar months.
    Calendar,
    /// Day by day from the first day of a campaign.
    CampaignDaily {
        /// Its first day.
        start: NaiveDate,
    },
}

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Of a campaign only.
    Day,
    /// Tháng.
    Month,
    /// Quý.
    Quarter,
    /// Sáu tháng.
    Half,
    /// Năm.
    Year,
}

/// One report period: a label and a window of days, which are separate things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    cut: Cut,
    span: Span,
    /// First day of its last labelled month; of a campaign the day itself.
    anchor: NaiveDate,
}

impl Cut {
    /// The cut of a regime; `start` is the first day of a campaign.
    pub fn of(regime: Regime, start: NaiveDate) -> Self {
        match regime.as_str() {
            "calendar" => Self::Calendar,
            "campaign_daily" => Self::CampaignDaily { start },
            _ => Self::Decree09,
        }
    }

    /// Code of the regime.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decree09 => "decree09",
            Self::Calendar => "calendar",
            Self::CampaignDaily { .. } => "campaign_daily",
        }
    }

    /// The calendar month, as its first day, that labels what happened on `day`.
    fn month_of(self, day: NaiveDate) -> NaiveDate {
        let first = first_of_month(day);
        if self == Self::Decree09 && day.day() >= 15 {
            first + Months::new(1)
        } else {
            first
        }
    }
}

impl Span {
    /// The span of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Day, Self::Month, Self::Quarter, Self::Half, Self::Year]
            .into_iter()
            .find(|span| span.as_str() == name)
    }

    /// Its name: `month`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Half => "half",
            Self::Year => "year",
        }
    }

    fn months(self) -> u32 {
        match self {
            Self::Day | Self::Month => 1,
            Self::Quarter => 3,
            Self::Half => 6,
            Self::Year => 12,
        }
    }
}

impl Period {
    /// The period a day is reported in. A campaign has days only, the other regimes have none.
    pub fn of(cut: Cut, span: Span, day: NaiveDate) -> Self {
        let span = match (cut, span) {
            (Cut::CampaignDaily { .. }, _) => Span::Day,
            (_, Span::Day) => Span::Month,
            (_, span) => span,
        };
        if span == Span::Day {
            return Self { cut, span, anchor: day };
        }
        let month = cut.month_of(day);
        let into = month.month0() % span.months();
        Self {
            cut,
            span,
            anchor: month + Months::new(span.months() - 1 - into),
        }
    }

    /// What an answer is about: the window, the one cumulated from the year's beginning, and the same a year before.
    pub fn windows(self) -> [(NaiveDate, NaiveDate); 3] {
        [self.window(), self.cumulative(), self.same_last_year().window()]
    }

    /// Reads a label: `2025-11`, `2025-Q4`, `2025-H2`, `2025`, of a campaign `2025-10-05`.
    pub fn parse(cut: Cut, label: &str) -> Option<Self> {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        let month = |year: &str, month: u32| day(&format!("{year}-{month:02}-01"));
        let is_year = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        if matches!(cut, Cut::CampaignDaily { .. }) {
            let anchor = day(label).filter(|_| label.len() == 10)?;
            return Some(Self {
                cut,
                span: Span::Day,
                anchor,
            });
        }
        let (year, part) = label.split_once('-').unwrap_or((label, ""));
        if !is_year(year) {
            return None;
        }
        let number = |text: &str, most: u32| text.parse().ok().filter(|number| (1..=most).contains(number));
        let (span, anchor) = match part.split_at_checked(1) {
            _ if part.is_empty() && !label.contains('-') => (Span::Year, month(year, 12)?),
            Some(("Q", quarter)) => (Span::Quarter, month(year, number(quarter, 4)? * 3)?),
            Some(("H", half)) => (Span::Half, month(year, number(half, 2)? * 6)?),
            Some(_) if part.len() == 2 => (Span::Month, month(year, number(part, 12)?)?),
            _ => return None,
        };
        Some(Self { cut, span, anchor })
    }

    /// How it is cut.
    pub fn cut(self) -> Cut {
        self.cut
    }

    /// How long it is.
    pub fn span(self) -> Span {
        self.span
    }

    /// `2025-11`, `2025-Q4`, `2025-H2`, `2025`, `2025-10-05`.
    pub fn label(self) -> String {
        let (year, month) = (self.anchor.year(), self.anchor.month());
        match self.span {
            Span::Day => self.anchor.to_string(),
            Span::Month => format!("{year}-{month:02}"),
            Span::Quarter => format!("{year}-Q{}", month / 3),
            Span::Half => format!("{year}-H{}", month / 6),
            Span::Year => year.to_string(),
        }
    }

    /// First and last day, both inside.
    pub fn window(self) -> (NaiveDate, NaiveDate) {
        let months = Months::new(self.span.months());
        match self.cut {
            Cut::CampaignDaily { .. } => (self.anchor, self.anchor),
            Cut::Calendar => {
                let next = self.anchor + Months::new(1);
                (next - months, next - Days::new(1))
            }
            Cut::Decree09 => {
                let next = self.anchor + Days::new(14); // Day 15: the first of what comes after.
                (next - months, next - Days::new(1))
            }
        }
    }

    /// The period before.
    #[must_use]
    pub fn previous(self) -> Self {
        let anchor = match self.span {
            Span::Day => self.anchor - Days::new(1),
            span => self.anchor - Months::new(span.months()),
        };
        Self { anchor, ..self }
    }

    /// The same period of the year before (cùng kỳ); of 29 February the day before it.
    #[must_use]
    pub fn same_last_year(self) -> Self {
        Self {
            anchor: self.anchor - Months::new(12),
            ..self
        }
    }

    /// From the beginning of the regime's year, or of the campaign, to the end of this period (lũy kế).
    pub fn cumulative(self) -> (NaiveDate, NaiveDate) {
        let (_, last) = self.window();
        let first = match self.cut {
            Cut::CampaignDaily { start } => start.min(last),
            cut => Self::of(cut, Span::Year, last).window().0,
        };
        (first, last)
    }
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).expect("every month has a first day")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn window(cut: Cut, label: &str) -> (String, String) {
        let (first, last) = Period::parse(cut, label).expect("a label").window();
        (first.to_string(), last.to_string())
    }

    #[test]
    fn windows_are_those_of_the_decree() {
        let is = |label, first: &str, last: &str| {
            assert_eq!(window(Cut::Decree09, label), (first.into(), last.into()), "{label}");
        };
        is("2025-01", "2024-12-15", "2025-01-14");
        is("2025-Q4", "2025-09-15", "2025-12-14");
        is("2025-H2", "2025-06-15", "2025-12-14");
        is("2025", "2024-12-15", "2025-12-14");
        assert_eq!(window(Cut::Calendar, "2024-02").1, "2024-02-29");
        assert_eq!(
            window(Cut::Calendar, "2025-H1"),
            ("2025-01-01".into(), "2025-06-30".into())
        );
        for bad in [
            "2025-13",
            "2025-Q5",
            "2025-H0",
            "25",
            "2025-1",
            "",
            "2025-é",
            "2025-10-05",
        ] {
            assert_eq!(Period::parse(Cut::Decree09, bad), None, "{bad}");
        }
    }

    #[test]
    fn a_period_knows_its_cumulative_window_and_that_of_last_year() {
        let november = Period::of(Cut::Decree09, Span::Month, day("2025-11-14"));
        assert_eq!(november.label(), "2025-11");
        assert_eq!(november.cumulative(), (day("2024-12-15"), day("2025-11-14")));
        assert_eq!(
            november.same_last_year().window(),
            (day("2024-10-15"), day("2024-11-14"))
        );
        let campaign = Cut::CampaignDaily {
            start: day("2025-10-01"),
        };
        let tenth = Period::of(campaign, Span::Month, day("2025-10-10"));
        assert_eq!((tenth.label().as_str(), tenth.span()), ("2025-10-10", Span::Day));
        assert_eq!(tenth.cumulative(), (day("2025-10-01"), day("2025-10-10")));
        assert_eq!(tenth.previous().label(), "2025-10-09");
        let leap = Period::of(campaign, Span::Day, day("2024-02-29"));
        assert_eq!(leap.same_last_year().label(), "2023-02-28");
    }

    proptest! {
        #[test]
        fn every_day_is_in_exactly_one_window(offset in 0i64..6000, calendar: bool, campaign: bool, span in 0usize..4) {
            let date = day("2020-01-01") + chrono::TimeDelta::days(offset);
            let span = [Span::Month, Span::Quarter, Span::Half, Span::Year][span];
            let cut = match (campaign, calendar) {
                (true, _) => Cut::CampaignDaily { start: day("2025-10-01") },
                (_, true) => Cut::Calendar,
                _ => Cut::Decree09,
            };
            let period = Period::of(cut, span, date);
            let (first, last) = period.window();
            prop_assert!(first <= date && date <= last);
            prop_assert_eq!(period.previous().window().1.succ_opt(), Some(first));
            for inside in [first, last] {
                prop_assert_eq!(Period::of(cut, span, inside), period);
            }
            prop_assert_eq!(Period::parse(cut, &period.label()), Some(period));
            let (begins, ends) = period.cumulative();
            prop_assert!(begins <= first && ends == last || campaign);
            prop_assert_eq!(Period::of(cut, period.span(), ends), period);
        }
    }
}
