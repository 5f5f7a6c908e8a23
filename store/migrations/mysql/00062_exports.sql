-- Every export: who, what, why, and the file's hash.
-- +goose Up
CREATE TABLE exports (
  id          BIGINT NOT NULL,
  number      VARCHAR(64) NOT NULL,
  state       VARCHAR(32) NOT NULL,
  asked_by    VARCHAR(128) NOT NULL,
  asked_at    BIGINT NOT NULL,
  platform    VARCHAR(64) NOT NULL,
  filter      LONGTEXT NOT NULL,
  whole       BIGINT NOT NULL,
  reason      LONGTEXT NOT NULL,
  cause       VARCHAR(255) NOT NULL,
  decided_by  VARCHAR(128) NOT NULL,
  decided_at  BIGINT NOT NULL,
  total       BIGINT NOT NULL,
  file        VARCHAR(255) NOT NULL,
  sha256      VARCHAR(64) NOT NULL,
  made_at     BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY exports_once (number),
  KEY exports_state (state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
