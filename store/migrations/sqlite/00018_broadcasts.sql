-- Broadcasts: one reply to many people, queued batch by batch. next is how many of the recipients are queued.
-- +goose Up
CREATE TABLE broadcasts (
  id         INTEGER NOT NULL PRIMARY KEY,
  author     TEXT NOT NULL,
  platform   TEXT NOT NULL,
  template   TEXT NOT NULL,
  body       BLOB NOT NULL,
  recipients TEXT NOT NULL,
  total      INTEGER NOT NULL,
  next       INTEGER NOT NULL,
  state      TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  done_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX broadcasts_state ON broadcasts (state);
