-- What the bot remembers of each person between two messages; the row is the turn.
-- +goose Up
CREATE TABLE conversations (
  person     TEXT NOT NULL,
  version    INTEGER NOT NULL,
  state      TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (person)
) STRICT, WITHOUT ROWID;
