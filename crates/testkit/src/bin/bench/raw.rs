//! The baseline: raw, unencrypted SQLite writing one session row and five count rows, with the same durability.

use std::path::Path;

use hocvu_model::session::TrainingSession;
use hocvu_model::text::fold;
use rusqlite::{Connection, params};
use uuid::Uuid;

/// Raw SQLite with WAL and `synchronous=FULL`.
pub struct Raw {
    db: Connection,
}

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE session (
      id BLOB PRIMARY KEY, unit TEXT NOT NULL, date TEXT NOT NULL, start TEXT, duration INTEGER, form TEXT NOT NULL,
      topics TEXT NOT NULL, venue TEXT, facilitators TEXT, language TEXT, note TEXT, search_key TEXT NOT NULL, attended INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE count_line (
      session BLOB NOT NULL, target_group TEXT NOT NULL, attended INTEGER NOT NULL, female INTEGER,
      ethnic_minority INTEGER, khmer INTEGER, elderly INTEGER, disabled INTEGER, poor INTEGER, first_time INTEGER,
      assessed INTEGER, completed INTEGER, PRIMARY KEY (session, target_group)
    ) STRICT, WITHOUT ROWID;";

impl Raw {
    /// A new file in `folder`.
    pub fn new(folder: &Path) -> Self {
        let db = Connection::open(folder.join("raw.db")).expect("a new file");
        db.execute_batch(SCHEMA).expect("good SQL");
        db.set_prepared_statement_cache_capacity(16);
        Self { db }
    }

    /// Inserts sessions in one transaction.
    pub fn insert(&mut self, sessions: &[TrainingSession]) {
        let tx = self.db.transaction().expect("a transaction");
        {
            let mut session_row = tx
                .prepare_cached("INSERT INTO session VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)")
                .expect("good SQL");
            let mut count_row = tx
                .prepare_cached("INSERT INTO count_line VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")
                .expect("good SQL");
            for session in sessions {
                let id = Uuid::new_v4();
                let topics: Vec<&str> = session.topics.iter().map(|topic| topic.as_str()).collect();
                let venue = session.venue.as_ref().map(hocvu_model::session::Venue::display);
                let people = session
                    .facilitators
                    .as_ref()
                    .map(hocvu_model::session::Facilitators::display);
                let note = session.note.as_deref().unwrap_or("");
                let key = fold(&format!(
                    "{} {} {note}",
                    venue.as_deref().unwrap_or(""),
                    people.as_deref().unwrap_or("")
                ));
                session_row
                    .execute(params![
                        id.as_bytes(),
                        session.unit.as_str(),
                        session.date.to_string(),
                        session.start.map(|start| start.to_string()),
                        session.duration_minutes,
                        session.form.as_str(),
                        topics.join(" "),
                        venue,
                        people,
                        session.language.map(|language| language.to_string()),
                        note,
                        key,
                        session.attended(),
                    ])
                    .expect("inserted");
                for line in &session.counts {
                    count_row
                        .execute(params![
                            id.as_bytes(),
                            line.group.as_str(),
                            line.attended,
                            line.female,
                            line.ethnic_minority,
                            line.khmer,
                            line.elderly,
                            line.disabled,
                            line.poor,
                            line.first_time,
                            line.assessed,
                            line.completed,
                        ])
                        .expect("inserted");
                }
            }
        }
        tx.commit().expect("committed");
    }

    /// Sessions whose key contains every word, newest first, with the totals of all of them.
    pub fn search(&self, words: &[&str]) -> (usize, i64) {
        let conditions: Vec<String> = words.iter().map(|word| format!("search_key LIKE '%{word}%'")).collect();
        let filter = conditions.join(" AND ");
        let page = format!("SELECT id FROM session WHERE {filter} ORDER BY date DESC LIMIT 50");
        let mut statement = self.db.prepare_cached(&page).expect("good SQL");
        let rows = statement
            .query_map([], |row| row.get::<_, Vec<u8>>(0))
            .expect("rows")
            .count();
        let totals = format!("SELECT count(*), coalesce(sum(attended), 0) FROM session WHERE {filter}");
        let mut statement = self.db.prepare_cached(&totals).expect("good SQL");
        (rows, statement.query_row([], |row| row.get(1)).expect("a row"))
    }
}
