use hocvu_model::codes::TargetGroup;
use hocvu_model::text;
use hocvu_store::FigureRow;

use crate::contract::RowMode;

/// What a row of the grid is: its figures differ by measure and day only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowKey {
    pub target_group: String,
    pub grade: Option<u8>,
    pub class: Option<String>,
}

impl RowKey {
    /// The row a figure belongs to.
    pub fn of(figure: &FigureRow) -> Self {
        Self {
            target_group: figure.target_group.clone(),
            grade: figure.grade,
            class: figure.class.clone(),
        }
    }

    /// Place of the group in its list.
    fn group_at(&self) -> usize {
        let at = TargetGroup::active().position(|group| group.as_str() == self.target_group);
        at.unwrap_or(usize::MAX)
    }
}

/// Whether a figure is one of the rows asked for.
pub fn is_of(mode: RowMode, figure: &FigureRow) -> bool {
    match mode {
        RowMode::Class => figure.class.is_some(),
        RowMode::Grade => figure.class.is_none() && figure.grade.is_some(),
        RowMode::Whole => figure.class.is_none() && figure.grade.is_none(),
    }
}

/// The rows of a unit in a school year, in order of display; in a new one, those of the latest before it. Groups that are in
/// no school year are always there.
pub fn rows(figures: &[FigureRow], mode: RowMode, school_year: &str) -> Vec<RowKey> {
    let asked = || figures.iter().filter(|figure| is_of(mode, figure));
    let years = asked().filter_map(|figure| figure.school_year.as_deref());
    let latest = years.filter(|year| *year <= school_year).max();
    let mut rows: Vec<RowKey> = asked()
        .filter(|figure| figure.school_year.is_none() || figure.school_year.as_deref() == latest)
        .map(RowKey::of)
        .collect();
    let class = |row: &RowKey| row.class.clone().unwrap_or_default();
    rows.sort_by(|a, b| {
        let by_group = (a.group_at(), a.grade).cmp(&(b.group_at(), b.grade));
        by_group.then_with(|| text::compare(&class(a), &class(b)))
    });
    rows.dedup();
    rows
}
