-- What went to the police, to another department or to another place.
-- +goose Up
CREATE TABLE transfers (
  id          BIGINT NOT NULL,
  lead_id     BIGINT NOT NULL,
  kind        VARCHAR(64) NOT NULL,
  unit        VARCHAR(128) NOT NULL,
  agency      VARCHAR(255) NOT NULL,
  document    VARCHAR(255) NOT NULL,
  reason      LONGTEXT NOT NULL,
  persons     BIGINT NOT NULL,
  papers      LONGTEXT NOT NULL,
  proposed_by VARCHAR(128) NOT NULL,
  proposed_at BIGINT NOT NULL,
  decided_by  VARCHAR(128) NOT NULL,
  decided_at  BIGINT NOT NULL,
  approved    BIGINT NOT NULL,
  decision    LONGTEXT NOT NULL,
  sent_at     BIGINT NOT NULL,
  answer      VARCHAR(64) NOT NULL,
  answered_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY transfers_lead_id (lead_id),
  KEY transfers_sent (unit, kind, sent_at),
  KEY transfers_answered (unit, answer, answered_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
