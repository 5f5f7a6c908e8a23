-- Every export: who, what, why, and the file's hash.
-- +goose Up
CREATE TABLE exports (
  id          INTEGER NOT NULL PRIMARY KEY,
  number      TEXT NOT NULL,
  state       TEXT NOT NULL,
  asked_by    TEXT NOT NULL,
  asked_at    INTEGER NOT NULL,
  platform    TEXT NOT NULL,
  filter      TEXT NOT NULL,
  whole       INTEGER NOT NULL,
  reason      TEXT NOT NULL,
  cause       TEXT NOT NULL,
  decided_by  TEXT NOT NULL,
  decided_at  INTEGER NOT NULL,
  total       INTEGER NOT NULL,
  file        TEXT NOT NULL,
  sha256      TEXT NOT NULL,
  made_at     INTEGER NOT NULL,
  UNIQUE (number)
) STRICT;
CREATE INDEX exports_state ON exports (state);
