//! Reading how many tests passed from what test programs print.

/// Tests that ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Ended well.
    pub passed: u32,
    /// Did not.
    pub failed: u32,
}

impl Tally {
    /// Counts a summary line of cargo, Vitest or Playwright; other lines change nothing.
    pub fn hear(&mut self, line: &str) {
        let plain = without_colour(line);
        let line = plain.trim();
        if let Some(summary) = line.strip_prefix("test result: ") {
            // `ok. 35 passed; 0 failed; 1 ignored; …`
            let counts = summary.split_once(". ").map_or("", |(_, counts)| counts);
            counts.split(';').for_each(|part| self.take(part));
        } else if let Some(summary) = line.strip_prefix("Tests ") {
            // Vitest: `1 failed | 41 passed (42)`
            summary.split('|').for_each(|part| self.take(part));
        } else {
            // Playwright: `12 passed (1.2m)`, `1 failed`, `2 did not run`, each on a line of its own.
            self.take_alone(line);
        }
    }

    /// Both together.
    pub fn plus(self, other: Tally) -> Tally {
        Tally {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
        }
    }

    fn take(&mut self, part: &str) {
        let mut words = part.split_whitespace();
        let (Some(Ok(count)), Some(word)) = (words.next().map(str::parse::<u32>), words.next()) else {
            return;
        };
        match word {
            "passed" => self.passed += count,
            "failed" => self.failed += count,
            _ => {}
        }
    }

    fn take_alone(&mut self, line: &str) {
        let (count, rest) = line.split_once(' ').unwrap_or((line, ""));
        let Ok(count) = count.parse::<u32>() else { return };
        match rest {
            // A test that passed only at the second try is not to be relied on.
            "failed" | "flaky" | "interrupted" | "did not run" => self.failed += count,
            "passed" => self.passed += count,
            rest if rest.starts_with("passed (") => self.passed += count,
            _ => {}
        }
    }
}

/// The line as a reader sees it: colours are `ESC [ … letter`.
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().skip(1).find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_read_and_other_lines_are_not() {
        let cases = [
            (
                "test result: ok. 35 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.61s",
                (35, 0),
            ),
            (
                "test result: \u{1b}[31mFAILED\u{1b}[0m. 3 passed; 2 failed; 0 ignored; 0 measured",
                (3, 2),
            ),
            (
                "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m\u{1b}[22m | 41 passed (42)",
                (41, 1),
            ),
            ("      Tests  42 passed (42)", (42, 0)),
            (" Test Files  3 passed (3)", (0, 0)),
            ("  12 passed (1.2m)", (12, 0)),
            ("  1 failed", (0, 1)),
            ("  2 flaky", (0, 2)),
            ("  3 did not run", (0, 3)),
            ("  2 skipped", (0, 0)),
            ("    1 passed the door", (0, 0)),
            ("running 12 tests", (0, 0)),
        ];
        for (line, (passed, failed)) in cases {
            let mut tally = Tally::default();
            tally.hear(line);
            assert_eq!(tally, Tally { passed, failed }, "{line:?}");
        }
    }
}
