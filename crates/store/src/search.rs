use hocvu_model::UnitUid;
use hocvu_model::codes::Topic;
use hocvu_model::period::ReportMonth;
use hocvu_model::text::{fold, tidy};
use hocvu_model::wording::{self, Locale};
use rusqlite::params_from_iter;
use rusqlite::types::Value;

use crate::sessions::{day_number, exact};
use crate::{Read, Result, SessionRow, Status, Totals};

/// Which sessions. The default is every living one, newest first; `limit` 0 gives totals only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Words without regard to accents, each to be found in unit, unit above, topics, venue, facilitators or note.
    pub text: String,
    /// Label of a report month, `2025-11`.
    pub month: Option<String>,
    /// Further names under which the sessions of a unit are found: what it is called by now.
    pub also_named: Vec<(UnitUid, String)>,
    /// Of this unit.
    pub unit: Option<UnitUid>,
    /// Only of one of these very units.
    pub among: Option<Vec<UnitUid>>,
    /// With this topic.
    pub topic: Option<String>,
    /// That stand so.
    pub status: Option<Status>,
    /// Only those saved with warnings.
    pub with_warnings: bool,
    /// Void sessions instead of living ones.
    pub void: bool,
    /// Ascending by date.
    pub oldest_first: bool,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return.
    pub limit: u32,
}

/// A page of sessions with the sums of everything the query matches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The page.
    pub rows: Vec<SessionRow>,
    /// Over the whole matched set.
    pub totals: Totals,
}

/// A match before it is read: sorted, then cut to the page.
struct Hit {
    exact: bool,
    day: i64,
    number: i64,
}

impl Read<'_> {
    /// The sessions a query matches. Those that hold the text as it was typed, marks included, come first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn sessions(&self, query: &Query) -> Result<Page> {
        let filter = self.filter(query)?;
        let sql = format!(
            "SELECT s.number, s.day, s.attended, s.female, {} FROM session s {} WHERE {}",
            filter.rank,
            // In the order of the table, not of an index: walking is cheaper than seeking every row.
            if query.month.is_some() { "" } else { "NOT INDEXED" },
            filter.clauses.join(" AND "),
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(filter.values))?;
        let (mut hits, mut totals) = (Vec::new(), Totals::default());
        while let Some(row) = rows.next()? {
            totals.sessions += 1;
            totals.attended += row.get::<_, u64>(2)?;
            totals.female += row.get::<_, Option<u64>>(3)?.unwrap_or(0);
            hits.push(Hit {
                exact: row.get(4)?,
                day: row.get(1)?,
                number: row.get(0)?,
            });
        }
        let sign = if query.oldest_first { 1 } else { -1 };
        hits.sort_unstable_by_key(|hit| (!hit.exact, sign * hit.day, sign * hit.number));
        let page = hits.iter().skip(query.offset as usize).take(query.limit as usize);
        let numbers: Vec<i64> = page.map(|hit| hit.number).collect();
        Ok(Page {
            rows: self.session_rows(&numbers)?,
            totals,
        })
    }

    /// Report months that have living sessions, newest first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn months(&self) -> Result<Vec<String>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT max(day) FROM session WHERE void = 0 AND day < ?1 AND day > 0")?;
        let (mut months, mut before) = (Vec::new(), i64::MAX);
        while let Some(day) = statement.query_row([before], |row| row.get::<_, Option<i64>>(0))? {
            let Some(date) = crate::sessions::date(day) else { break };
            let month = ReportMonth::of(date);
            before = day_number(month.window().0);
            months.push(month.label());
        }
        Ok(months)
    }

    /// Units that have living sessions, in no order.
    ///
    /// # Errors
    /// Reading failed.
    pub fn units_used(&self) -> Result<Vec<UnitUid>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM session WHERE unit = ?1 AND void = 0)")?;
        let mut used = Vec::new();
        for unit in self.units_indexed()? {
            if statement.query_row([unit.as_str()], |row| row.get(0))? {
                used.push(unit);
            }
        }
        Ok(used)
    }

    /// Sums over the living sessions of a report month; zeros for a label that is none.
    ///
    /// # Errors
    /// Reading failed.
    pub fn month_totals(&self, label: &str) -> Result<Totals> {
        let Some(month) = ReportMonth::parse(label) else {
            return Ok(Totals::default());
        };
        let (first, last) = month.window();
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*), coalesce(sum(attended), 0), coalesce(sum(female), 0) FROM session
             WHERE void = 0 AND day BETWEEN ?1 AND ?2",
        )?;
        let totals = statement.query_row([day_number(first), day_number(last)], |row| {
            Ok(Totals {
                sessions: row.get(0)?,
                attended: row.get(1)?,
                female: row.get(2)?,
            })
        })?;
        Ok(totals)
    }

    fn filter(&self, query: &Query) -> Result<Filter> {
        let mut filter = Filter {
            clauses: Vec::new(),
            values: Vec::new(),
            rank: "0".to_owned(),
        };
        // The rank stands before the clauses in the statement, so its values come first too.
        self.match_text(query, &mut filter)?;
        filter.require("s.void = ?", [Value::from(i64::from(query.void))]);
        if let Some(label) = &query.month {
            let window = ReportMonth::parse(label).map(ReportMonth::window);
            let (first, last) = window.map_or((1, 0), |(first, last)| (day_number(first), day_number(last)));
            filter.require("s.day BETWEEN ? AND ?", [first.into(), last.into()]);
        }
        if let Some(unit) = &query.unit {
            filter.require("s.unit = ?", [unit.0.clone().into()]);
        }
        if let Some(units) = &query.among {
            let marks = vec!["?"; units.len()].join(", ");
            let uids: Vec<Value> = units.iter().map(|unit| unit.0.clone().into()).collect();
            filter.require(&format!("s.unit IN ({marks})"), uids);
        }
        if let Some(topic) = &query.topic {
            filter.require("instr(s.topics, ?)", [format!(" {topic} ").into()]);
        }
        if let Some(status) = query.status {
            filter.require(&format!("s.state IN ({})", status.numbers()), []);
        }
        if query.with_warnings {
            filter.require("s.warnings > 0", []);
        }
        Ok(filter)
    }

    /// Units and topics are few: they are searched here, and only the free text of a session in its row. So a unit may be
    /// renamed without touching its sessions.
    fn match_text(&self, query: &Query, filter: &mut Filter) -> Result<()> {
        let text = &query.text;
        let key = fold(text);
        if key.is_empty() {
            return Ok(());
        }
        let mut units = Vec::new();
        for unit in self.units_indexed()? {
            let (name, parent) = self.unit_names(&unit)?;
            let mut names = format!("{name} {}", parent.unwrap_or_default());
            for (_, also) in query.also_named.iter().filter(|(uid, _)| *uid == unit) {
                names.push(' ');
                names.push_str(also);
            }
            units.push((unit, fold(&names), exact(&names)));
        }
        let topics: Vec<_> = Topic::active()
            .chain(Topic::retired())
            .map(|topic| {
                let label = wording::label(Locale::Vi, Topic::LIST, topic.as_str());
                (topic.as_str(), fold(&label), exact(&label))
            })
            .collect();
        let typed = exact(&tidy(text));
        if fold(&typed) != typed {
            let (rank, values) = clause(
                "exact",
                &typed,
                units
                    .iter()
                    .filter(|(.., exact)| exact.contains(&typed))
                    .map(|(unit, ..)| unit),
                topics
                    .iter()
                    .filter(|(.., exact)| exact.contains(&typed))
                    .map(|(code, ..)| *code),
            );
            filter.rank = rank;
            filter.values.extend(values);
        }
        for word in key.split(' ') {
            let (sql, values) = clause(
                "key",
                word,
                units
                    .iter()
                    .filter(|(_, key, _)| key.contains(word))
                    .map(|(unit, ..)| unit),
                topics
                    .iter()
                    .filter(|(_, key, _)| key.contains(word))
                    .map(|(code, ..)| *code),
            );
            filter.require(&sql, values);
        }
        Ok(())
    }

    /// Units of any session, one seek for each instead of a walk over every session.
    fn units_indexed(&self) -> Result<Vec<UnitUid>> {
        let mut statement = self.connection.prepare_cached(
            "WITH RECURSIVE used (unit) AS (
               SELECT min(unit) FROM session
               UNION ALL
               SELECT (SELECT min(unit) FROM session WHERE unit > used.unit) FROM used WHERE used.unit IS NOT NULL
             )
             SELECT unit FROM used WHERE unit IS NOT NULL",
        )?;
        let units = statement
            .query_map([], |row| row.get(0).map(UnitUid))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(units)
    }
}

struct Filter {
    clauses: Vec<String>,
    values: Vec<Value>,
    rank: String,
}

impl Filter {
    fn require(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.clauses.push(sql.to_owned());
        self.values.extend(values);
    }
}

/// "The text is in this column, or the session is of one of these units, or has one of these topics."
fn clause<'a>(
    column: &str,
    text: &str,
    units: impl Iterator<Item = &'a UnitUid>,
    topics: impl Iterator<Item = &'static str>,
) -> (String, Vec<Value>) {
    let mut sql = format!("(instr(s.{column}, ?) > 0");
    let mut values = vec![Value::from(text.to_owned())];
    let units: Vec<&str> = units.map(UnitUid::as_str).collect();
    if !units.is_empty() {
        sql.push_str(" OR s.unit IN (SELECT value FROM json_each(?))");
        values.push(serde_json::json!(units).to_string().into());
    }
    for topic in topics {
        sql.push_str(" OR instr(s.topics, ?) > 0");
        values.push(format!(" {topic} ").into());
    }
    sql.push(')');
    (sql, values)
}
