-- Numbers given out in order.
-- +goose Up
CREATE TABLE counters (
  name  VARCHAR(128) NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
