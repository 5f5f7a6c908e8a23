-- The cases that leads became.
-- +goose Up
CREATE TABLE cases (
  lead_id    INTEGER NOT NULL PRIMARY KEY,
  number     TEXT NOT NULL,
  unit       TEXT NOT NULL,
  cause      TEXT NOT NULL,
  category   TEXT NOT NULL,
  filed_at   INTEGER NOT NULL,
  value      INTEGER NOT NULL,
  fine       INTEGER NOT NULL,
  goods      INTEGER NOT NULL,
  seized     INTEGER NOT NULL,
  ecom       INTEGER NOT NULL,
  live       INTEGER NOT NULL,
  market     INTEGER NOT NULL,
  rural      INTEGER NOT NULL,
  local      INTEGER NOT NULL,
  abroad     INTEGER NOT NULL,
  decision   TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  closed_at  INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX cases_filed ON cases (unit, filed_at);
CREATE INDEX cases_decided ON cases (unit, decided_at);
CREATE INDEX cases_closed ON cases (unit, closed_at);
