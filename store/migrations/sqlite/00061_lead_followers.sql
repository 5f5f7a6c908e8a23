-- Who wants to hear how another's lead goes on.
-- +goose Up
CREATE TABLE lead_followers (
  lead_id  INTEGER NOT NULL,
  account  TEXT NOT NULL,
  since    INTEGER NOT NULL,
  PRIMARY KEY (lead_id, account)
) STRICT, WITHOUT ROWID;
