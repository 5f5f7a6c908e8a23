-- What the ledger that a lead was imported from says beside the registration.
-- +goose Up
CREATE TABLE lead_ledger (
  lead_id INTEGER NOT NULL PRIMARY KEY,
  cells   TEXT NOT NULL
) STRICT;
