-- The processes that serve.
-- +goose Up
CREATE TABLE replicas (
  owner   TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (owner)
) STRICT, WITHOUT ROWID;
