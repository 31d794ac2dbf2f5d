-- Released: never edited. A change is a new file after this one.

-- Photos, named by their content. Those of this device are facts like its operations: they stay until the centre has them.
CREATE TABLE blob (
  number    INTEGER PRIMARY KEY,                -- Order in which they came.
  sha256    BLOB NOT NULL UNIQUE,
  size      INTEGER NOT NULL,
  bytes     BLOB,                               -- Null: at the centre, and given up here for room.
  own       INTEGER NOT NULL,                   -- 1: made here; 0: fetched to be looked at.
  state     INTEGER NOT NULL,                   -- 0 of a draft, 1 named by an operation, 2 the centre has it,
                                                -- 3 the centre refuses it.
  confirmed INTEGER NOT NULL DEFAULT 0,         -- Bytes the centre says it has.
  epoch     TEXT,                               -- The incarnation of the centre that said so.
  code      TEXT                                -- Why it was refused.
) STRICT;
CREATE INDEX blob_waiting ON blob (number) WHERE state = 1;
CREATE INDEX blob_kept ON blob (own, number, size) WHERE state = 2 AND bytes IS NOT NULL;

CREATE TRIGGER blob_stays BEFORE DELETE ON blob WHEN OLD.own = 1 AND OLD.state <> 0
BEGIN SELECT RAISE (ABORT, 'photos an operation names are never deleted'); END;
CREATE TRIGGER blob_is_kept BEFORE UPDATE OF bytes ON blob WHEN NEW.bytes IS NULL AND OLD.own = 1 AND OLD.state <> 2
BEGIN SELECT RAISE (ABORT, 'photos stay until the centre has them'); END;
CREATE TRIGGER blob_is_a_fact BEFORE UPDATE OF sha256, size ON blob
BEGIN SELECT RAISE (ABORT, 'photos are never rewritten'); END;

-- Photos of others that somebody wants to see, with what has arrived.
CREATE TABLE blob_wanted (
  sha256 BLOB NOT NULL PRIMARY KEY,
  size   INTEGER NOT NULL,
  part   BLOB NOT NULL,
  code   TEXT                                   -- Why it cannot be had.
) STRICT;
