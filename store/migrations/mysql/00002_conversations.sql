-- What the bot remembers of each person between two messages; the row is the turn.
-- +goose Up
CREATE TABLE conversations (
  person     VARCHAR(128) NOT NULL,
  version    BIGINT NOT NULL,
  state      LONGTEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (person)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
