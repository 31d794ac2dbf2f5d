-- Released: never edited. A change is a new file after this one.

-- When the operation last went into a bundle. Says nothing of where it stands: exported is not sent.
ALTER TABLE operation ADD COLUMN exported_at TEXT;

-- The centre's keys, signed by the root that was believed at enrolment.
CREATE TABLE key_set (
  one       INTEGER PRIMARY KEY CHECK (one = 1),
  root      BLOB NOT NULL,
  version   INTEGER NOT NULL,
  text      TEXT NOT NULL,                      -- The exact signed JSON.
  signature TEXT NOT NULL
) STRICT;

-- Bundles this device wrote.
CREATE TABLE export (
  number     INTEGER PRIMARY KEY,
  id         BLOB NOT NULL UNIQUE,
  name       TEXT NOT NULL,                     -- Of the file, without its folder.
  at         TEXT NOT NULL,
  reason     TEXT NOT NULL,                     -- asked, second_place, salvage.
  size       INTEGER NOT NULL,
  operations INTEGER NOT NULL,
  upto       INTEGER NOT NULL,                  -- The latest operation of this file that was written by then.
  receipt_at TEXT
) STRICT;

-- Bundles of other devices on their way through this one.
CREATE TABLE carried (
  number  INTEGER PRIMARY KEY,
  id      BLOB NOT NULL,
  sha256  BLOB NOT NULL UNIQUE,
  size    INTEGER NOT NULL,                     -- Of the sealed part.
  at      TEXT NOT NULL,
  state   INTEGER NOT NULL DEFAULT 0,           -- 0 waiting, 1 delivered, 2 receipt here, 3 returned, 4 refused.
  code    TEXT,                                 -- Why it was refused.
  bytes   BLOB,                                 -- The whole file, until its receipt is here or it is refused.
  receipt BLOB
) STRICT;
CREATE INDEX carried_open ON carried (number) WHERE state < 2;
