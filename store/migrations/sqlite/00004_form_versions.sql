-- Every version of a form that a draft or record was made with.
-- +goose Up
CREATE TABLE form_versions (
  form       TEXT NOT NULL,
  hash       TEXT NOT NULL,
  body       TEXT NOT NULL,
  first_used INTEGER NOT NULL,
  PRIMARY KEY (form, hash)
) STRICT, WITHOUT ROWID;
