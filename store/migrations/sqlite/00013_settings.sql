-- What was set while running.
-- +goose Up
CREATE TABLE settings (
  name  TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;
