-- What only one process at a time may hold.
-- +goose Up
CREATE TABLE leases (
  name     TEXT NOT NULL,
  owner    TEXT NOT NULL,
  until_at INTEGER NOT NULL,
  fence    INTEGER NOT NULL,
  PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;
