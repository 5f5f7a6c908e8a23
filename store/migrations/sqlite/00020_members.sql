-- What a platform's directory has told about people: who is a member and who has left.
-- +goose Up
CREATE TABLE members (
  platform   TEXT NOT NULL,
  account    TEXT NOT NULL,
  name       TEXT NOT NULL,
  unit       TEXT NOT NULL,
  role       TEXT NOT NULL,
  active     INTEGER NOT NULL,
  formerly   TEXT NOT NULL,
  seen_at    INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (platform, account)
) STRICT, WITHOUT ROWID;
