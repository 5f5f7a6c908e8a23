-- What happened to each lead; rows are only added.
-- +goose Up
CREATE TABLE lead_events (
  id          BIGINT NOT NULL,
  lead_id     BIGINT NOT NULL,
  happened_at BIGINT NOT NULL,
  actor       VARCHAR(128) NOT NULL,
  kind        VARCHAR(64) NOT NULL,
  data        LONGTEXT NOT NULL,
  PRIMARY KEY (id),
  KEY lead_events_lead_id (lead_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
