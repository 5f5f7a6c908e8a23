-- Who did what that is answered for, in one hash chain; rows are only added.
-- +goose Up
CREATE TABLE audit (
  seq         BIGINT NOT NULL,
  happened_at BIGINT NOT NULL,
  actor       VARCHAR(128) NOT NULL,
  action      VARCHAR(64) NOT NULL,
  object      VARCHAR(191) NOT NULL,
  reason      LONGTEXT NOT NULL,
  details     LONGTEXT NOT NULL,
  prev        VARCHAR(64) NOT NULL,
  hash        VARCHAR(64) NOT NULL,
  PRIMARY KEY (seq),
  KEY audit_object (object, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
