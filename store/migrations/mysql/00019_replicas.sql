-- The processes that serve.
-- +goose Up
CREATE TABLE replicas (
  owner   VARCHAR(255) NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (owner)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
