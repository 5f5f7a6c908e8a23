-- What happened to each lead; rows are only added.
-- +goose Up
CREATE TABLE lead_events (
  id          INTEGER NOT NULL PRIMARY KEY,
  lead_id     INTEGER NOT NULL,
  happened_at INTEGER NOT NULL,
  actor       TEXT NOT NULL,
  kind        TEXT NOT NULL,
  data        TEXT NOT NULL
) STRICT;
CREATE INDEX lead_events_lead_id ON lead_events (lead_id);
