-- Several people, several offices: merging, branches that are closed, acts of officers, what each device is told of them.

ALTER TABLE operation ADD COLUMN rank INTEGER NOT NULL DEFAULT 1; -- Weight of the author's word when it was judged.
ALTER TABLE operation ADD COLUMN stands_for INTEGER;  -- It said what this head said already: who builds on it builds on that.
ALTER TABLE operation ADD COLUMN superseded INTEGER;  -- A branch: arrival number of the operation that closed or extended it.
ALTER TABLE operation ADD COLUMN released INTEGER;    -- Arrival number of the act that had it judged although the device is revoked.
ALTER TABLE operation ADD COLUMN message TEXT;        -- Why it was sent back, in a person's words.

ALTER TABLE record ADD COLUMN floor INTEGER NOT NULL DEFAULT 0; -- Only a rank as high may change it: somebody corrected it.

CREATE TABLE weight (                   -- When a rank above the lowest last changed a record.
  record  INTEGER NOT NULL REFERENCES record (no),
  rank    INTEGER NOT NULL,
  applied INTEGER NOT NULL,
  PRIMARY KEY (record, rank)
) STRICT, WITHOUT ROWID;

CREATE TABLE adoption (                 -- Operations an officer took under their own scope.
  op     INTEGER PRIMARY KEY,           -- Arrival number of the operation taken.
  act    INTEGER NOT NULL,              -- Arrival number of the act.
  device INTEGER NOT NULL REFERENCES device (no),
  unit   TEXT                           -- Where it is placed; where it says when absent.
) STRICT;

ALTER TABLE device ADD COLUMN unit TEXT NOT NULL DEFAULT ''; -- The unit it was made for.
ALTER TABLE device ADD COLUMN role TEXT NOT NULL DEFAULT 'team';
ALTER TABLE device ADD COLUMN fseq INTEGER NOT NULL DEFAULT 0; -- Feed number of its last change.
CREATE INDEX device_feed ON device (fseq);
UPDATE device SET
  unit = coalesce((SELECT min(g.unit) FROM device_grant g WHERE g.device = device.no), ''),
  role = coalesce((SELECT g.role FROM device_grant g WHERE g.device = device.no ORDER BY g.unit LIMIT 1), 'team');

CREATE TABLE matter (                   -- Operations that wait, or waited, for a person: one row each, with its last change.
  op     INTEGER PRIMARY KEY REFERENCES operation (fseq),
  fseq   INTEGER NOT NULL,
  open   INTEGER NOT NULL,
  device INTEGER NOT NULL REFERENCES device (no)
) STRICT;
CREATE INDEX matter_author ON matter (device, fseq);

CREATE TABLE matter_seen (              -- Under which units a matter is shown; to officers only, or to all.
  unit     INTEGER NOT NULL REFERENCES place (no),
  fseq     INTEGER NOT NULL,
  op       INTEGER NOT NULL REFERENCES matter (op),
  officers INTEGER NOT NULL,
  PRIMARY KEY (unit, fseq, op)
) STRICT, WITHOUT ROWID;
CREATE INDEX matter_seen_op ON matter_seen (op);

CREATE TABLE departure (                -- Records that left a unit: those who saw it there are told.
  record INTEGER NOT NULL REFERENCES record (no),
  unit   INTEGER NOT NULL REFERENCES place (no),
  fseq   INTEGER NOT NULL,
  PRIMARY KEY (record, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX departure_feed ON departure (unit, fseq);

ALTER TABLE event ADD COLUMN old TEXT;  -- A succession, by its key. An event that names nothing is a number other tables use.
ALTER TABLE event ADD COLUMN new TEXT;
CREATE INDEX event_succession ON event (fseq) WHERE old IS NOT NULL;

CREATE INDEX waiting_op ON waiting (fseq);

CREATE TABLE period_lock (              -- Report months that are closed, for a unit and all below it.
  unit  TEXT NOT NULL,
  month TEXT NOT NULL,                  -- 2025-11: from 15 October to 14 November.
  PRIMARY KEY (unit, month)
) STRICT, WITHOUT ROWID;

-- Before this schema, who said the same as the head could build on the head without naming it.
INSERT INTO meta (key, value) SELECT 'strict_from', fseq FROM counter;
-- The program gives feed numbers to what the schema before had no entries for.
INSERT INTO meta (key, value) VALUES ('backfill', 1);

CREATE INDEX waiting_operation ON waiting (fseq);
