-- What the schedule has done: one row for each job and due time.
-- +goose Up
CREATE TABLE occurrences (
  job      TEXT NOT NULL,
  due_at   INTEGER NOT NULL,
  fired_at INTEGER NOT NULL,
  outcome  TEXT NOT NULL,
  PRIMARY KEY (job, due_at)
) STRICT, WITHOUT ROWID;
