-- What only one process at a time may hold.
-- +goose Up
CREATE TABLE leases (
  name     VARCHAR(128) NOT NULL,
  owner    VARCHAR(255) NOT NULL,
  until_at BIGINT NOT NULL,
  fence    BIGINT NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
