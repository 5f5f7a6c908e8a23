-- The ledger of suspected violations.
-- +goose Up
CREATE TABLE leads (
  id            INTEGER NOT NULL PRIMARY KEY,
  number        TEXT NOT NULL,
  state         TEXT NOT NULL,
  registered_at INTEGER NOT NULL,
  found_at      INTEGER NOT NULL,
  source        TEXT NOT NULL,
  unit          TEXT NOT NULL,
  reporter      TEXT NOT NULL,
  subject       TEXT NOT NULL,
  place         TEXT NOT NULL,
  township      TEXT NOT NULL,
  violation     TEXT NOT NULL,
  category      TEXT NOT NULL,
  urgency       TEXT NOT NULL,
  content       TEXT NOT NULL,
  value         INTEGER,
  quantity      TEXT NOT NULL,
  phone         TEXT NOT NULL,
  platform      TEXT NOT NULL,
  shop          TEXT NOT NULL,
  link          TEXT NOT NULL,
  details       TEXT NOT NULL,
  form_hash     TEXT NOT NULL,
  version       INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  UNIQUE (number)
) STRICT;
CREATE INDEX leads_unit ON leads (unit);
CREATE INDEX leads_reporter ON leads (reporter);
CREATE INDEX leads_registered_at ON leads (registered_at, unit);
CREATE INDEX leads_state ON leads (state, registered_at, unit);
CREATE INDEX leads_source ON leads (source, registered_at);
CREATE INDEX leads_violation ON leads (violation, registered_at);
CREATE INDEX leads_unit_registered_at ON leads (unit, registered_at);
