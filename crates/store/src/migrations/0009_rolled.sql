-- Released: never edited. A change is a new file after this one.

-- The roll-up again, by stretches of 1, 6 and 24 halves of a month, so that any window is a few of them; and written in
-- runs, so that a save does not pay for it: sessions numbered after `flow_mark` are not in it yet and are read as they are.
DROP TABLE flow;
CREATE TABLE flow (
  halves       INTEGER NOT NULL,                -- Length: half a month, a quarter, a year.
  first        INTEGER NOT NULL,                -- Its first half, a multiple of its length.
  unit         TEXT NOT NULL,
  target_group TEXT NOT NULL,
  sessions     INTEGER NOT NULL,
  attended     INTEGER NOT NULL,
  female       INTEGER NOT NULL,
  first_time   INTEGER NOT NULL,
  completed    INTEGER NOT NULL,
  PRIMARY KEY (halves, first, unit, target_group)
) STRICT, WITHOUT ROWID;

CREATE TABLE flow_mark (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  session INTEGER NOT NULL                      -- The last that was rolled up.
) STRICT;
INSERT INTO flow_mark (one, session) VALUES (1, 0);
