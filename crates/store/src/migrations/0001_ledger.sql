-- Released: never edited. A change is a new file after this one.

CREATE TABLE log (
  number INTEGER PRIMARY KEY,
  id     BLOB NOT NULL UNIQUE
) STRICT;

-- Who this device is. One row, absent until it is enrolled.
CREATE TABLE identity (
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  deployment  TEXT NOT NULL,
  device      TEXT NOT NULL,
  log         INTEGER NOT NULL REFERENCES log (number),
  unit        TEXT NOT NULL,
  unit_name   TEXT NOT NULL,
  parent_name TEXT,
  role        TEXT NOT NULL,
  user_id     TEXT NOT NULL,
  user_name   TEXT NOT NULL,
  centre      TEXT NOT NULL,
  sign_key    BLOB NOT NULL,
  seal_key    BLOB NOT NULL,
  sample      INTEGER NOT NULL
) STRICT;

-- How far the centre's feed was read.
CREATE TABLE position (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  epoch  TEXT NOT NULL,
  cursor TEXT NOT NULL
) STRICT;

-- Everything this device ever said. What was said never changes; only what became of it does.
CREATE TABLE operation (
  number          INTEGER PRIMARY KEY,          -- Order of authoring, over all logs.
  log             INTEGER NOT NULL REFERENCES log (number),
  seq             INTEGER NOT NULL,             -- Dense from 1: a gap is a lost operation.
  record          BLOB,                         -- Null for open.
  kind            TEXT NOT NULL,
  text            TEXT NOT NULL,                -- The exact signed JSON; never re-serialised.
  digest          BLOB NOT NULL,                -- SHA-256 of text.
  findings        TEXT NOT NULL,                -- JSON: the warnings it was saved with.
  state           INTEGER NOT NULL DEFAULT 0,   -- 0 queued, 1 sent, 2 refused, 3 accepted, 4 merged, 5 conflicted,
                                                -- 6 rejected, 7 held, 8 quarantined.
  code            TEXT,
  centre_findings TEXT NOT NULL DEFAULT '[]',
  fseq            INTEGER,                      -- Arrival at the centre: the receipt. Written once.
  applied         INTEGER,                      -- Feed number of the latest verdict.
  received_at     TEXT,
  lost_fseq       INTEGER,                      -- Receipt of a centre that has since lost the operation.
  UNIQUE (log, seq)
) STRICT;
CREATE INDEX operation_record ON operation (record);
CREATE INDEX operation_unconfirmed ON operation (log, state, seq) WHERE state < 3;

CREATE TRIGGER operation_stays BEFORE DELETE ON operation
BEGIN SELECT RAISE (ABORT, 'operations are never deleted'); END;
CREATE TRIGGER operation_is_a_fact BEFORE UPDATE OF number, log, seq, record, kind, text, digest ON operation
BEGIN SELECT RAISE (ABORT, 'operations are never rewritten'); END;

-- Runs of operations as signed; sent exactly so, however often.
CREATE TABLE frame (
  number    INTEGER PRIMARY KEY,
  log       INTEGER NOT NULL REFERENCES log (number),
  first     INTEGER NOT NULL,
  last      INTEGER NOT NULL,
  text      TEXT NOT NULL,
  signature TEXT NOT NULL,
  UNIQUE (log, first),
  UNIQUE (log, last)
) STRICT;

-- The centre's state, written only by pull.
CREATE TABLE shadow (
  id    BLOB NOT NULL PRIMARY KEY,
  type  TEXT NOT NULL,
  unit  TEXT NOT NULL,
  head  TEXT NOT NULL,
  void  INTEGER NOT NULL,
  fseq  INTEGER NOT NULL,
  at    INTEGER NOT NULL,
  by    TEXT NOT NULL,
  stale INTEGER NOT NULL DEFAULT 0,             -- 1: gone unless the feed, read anew, still has it.
  body  TEXT NOT NULL
) STRICT;
CREATE INDEX shadow_stale ON shadow (id) WHERE stale = 1;

-- What people see: the shadow with this device's unreflected operations laid over it. Can be made anew from both.
CREATE TABLE record (
  number INTEGER PRIMARY KEY,
  id     BLOB NOT NULL UNIQUE,
  type   TEXT NOT NULL,
  unit   TEXT NOT NULL,
  void   INTEGER NOT NULL,
  head   TEXT NOT NULL,
  own    INTEGER,                               -- Latest own operation.
  state  INTEGER NOT NULL,                      -- Of that operation; 9 when there is none.
  body   TEXT NOT NULL                          -- JSON; empty: exactly what the operation `own` set.
) STRICT;
CREATE INDEX record_own ON record (own) WHERE own IS NOT NULL;
CREATE INDEX record_attention ON record (own) WHERE state IN (2, 5, 6, 7, 8);

-- Index of training sessions, narrow so that 50,000 can be walked while a person types.
CREATE TABLE session (
  number    INTEGER PRIMARY KEY REFERENCES record (number) ON DELETE CASCADE,
  day       INTEGER NOT NULL,                   -- Days from 0001-01-01; 0 when the body has no date.
  void      INTEGER NOT NULL,
  state     INTEGER NOT NULL,
  warnings  INTEGER NOT NULL,
  attended  INTEGER NOT NULL,
  female    INTEGER,                            -- Null: no line collected it.
  unit      TEXT NOT NULL,
  topics    TEXT NOT NULL,                      -- ' vneid ecommerce '
  key       TEXT NOT NULL,                      -- Venue, facilitators, note, folded.
  exact     TEXT NOT NULL                       -- The same with its marks, in lower case.
) STRICT;
CREATE INDEX session_day ON session (void, day);
CREATE INDEX session_unit ON session (unit, void, attended);

CREATE TABLE session_count (
  session         INTEGER NOT NULL,             -- No foreign key: checking it is a tenth of an import.
  target_group    TEXT NOT NULL,
  attended        INTEGER NOT NULL,
  female          INTEGER,
  ethnic_minority INTEGER,
  khmer           INTEGER,
  elderly         INTEGER,
  disabled        INTEGER,
  poor            INTEGER,
  first_time      INTEGER,
  assessed        INTEGER,
  completed       INTEGER,
  PRIMARY KEY (session, target_group)
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
  id     TEXT NOT NULL PRIMARY KEY,
  record BLOB,
  form   TEXT NOT NULL,
  at     TEXT NOT NULL
) STRICT;

CREATE TABLE setting (
  key   TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE unit (
  uid    TEXT NOT NULL PRIMARY KEY,
  name   TEXT NOT NULL,
  parent TEXT,
  json   TEXT NOT NULL
) STRICT;

CREATE TABLE diary (
  number INTEGER PRIMARY KEY,
  at     TEXT NOT NULL,
  code   TEXT NOT NULL,
  params TEXT NOT NULL
) STRICT;
