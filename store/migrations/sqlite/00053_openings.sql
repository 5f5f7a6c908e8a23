-- Who asked to see an informant, why, and what became of it.
-- +goose Up
CREATE TABLE openings (
  id         INTEGER NOT NULL PRIMARY KEY,
  lead_id    INTEGER NOT NULL,
  asker      TEXT NOT NULL,
  reason     TEXT NOT NULL,
  state      TEXT NOT NULL,
  asked_at   INTEGER NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  opened_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX openings_lead_id ON openings (lead_id);
