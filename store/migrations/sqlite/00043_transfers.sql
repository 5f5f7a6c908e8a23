-- What went to the police, to another department or to another place.
-- +goose Up
CREATE TABLE transfers (
  id          INTEGER NOT NULL PRIMARY KEY,
  lead_id     INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  unit        TEXT NOT NULL,
  agency      TEXT NOT NULL,
  document    TEXT NOT NULL,
  reason      TEXT NOT NULL,
  persons     INTEGER NOT NULL,
  papers      TEXT NOT NULL,
  proposed_by TEXT NOT NULL,
  proposed_at INTEGER NOT NULL,
  decided_by  TEXT NOT NULL,
  decided_at  INTEGER NOT NULL,
  approved    INTEGER NOT NULL,
  decision    TEXT NOT NULL,
  sent_at     INTEGER NOT NULL,
  answer      TEXT NOT NULL,
  answered_at INTEGER NOT NULL
) STRICT;
CREATE INDEX transfers_lead_id ON transfers (lead_id);
CREATE INDEX transfers_sent ON transfers (unit, kind, sent_at);
CREATE INDEX transfers_answered ON transfers (unit, answer, answered_at);
