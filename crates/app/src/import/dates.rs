//! The order of day and month in the texts of a column: decided by the dates themselves where they can, else asked once.

/// Which comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// dd/mm/yyyy, as in Viet Nam.
    #[default]
    DayFirst,
    /// mm/dd/yyyy, as an English Excel writes it into .csv.
    MonthFirst,
}

impl DateOrder {
    /// As the contract and the command line name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DayFirst => "dmy",
            Self::MonthFirst => "mdy",
        }
    }

    /// The order of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::DayFirst, Self::MonthFirst]
            .into_iter()
            .find(|order| order.as_str() == name)
    }
}

/// What the dates of a column say of their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// No text of two numbers below 13: nothing to decide.
    None,
    /// Some date reads only so.
    Only(DateOrder),
    /// Every date reads either way.
    Either,
}

/// Looks at the texts of a column.
pub fn evidence<'a>(texts: impl Iterator<Item = &'a str>) -> Evidence {
    let (mut day_first, mut month_first, mut either) = (0_u32, 0_u32, 0_u32);
    for text in texts {
        let Some((first, second)) = halves(text) else { continue };
        match (first > 12, second > 12) {
            (true, false) => day_first += 1,
            (false, true) => month_first += 1,
            (false, false) if first != second => either += 1,
            _ => {}
        }
    }
    match (day_first, month_first, either) {
        (0, 0, 0) => Evidence::None,
        (0, 0, _) => Evidence::Either,
        (0, _, _) => Evidence::Only(DateOrder::MonthFirst),
        // A column of both is a mistake of its own: the Vietnamese order, and the others are refused with their cells.
        _ => Evidence::Only(DateOrder::DayFirst),
    }
}

/// The text with the day first; in a file it must name day, month and year, since “the nearest past date” is for typing.
pub fn absolute(text: &str, order: DateOrder) -> Option<String> {
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.to_owned());
    }
    // An Excel of another country adds a midnight to every day.
    let day = text
        .split_once([' ', 'T'])
        .map_or(text, |(day, rest)| if rest.contains(':') { day } else { text });
    let parts: Vec<&str> = day.split(['/', '-', '.']).map(str::trim).collect();
    match (parts.as_slice(), order) {
        ([year, _, _], _) if year.len() == 4 => Some(day.to_owned()),
        ([month, day, year], DateOrder::MonthFirst) => Some(format!("{day}/{month}/{year}")),
        ([_, _, _], DateOrder::DayFirst) => Some(parts.join("/")),
        _ => None,
    }
}

fn halves(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().split(['/', '-', '.']);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if first.len() > 2 || third.trim().is_empty() {
        return None;
    }
    Some((first.trim().parse().ok()?, second.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_date_that_reads_only_one_way_decides() {
        let of = |texts: &[&str]| evidence(texts.iter().copied());
        assert_eq!(of(&["05/11/2025", "22/11/2025"]), Evidence::Only(DateOrder::DayFirst));
        assert_eq!(of(&["11/05/2025", "11/22/2025"]), Evidence::Only(DateOrder::MonthFirst));
        assert_eq!(of(&["05/11/2025", "06/11/2025"]), Evidence::Either);
        assert_eq!(of(&["11/11/2025", "2025-11-05", "hôm qua", ""]), Evidence::None);
    }

    #[test]
    fn a_date_of_a_file_names_its_year() {
        assert_eq!(
            absolute("11/22/2025", DateOrder::MonthFirst).as_deref(),
            Some("22/11/2025")
        );
        assert_eq!(
            absolute("22.11.2025", DateOrder::DayFirst).as_deref(),
            Some("22/11/2025")
        );
        assert_eq!(
            absolute("2025-11-22", DateOrder::MonthFirst).as_deref(),
            Some("2025-11-22")
        );
        assert_eq!(
            absolute("22/11/2025 00:00", DateOrder::DayFirst).as_deref(),
            Some("22/11/2025")
        );
        assert_eq!(absolute("22112025", DateOrder::DayFirst).as_deref(), Some("22112025"));
        assert_eq!(absolute("22/11", DateOrder::DayFirst), None);
    }
}
