-- Keys of the centre and bundles that came by USB, chat or relay.

CREATE TABLE key_set (                  -- Each rotation; the highest version is in force. The root's secret is nowhere here.
  version   INTEGER PRIMARY KEY,
  root      BLOB NOT NULL,              -- Ed25519 public key that signed the text.
  text      TEXT NOT NULL,              -- The exact signed JSON.
  signature TEXT NOT NULL,
  seal      BLOB NOT NULL,              -- X25519 secret; old ones stay, for bundles that travel slowly.
  sign      BLOB NOT NULL,              -- Ed25519 seed of the key that signs receipts.
  made_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE bundle (                   -- Bundles taken, each once whatever it came by.
  sha256     BLOB PRIMARY KEY,          -- Of the sealed part.
  id         BLOB NOT NULL,             -- As its device chose it.
  size       INTEGER NOT NULL,          -- Of the sealed part, bytes.
  device     INTEGER NOT NULL REFERENCES device (no),
  arrived    INTEGER NOT NULL,          -- Seconds since 1970; information for people.
  operations INTEGER NOT NULL,
  receipt    TEXT NOT NULL              -- JSON; signed and sealed anew whenever it is fetched.
) STRICT, WITHOUT ROWID;
CREATE INDEX bundle_id ON bundle (id);
