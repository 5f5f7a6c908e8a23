-- The current figures, one row each, non-zero only: what totals are summed from.
-- +goose Up
CREATE TABLE figures (
  table_id VARCHAR(128) NOT NULL,
  period   BIGINT NOT NULL,
  unit     VARCHAR(128) NOT NULL,
  figure   VARCHAR(128) NOT NULL,
  value    BIGINT NOT NULL,
  PRIMARY KEY (table_id, period, unit, figure),
  KEY figures_table_id (table_id, unit, period)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
