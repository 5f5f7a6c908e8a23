-- Who did what that is answered for, in one hash chain; rows are only added.
-- +goose Up
CREATE TABLE audit (
  seq         INTEGER NOT NULL PRIMARY KEY,
  happened_at INTEGER NOT NULL,
  actor       TEXT NOT NULL,
  action      TEXT NOT NULL,
  object      TEXT NOT NULL,
  reason      TEXT NOT NULL,
  details     TEXT NOT NULL,
  prev        TEXT NOT NULL,
  hash        TEXT NOT NULL
) STRICT;
CREATE INDEX audit_object ON audit (object, seq);
