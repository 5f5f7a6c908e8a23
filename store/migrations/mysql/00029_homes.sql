-- On which platform a person wrote last, where that is not the usual one.
-- +goose Up
CREATE TABLE homes (
  person     VARCHAR(255) NOT NULL,
  platform   VARCHAR(32) NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (person)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
