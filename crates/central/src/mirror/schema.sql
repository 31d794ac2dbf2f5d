-- The mirror of a centre in PostgreSQL, for an office's own queries. Written by `hocvu-central mirror` only; read freely.

CREATE SCHEMA IF NOT EXISTS hocvu;

CREATE TABLE IF NOT EXISTS hocvu.position (   -- How far the centre's feed was mirrored, and of which incarnation.
  one        boolean PRIMARY KEY CHECK (one),
  deployment text   NOT NULL,
  epoch      text   NOT NULL,
  fseq       bigint NOT NULL,
  strict_from bigint NOT NULL                 -- Up to here operations were judged by the rule of an earlier version.
);

CREATE TABLE IF NOT EXISTS hocvu.operation (  -- Every operation the centre has, with its exact text.
  fseq    bigint PRIMARY KEY,                 -- Arrival number: the receipt.
  log     text   NOT NULL,
  seq     bigint NOT NULL,
  device  text   NOT NULL,
  device_no bigint NOT NULL,
  author  text   NOT NULL,
  at      bigint NOT NULL,                    -- Author's clock, seconds since 1970; information for people.
  verdict text   NOT NULL,
  code    text,
  feed    bigint NOT NULL,                    -- Feed number of the latest verdict: the order of effects.
  rank    smallint NOT NULL,                  -- Weight of the author's word: team 1, commune 2, area 3, province 4.
  adopted bigint,                             -- Arrival number of the officer's act that took it over.
  placed  text,                               -- The unit that act placed it in.
  sha256  bytea  NOT NULL,
  text    text   NOT NULL,
  UNIQUE (log, seq)
);

CREATE TABLE IF NOT EXISTS hocvu.record (     -- What they add up to.
  id   uuid    PRIMARY KEY,
  kind text    NOT NULL,
  unit text    NOT NULL,
  head text    NOT NULL,                      -- The operation that made it so, `log:seq`.
  fseq bigint  NOT NULL,
  void boolean NOT NULL,
  floor smallint NOT NULL,                    -- The lowest weight that may change it.
  body jsonb   NOT NULL
);
CREATE INDEX IF NOT EXISTS record_unit ON hocvu.record (unit);

-- One row per session and target group, voided sessions left out. An of-which that was not collected is null, never 0.
CREATE OR REPLACE VIEW hocvu.attendance AS
SELECT r.id AS session, r.unit, (r.body->>'date')::date AS date, line->>'group' AS target_group,
       (line->>'attended')::bigint AS attended, (line->>'female')::bigint AS female,
       (line->>'first_time')::bigint AS first_time, (line->>'khmer')::bigint AS khmer,
       (line->>'ethnic_minority')::bigint AS ethnic_minority, (line->>'elderly')::bigint AS elderly,
       (line->>'disabled')::bigint AS disabled, (line->>'poor')::bigint AS poor,
       (line->>'assessed')::bigint AS assessed, (line->>'completed')::bigint AS completed
FROM hocvu.record r CROSS JOIN LATERAL jsonb_array_elements(r.body->'counts') AS line
WHERE r.kind = 'training_session' AND NOT r.void;
