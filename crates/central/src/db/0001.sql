-- The centre's first schema. Released migrations never change; the next one is 0002.sql.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,               -- deployment, epoch, secret, boundaries, schema_version.
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (                  -- The last number given. Taken inside the transaction, so numbers have no gaps.
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  fseq INTEGER NOT NULL
) STRICT;
INSERT INTO counter (one, fseq) VALUES (1, 0);

CREATE TABLE unit (                     -- Units made by people; the shipped ones are in the program.
  uid        TEXT PRIMARY KEY,
  level      TEXT NOT NULL,
  name       TEXT NOT NULL,
  parent     TEXT NOT NULL,
  code       TEXT,
  valid_from TEXT,
  valid_to   TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE succession (
  old         TEXT NOT NULL,
  new         TEXT NOT NULL,
  kind        TEXT NOT NULL,
  effective   TEXT NOT NULL,
  legal_basis TEXT NOT NULL,
  PRIMARY KEY (old, new)
) STRICT, WITHOUT ROWID;

CREATE TABLE place (                    -- Small numbers for the uids that records name.
  no  INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE user (
  no   INTEGER PRIMARY KEY,
  id   TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
) STRICT;

CREATE TABLE device (
  no          INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  sign        BLOB NOT NULL UNIQUE,     -- Ed25519, 32 bytes.
  seal        BLOB NOT NULL,            -- X25519, 32 bytes.
  user        INTEGER NOT NULL REFERENCES user (no),
  enrolled_at INTEGER NOT NULL,
  revoked_at  INTEGER
) STRICT;

CREATE TABLE device_grant (             -- What a device may write and see: its unit and all below it.
  device INTEGER NOT NULL REFERENCES device (no),
  unit   TEXT NOT NULL,
  role   TEXT NOT NULL,
  PRIMARY KEY (device, unit)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrol_code (
  sha256     BLOB PRIMARY KEY,          -- Of the code; the code itself is printed once and kept nowhere.
  unit       TEXT NOT NULL,
  role       TEXT NOT NULL,
  user_name  TEXT,
  made_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  device     INTEGER REFERENCES device (no)
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
  no     INTEGER PRIMARY KEY,
  id     BLOB NOT NULL UNIQUE,
  device INTEGER NOT NULL REFERENCES device (no)
) STRICT;

CREATE TABLE frame (
  no        INTEGER PRIMARY KEY,
  log       INTEGER NOT NULL REFERENCES log (no),
  author    TEXT NOT NULL,
  signature BLOB NOT NULL,
  arrived   INTEGER NOT NULL,           -- Seconds since 1970; information for people.
  text      TEXT NOT NULL               -- The exact signed JSON; never re-serialised.
) STRICT;

CREATE TABLE operation (
  fseq     INTEGER PRIMARY KEY,         -- Arrival number: the receipt. Never changes.
  log      INTEGER NOT NULL REFERENCES log (no),
  seq      INTEGER NOT NULL,
  frame    INTEGER NOT NULL REFERENCES frame (no),
  start    INTEGER NOT NULL,            -- Where its exact text is in the frame's, bytes.
  length   INTEGER NOT NULL,
  sha256   BLOB NOT NULL,
  at       INTEGER NOT NULL,            -- Author's clock; information for people.
  verdict  TEXT NOT NULL,
  code     TEXT,
  findings TEXT,                        -- JSON, warnings included.
  record   INTEGER REFERENCES record (no), -- Set once it was applied or became a branch.
  applied  INTEGER,                     -- Feed number at which it took effect.
  UNIQUE (log, seq)
) STRICT;
-- Queries must repeat the condition, or SQLite does not use the index.
CREATE INDEX operation_unsettled ON operation (verdict, record) WHERE verdict <> 'accepted';

CREATE TABLE waiting (                  -- What a held operation waits for: op:<log>:<seq>, unit:<uid>, scope, schema.
  cause TEXT NOT NULL,
  fseq  INTEGER NOT NULL REFERENCES operation (fseq),
  PRIMARY KEY (cause, fseq)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (               -- Another content under a number already taken: a forked log.
  fseq   INTEGER PRIMARY KEY,
  log    INTEGER NOT NULL REFERENCES log (no),
  seq    INTEGER NOT NULL,
  frame  INTEGER NOT NULL REFERENCES frame (no),
  start  INTEGER NOT NULL,
  length INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  UNIQUE (log, seq, sha256)
) STRICT;

CREATE TABLE record (
  no    INTEGER PRIMARY KEY,
  id    BLOB NOT NULL UNIQUE,
  kind  TEXT NOT NULL,
  unit  INTEGER NOT NULL REFERENCES place (no),
  head  INTEGER NOT NULL,               -- Arrival number of the operation that made it so.
  fseq  INTEGER NOT NULL,               -- Feed number of the change.
  void  INTEGER NOT NULL,
  body  TEXT NOT NULL
) STRICT;
CREATE INDEX record_feed ON record (unit, fseq);

CREATE TABLE version (                  -- States that are no head: earlier heads and branches.
  op   INTEGER PRIMARY KEY,              -- Arrival number of the operation that made it so.
  unit INTEGER NOT NULL REFERENCES place (no),
  void INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE event (                    -- Feed entries that are no record: later verdicts, units.
  fseq   INTEGER PRIMARY KEY,
  log    INTEGER REFERENCES log (no),
  seq    INTEGER,
  ruling TEXT,                          -- JSON as it goes to the device.
  unit   TEXT
) STRICT;
CREATE INDEX event_verdict ON event (log, fseq) WHERE log IS NOT NULL;
CREATE INDEX event_unit ON event (fseq) WHERE unit IS NOT NULL;

CREATE TABLE rollup (                   -- Kept in the judging transaction; `target_group` '' counts each session once.
  unit              INTEGER NOT NULL REFERENCES place (no),
  date              TEXT NOT NULL,
  target_group      TEXT NOT NULL,
  sessions          INTEGER NOT NULL,
  attended          INTEGER NOT NULL,
  female            INTEGER NOT NULL,
  first_time        INTEGER NOT NULL,
  khmer             INTEGER NOT NULL,
  ethnic_minority   INTEGER NOT NULL,
  elderly           INTEGER NOT NULL,
  disabled          INTEGER NOT NULL,
  poor              INTEGER NOT NULL,
  assessed          INTEGER NOT NULL,
  completed         INTEGER NOT NULL,
  PRIMARY KEY (unit, date, target_group)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (                    -- Every act of an administrator, each row bound to the one before.
  no     INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  actor  TEXT NOT NULL,
  act    TEXT NOT NULL,
  detail TEXT NOT NULL,                 -- JSON; never a code or a key.
  hash   BLOB NOT NULL
) STRICT;
