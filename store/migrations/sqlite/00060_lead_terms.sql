-- What leads are found by: pairs of characters, and hashes of what they can be alike in.
-- +goose Up
CREATE TABLE lead_terms (
  term    INTEGER NOT NULL,
  lead_id INTEGER NOT NULL,
  PRIMARY KEY (term, lead_id)
) STRICT, WITHOUT ROWID;
