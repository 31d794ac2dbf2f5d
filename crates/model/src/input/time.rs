//! Times of day as people type them.

use chrono::NaiveTime;

/// Reads a time of day; empty text is `Ok(None)`. Accepts `19:30`, `19h30`, `19h`, `1930`, `19`.
///
/// # Errors
/// The text is none of these, or no such time exists.
pub fn parse(text: &str) -> Result<Option<NaiveTime>, BadTime> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return Ok(None);
    }
    let (hour, minute) = match text.split_once([':', 'h', '.']) {
        Some((hour, "")) => (hour.to_owned(), "0".to_owned()),
        Some((hour, minute)) => (hour.to_owned(), minute.trim_end_matches('p').to_owned()),
        None if text.is_ascii() && text.len() >= 3 => {
            let (hour, minute) = text.split_at(text.len() - 2);
            (hour.to_owned(), minute.to_owned())
        }
        None => (text, "0".to_owned()),
    };
    let number = |part: &str| match part.len() {
        1..=2 if part.bytes().all(|b| b.is_ascii_digit()) => part.parse::<u32>().map_err(|_| BadTime),
        _ => Err(BadTime),
    };
    NaiveTime::from_hms_opt(number(&hour)?, number(&minute)?, 0)
        .map(Some)
        .ok_or(BadTime)
}

/// `19:30`.
pub fn format(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

/// The text is not a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadTime;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_usual_forms() {
        let half_past_seven = NaiveTime::from_hms_opt(19, 30, 0);
        for text in ["19:30", "19h30", "1930", "19H30", "19.30", "19h30p"] {
            assert_eq!(parse(text), Ok(half_past_seven), "{text}");
        }
        assert_eq!(parse("7h"), Ok(NaiveTime::from_hms_opt(7, 0, 0)));
        assert_eq!(parse("7"), Ok(NaiveTime::from_hms_opt(7, 0, 0)));
        assert_eq!(parse(""), Ok(None));
        for text in ["25:00", "19:60", "abc", "7:3:1", "ă7", "12345"] {
            assert_eq!(parse(text), Err(BadTime), "{text}");
        }
    }
}
