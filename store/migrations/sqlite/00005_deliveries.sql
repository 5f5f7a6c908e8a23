-- The outbox. recipient is kind:account; place_at orders a recipient's rows, due_at is the next attempt.
-- +goose Up
CREATE TABLE deliveries (
  id          INTEGER NOT NULL PRIMARY KEY,
  recipient   TEXT NOT NULL,
  platform    TEXT NOT NULL,
  priority    INTEGER NOT NULL,
  template    TEXT NOT NULL,
  args        TEXT NOT NULL,
  body        BLOB,
  wanted      TEXT NOT NULL,
  cause       TEXT NOT NULL,
  state       TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  place_at    INTEGER NOT NULL,
  due_at      INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL,
  attempts    INTEGER NOT NULL,
  owner       TEXT NOT NULL,
  lease_until INTEGER NOT NULL,
  error_text  TEXT NOT NULL,
  ref         TEXT NOT NULL,
  done_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_state ON deliveries (state, recipient, place_at, due_at, lease_until, priority);
CREATE INDEX deliveries_cause ON deliveries (cause);
