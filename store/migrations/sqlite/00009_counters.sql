-- Numbers given out in order.
-- +goose Up
CREATE TABLE counters (
  name  TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;
