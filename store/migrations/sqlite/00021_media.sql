-- What people sent and a platform still has: its bytes are fetched after the message is durable.
-- +goose Up
CREATE TABLE media (
  id         INTEGER NOT NULL PRIMARY KEY,
  platform   TEXT NOT NULL,
  ref        TEXT NOT NULL,
  kind       TEXT NOT NULL,
  name       TEXT NOT NULL,
  person     TEXT NOT NULL,
  cause      TEXT NOT NULL,
  state      TEXT NOT NULL,
  said_at    INTEGER NOT NULL,
  wanted_at  INTEGER NOT NULL,
  due_at     INTEGER NOT NULL,
  attempts   INTEGER NOT NULL,
  sha256     TEXT NOT NULL,
  mime       TEXT NOT NULL,
  size       INTEGER NOT NULL,
  why        TEXT NOT NULL,
  error_text TEXT NOT NULL,
  done_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX media_due ON media (state, due_at);
CREATE INDEX media_person ON media (person, state, said_at);
