-- Who asked to see an informant, why, and what became of it.
-- +goose Up
CREATE TABLE openings (
  id         BIGINT NOT NULL,
  lead_id    BIGINT NOT NULL,
  asker      VARCHAR(128) NOT NULL,
  reason     LONGTEXT NOT NULL,
  state      VARCHAR(16) NOT NULL,
  asked_at   BIGINT NOT NULL,
  decided_by VARCHAR(128) NOT NULL,
  decided_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  opened_at  BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY openings_lead_id (lead_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
