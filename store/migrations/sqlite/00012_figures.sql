-- The current figures, one row each, non-zero only: what totals are summed from.
-- +goose Up
CREATE TABLE figures (
  table_id TEXT NOT NULL,
  period   INTEGER NOT NULL,
  unit     TEXT NOT NULL,
  figure   TEXT NOT NULL,
  value    INTEGER NOT NULL,
  PRIMARY KEY (table_id, period, unit, figure)
) STRICT, WITHOUT ROWID;
CREATE INDEX figures_table_id ON figures (table_id, unit, period);
