-- Weekly tables as filed: every version, with its reason.
-- +goose Up
CREATE TABLE filings (
  id         INTEGER NOT NULL PRIMARY KEY,
  table_id   TEXT NOT NULL,
  table_hash TEXT NOT NULL,
  unit       TEXT NOT NULL,
  period     INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  nil_report INTEGER NOT NULL,
  reporter   TEXT NOT NULL,
  reviewer   TEXT NOT NULL,
  filed_at   INTEGER NOT NULL,
  due_at     INTEGER NOT NULL,
  late       INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  reason     TEXT NOT NULL,
  remark     TEXT NOT NULL,
  notes      TEXT NOT NULL,
  figures    TEXT NOT NULL,
  filed_for  TEXT NOT NULL,
  UNIQUE (table_id, unit, period, version)
) STRICT;
CREATE INDEX filings_table_id ON filings (table_id, period, unit, version);
