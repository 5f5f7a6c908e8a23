-- Forms being filled.
-- +goose Up
CREATE TABLE drafts (
  id         INTEGER NOT NULL PRIMARY KEY,
  person     TEXT NOT NULL,
  form       TEXT NOT NULL,
  form_hash  TEXT NOT NULL,
  topic      TEXT NOT NULL,
  state      TEXT NOT NULL,
  status     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_person ON drafts (person, status);
CREATE INDEX drafts_topic ON drafts (topic, status);
