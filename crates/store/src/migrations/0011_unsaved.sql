-- Released: never edited. A change is a new file after this one.

-- What was typed on a screen and not saved: outlives the program, counts as nothing, is sent nowhere. Its text is the screen's own.
CREATE TABLE unsaved (
  key  TEXT NOT NULL PRIMARY KEY,               -- The screen, and which of its forms.
  unit TEXT NOT NULL,                           -- The unit it is typed for, so that nobody takes that one for unused; may be empty.
  text TEXT NOT NULL,
  at   TEXT NOT NULL                            -- When it was kept, RFC 3339.
) STRICT;
