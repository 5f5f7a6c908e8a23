-- Time that does not count, and time that was added; see store.Span.
-- +goose Up
CREATE TABLE lead_spans (
  id          INTEGER NOT NULL PRIMARY KEY,
  lead_id     INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  limit_kind  TEXT NOT NULL,
  from_day    TEXT NOT NULL,
  until_day   TEXT NOT NULL,
  units       INTEGER NOT NULL,
  reason      TEXT NOT NULL,
  asked_by    TEXT NOT NULL,
  asked_at    INTEGER NOT NULL,
  answered_by TEXT NOT NULL,
  answered_at INTEGER NOT NULL,
  status      TEXT NOT NULL
) STRICT;
CREATE INDEX lead_spans_lead_id ON lead_spans (lead_id);
