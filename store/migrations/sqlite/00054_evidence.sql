-- What proves something, in one hash chain for each record; rows are only added.
-- +goose Up
CREATE TABLE evidence (
  owner       TEXT NOT NULL,
  seq         INTEGER NOT NULL,
  happened_at INTEGER NOT NULL,
  person      TEXT NOT NULL,
  kind        TEXT NOT NULL,
  file        INTEGER NOT NULL,
  name        TEXT NOT NULL,
  sha256      TEXT NOT NULL,
  size        INTEGER NOT NULL,
  mime        TEXT NOT NULL,
  url         TEXT NOT NULL,
  note        TEXT NOT NULL,
  platform    TEXT NOT NULL,
  source      TEXT NOT NULL,
  said_at     INTEGER NOT NULL,
  prev        TEXT NOT NULL,
  hash        TEXT NOT NULL,
  PRIMARY KEY (owner, seq)
) STRICT;
CREATE INDEX evidence_file ON evidence (file);
