-- What proves something, in one hash chain for each record; rows are only added.
-- +goose Up
CREATE TABLE evidence (
  owner       VARCHAR(128) NOT NULL,
  seq         BIGINT NOT NULL,
  happened_at BIGINT NOT NULL,
  person      VARCHAR(128) NOT NULL,
  kind        VARCHAR(16) NOT NULL,
  file        BIGINT NOT NULL,
  name        LONGTEXT NOT NULL,
  sha256      VARCHAR(64) NOT NULL,
  size        BIGINT NOT NULL,
  mime        VARCHAR(255) NOT NULL,
  url         LONGTEXT NOT NULL,
  note        LONGTEXT NOT NULL,
  platform    VARCHAR(32) NOT NULL,
  source      VARCHAR(191) NOT NULL,
  said_at     BIGINT NOT NULL,
  prev        VARCHAR(64) NOT NULL,
  hash        VARCHAR(64) NOT NULL,
  PRIMARY KEY (owner, seq),
  KEY evidence_file (file)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
