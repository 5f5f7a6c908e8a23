-- Numbered notices that press a unit (督办), each signed by hand.
-- +goose Up
CREATE TABLE supervisions (
  id          INTEGER NOT NULL PRIMARY KEY,
  number      TEXT NOT NULL,
  lead_id     INTEGER NOT NULL,
  unit        TEXT NOT NULL,
  cause       TEXT NOT NULL,
  due_at      INTEGER NOT NULL,
  proposed_by TEXT NOT NULL,
  signed_by   TEXT NOT NULL,
  signed_at   INTEGER NOT NULL,
  ended_at    INTEGER NOT NULL,
  UNIQUE (number)
) STRICT;
CREATE INDEX supervisions_lead_id ON supervisions (lead_id);
CREATE INDEX supervisions_signed ON supervisions (unit, signed_at);
