-- On which platform a person wrote last, where that is not the usual one.
-- +goose Up
CREATE TABLE homes (
  person     TEXT NOT NULL PRIMARY KEY,
  platform   TEXT NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
