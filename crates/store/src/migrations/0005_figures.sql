-- Released: never edited. A change is a new file after this one.

-- Index of coverage figures and populations: stocks, read whole by progress and row by row by grids.
CREATE TABLE figure (
  number       INTEGER PRIMARY KEY REFERENCES record (number) ON DELETE CASCADE,
  kind         TEXT NOT NULL,                   -- coverage, population.
  unit         TEXT NOT NULL,
  target_group TEXT NOT NULL,
  measure      TEXT NOT NULL,                   -- Empty for a population.
  grade        INTEGER,
  class        TEXT,
  day          INTEGER NOT NULL,                -- As of; days from 0001-01-01; 0 when the body has no date.
  school_year  TEXT,
  numerator    INTEGER,                         -- Null for a population.
  population   INTEGER,                         -- Persons there are; null: not told beside the figure.
  excluded     INTEGER,
  basis        TEXT NOT NULL,                   -- Kind of evidence, or basis of a population.
  void         INTEGER NOT NULL,
  state        INTEGER NOT NULL
) STRICT;
CREATE INDEX figure_of ON figure (unit, target_group, measure, day);

-- Records that are few: teams, comments, reports.
CREATE INDEX record_type ON record (type, unit) WHERE type <> 'training_session';
