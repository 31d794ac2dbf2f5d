-- Released: never edited. A change is a new file after this one.

ALTER TABLE operation ADD COLUMN message TEXT;                       -- Why, in a person's words: an officer sent it back.
ALTER TABLE operation ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;  -- 1: a conflicted branch a person has settled.
ALTER TABLE operation ADD COLUMN moved INTEGER;                      -- The operation that says the same in a later log.

ALTER TABLE shadow ADD COLUMN act TEXT;                              -- What its head did, where it is more than a put.
ALTER TABLE shadow ADD COLUMN why TEXT;                              -- Why, in its author's words.

-- Receipts by number with what they are hashed from, so that a receipt for 50,000 operations reads no text.
CREATE INDEX operation_confirmed ON operation (log, seq, digest) WHERE fseq IS NOT NULL;
CREATE INDEX operation_sent ON operation (number) WHERE state >= 3 AND seq > 1 AND moved IS NULL;
CREATE INDEX operation_moved ON operation (moved) WHERE moved IS NOT NULL;
CREATE INDEX operation_apart ON operation (log, seq) WHERE state = 8 AND moved IS NULL;

-- Every ruling of an operation that was judged more than once, the first included. Of one that was judged once, the
-- operation itself says it.
CREATE TABLE ruling (
  number    INTEGER PRIMARY KEY,
  operation INTEGER NOT NULL REFERENCES operation (number),
  state     INTEGER NOT NULL,
  code      TEXT,
  message   TEXT,
  findings  TEXT NOT NULL,
  fseq      INTEGER NOT NULL,
  told_at   TEXT NOT NULL
) STRICT;
CREATE INDEX ruling_operation ON ruling (operation);
CREATE TRIGGER ruling_stays BEFORE DELETE ON ruling
BEGIN SELECT RAISE (ABORT, 'rulings are never deleted'); END;
CREATE TRIGGER ruling_is_a_fact BEFORE UPDATE ON ruling
BEGIN SELECT RAISE (ABORT, 'rulings are never rewritten'); END;

-- Operations, anybody's, that wait for a person at the centre, or did. Written only by pull.
CREATE TABLE centre_case (
  op       TEXT NOT NULL PRIMARY KEY,
  opened   INTEGER NOT NULL,                    -- Feed number this device was first told of it with.
  fseq     INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  state    INTEGER NOT NULL,
  code     TEXT,
  message  TEXT,
  findings TEXT NOT NULL,
  open     INTEGER NOT NULL,
  type     TEXT NOT NULL,                       -- Empty: an act of an office.
  record   BLOB,
  unit     TEXT,
  base     TEXT,
  body     TEXT NOT NULL,                       -- The whole state it would make; '{}' for an act of an office.
  void     INTEGER NOT NULL,
  device   TEXT NOT NULL,
  at       INTEGER NOT NULL,
  by       TEXT NOT NULL,
  stale    INTEGER NOT NULL DEFAULT 0           -- 1: settled unless the feed, read anew, still has it.
) STRICT;
CREATE INDEX centre_case_open ON centre_case (fseq) WHERE open = 1;
CREATE INDEX centre_case_record ON centre_case (record) WHERE record IS NOT NULL;
CREATE INDEX centre_case_stale ON centre_case (op) WHERE stale = 1;

-- What the centre showed of a record before what it shows now.
CREATE TABLE version (
  record BLOB NOT NULL,
  op     TEXT NOT NULL,
  fseq   INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  by     TEXT NOT NULL,
  unit   TEXT NOT NULL,
  void   INTEGER NOT NULL,
  body   TEXT NOT NULL,
  act    TEXT,
  why    TEXT,
  PRIMARY KEY (record, fseq, op)
) STRICT, WITHOUT ROWID;

-- Devices an officer looks after.
CREATE TABLE device (
  device      TEXT NOT NULL PRIMARY KEY,
  fseq        INTEGER NOT NULL,
  user        TEXT NOT NULL,
  role        TEXT NOT NULL,
  unit        TEXT NOT NULL,
  revoked     INTEGER NOT NULL,
  enrolled_at INTEGER NOT NULL,
  stale       INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Which unit follows on which, beyond what ships with the program.
CREATE TABLE succession (
  old  TEXT NOT NULL,
  new  TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (old, new)
) STRICT;

-- What this device may see and write, as the centre last said.
CREATE TABLE granted (
  unit TEXT NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (unit, role)
) STRICT, WITHOUT ROWID;

-- A file of before has branches and cases the centre told nobody of: its feed is read anew, once.
UPDATE shadow SET stale = 1 WHERE EXISTS (SELECT 1 FROM operation WHERE state IN (5, 7, 8));
DELETE FROM position WHERE EXISTS (SELECT 1 FROM operation WHERE state IN (5, 7, 8));
