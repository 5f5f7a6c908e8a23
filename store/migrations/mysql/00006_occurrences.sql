-- What the schedule has done: one row for each job and due time.
-- +goose Up
CREATE TABLE occurrences (
  job      VARCHAR(191) NOT NULL,
  due_at   BIGINT NOT NULL,
  fired_at BIGINT NOT NULL,
  outcome  LONGTEXT NOT NULL,
  PRIMARY KEY (job, due_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
