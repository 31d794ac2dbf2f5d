-- Released: never edited. A change is a new file after this one.

-- Sums of living sessions by unit, half of a calendar month and target group, so that a year of a province is read at once.
-- Halves end on day 14 and on the last day: windows of decree 09/2019 and calendar months are whole numbers of them.
-- The empty group counts each session once; its other sums are 0.
CREATE TABLE flow (
  unit         TEXT NOT NULL,
  half         INTEGER NOT NULL,                -- Months since year 0, twice; odd from day 15.
  target_group TEXT NOT NULL,
  sessions     INTEGER NOT NULL,
  attended     INTEGER NOT NULL,
  female       INTEGER NOT NULL,
  first_time   INTEGER NOT NULL,
  completed    INTEGER NOT NULL,
  PRIMARY KEY (unit, half, target_group)
) STRICT, WITHOUT ROWID;

-- What each session adds to it.
CREATE VIEW flow_part (session, unit, half, day, target_group, sessions, attended, female, first_time, completed) AS
SELECT s.number, s.unit,
       strftime('%Y', s.day + 1721424.5) * 24 + strftime('%m', s.day + 1721424.5) * 2 - 2
         + (strftime('%d', s.day + 1721424.5) >= '15'),
       s.day, c.target_group, 1, c.attended, coalesce(c.female, 0), coalesce(c.first_time, 0), coalesce(c.completed, 0)
FROM session s JOIN session_count c ON c.session = s.number
WHERE s.void = 0 AND s.day > 0
UNION ALL
SELECT s.number, s.unit,
       strftime('%Y', s.day + 1721424.5) * 24 + strftime('%m', s.day + 1721424.5) * 2 - 2
         + (strftime('%d', s.day + 1721424.5) >= '15'),
       s.day, '', 1, 0, 0, 0, 0
FROM session s
WHERE s.void = 0 AND s.day > 0;

INSERT INTO flow (unit, half, target_group, sessions, attended, female, first_time, completed)
SELECT unit, half, target_group, sum(sessions), sum(attended), sum(female), sum(first_time), sum(completed)
FROM flow_part GROUP BY unit, half, target_group;
