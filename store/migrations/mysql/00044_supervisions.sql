-- Numbered notices that press a unit (督办), each signed by hand.
-- +goose Up
CREATE TABLE supervisions (
  id          BIGINT NOT NULL,
  number      VARCHAR(64) NOT NULL,
  lead_id     BIGINT NOT NULL,
  unit        VARCHAR(128) NOT NULL,
  cause       LONGTEXT NOT NULL,
  due_at      BIGINT NOT NULL,
  proposed_by VARCHAR(128) NOT NULL,
  signed_by   VARCHAR(128) NOT NULL,
  signed_at   BIGINT NOT NULL,
  ended_at    BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY supervisions_once (number),
  KEY supervisions_lead_id (lead_id),
  KEY supervisions_signed (unit, signed_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
