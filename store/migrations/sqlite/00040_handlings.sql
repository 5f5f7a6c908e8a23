-- How each lead is handled: by whom, until when, and what came of it.
-- +goose Up
CREATE TABLE handlings (
  lead_id      INTEGER NOT NULL PRIMARY KEY,
  origin       TEXT NOT NULL,
  unit         TEXT NOT NULL,
  person       TEXT NOT NULL,
  route        TEXT NOT NULL,
  entered_at   INTEGER NOT NULL,
  routed_at    INTEGER NOT NULL,
  assigned_at  INTEGER NOT NULL,
  accepted_at  INTEGER NOT NULL,
  told_at      INTEGER NOT NULL,
  informed_at  INTEGER NOT NULL,
  demand_at    INTEGER NOT NULL,
  outcome      TEXT NOT NULL,
  outcome_at   INTEGER NOT NULL,
  check_due_at INTEGER NOT NULL,
  due_at       INTEGER NOT NULL,
  due_kind     TEXT NOT NULL,
  open         INTEGER NOT NULL,
  before_state TEXT NOT NULL,
  series       TEXT NOT NULL,
  merged_into  INTEGER NOT NULL,
  supervised   INTEGER NOT NULL,
  refused      TEXT NOT NULL,
  note         TEXT NOT NULL,
  updated_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX handlings_due ON handlings (due_at, unit);
CREATE INDEX handlings_unit ON handlings (unit, open, due_at);
CREATE INDEX handlings_outcome ON handlings (unit, outcome_at, entered_at, check_due_at, outcome);
CREATE INDEX handlings_origin ON handlings (origin, routed_at);
CREATE INDEX handlings_series ON handlings (series);
