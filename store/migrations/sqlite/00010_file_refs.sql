-- Which draft or record a photo or file belongs to; the bytes are in the evidence store.
-- +goose Up
CREATE TABLE file_refs (
  id          INTEGER NOT NULL PRIMARY KEY,
  sha256      TEXT NOT NULL,
  name        TEXT NOT NULL,
  mime        TEXT NOT NULL,
  kind        TEXT NOT NULL,
  size        INTEGER NOT NULL,
  owner       TEXT NOT NULL,
  attached_by TEXT NOT NULL,
  attached_at INTEGER NOT NULL
) STRICT;
CREATE INDEX file_refs_owner ON file_refs (owner);
CREATE INDEX file_refs_sha256 ON file_refs (sha256);
