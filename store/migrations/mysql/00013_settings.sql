-- What was set while running.
-- +goose Up
CREATE TABLE settings (
  name  VARCHAR(128) NOT NULL,
  value LONGTEXT NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
