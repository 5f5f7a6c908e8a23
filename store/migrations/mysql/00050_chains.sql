-- The heads of hash chains: how many entries each has, and the last one's hash.
-- +goose Up
CREATE TABLE chains (
  name VARCHAR(191) NOT NULL,
  seq  BIGINT NOT NULL,
  hash VARCHAR(64) NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
