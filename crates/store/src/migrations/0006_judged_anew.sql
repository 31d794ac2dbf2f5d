-- Released: never edited. A change is a new file after this one.

-- Logs whose verdicts are to be asked for again, from an operation on: a centre told them that has since been restored from a
-- copy, or a later verdict was heard of before the receipt. A row goes when the centre has answered for all of it.
CREATE TABLE ask_again (
  log  INTEGER PRIMARY KEY REFERENCES log (number),
  next INTEGER NOT NULL,                        -- The first operation not answered for yet.
  lost INTEGER NOT NULL                         -- 1: told by a centre that is no more.
) STRICT;
