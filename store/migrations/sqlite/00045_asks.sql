-- What each person was asked last about a lead, to be answered in the next message.
-- +goose Up
CREATE TABLE asks (
  person   TEXT NOT NULL PRIMARY KEY,
  lead_id  INTEGER NOT NULL,
  move     TEXT NOT NULL,
  said     TEXT NOT NULL,
  asked_at INTEGER NOT NULL
) STRICT;
