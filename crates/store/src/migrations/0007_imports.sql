-- Released: never edited. A change is a new file after this one.

-- What was imported, to be undone as one: a run of this device's operations.
CREATE TABLE import (
  id       TEXT PRIMARY KEY,
  at       TEXT NOT NULL,
  kind     TEXT NOT NULL,                       -- session, coverage, population, unit.
  file     TEXT NOT NULL,                       -- The file's name, without its folder.
  log      BLOB NOT NULL,
  first    INTEGER NOT NULL,                    -- The run, both ends included.
  last     INTEGER NOT NULL,
  added    INTEGER NOT NULL,
  changed  INTEGER NOT NULL,
  before   TEXT NOT NULL,                       -- JSON object: record → its body before it was changed.
  undone   TEXT                                 -- When it was undone.
) STRICT, WITHOUT ROWID;
CREATE INDEX import_at ON import (at);
