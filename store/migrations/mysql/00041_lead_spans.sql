-- Time that does not count, and time that was added; see store.Span.
-- +goose Up
CREATE TABLE lead_spans (
  id          BIGINT NOT NULL,
  lead_id     BIGINT NOT NULL,
  kind        VARCHAR(64) NOT NULL,
  limit_kind  VARCHAR(64) NOT NULL,
  from_day    VARCHAR(16) NOT NULL,
  until_day   VARCHAR(16) NOT NULL,
  units       BIGINT NOT NULL,
  reason      LONGTEXT NOT NULL,
  asked_by    VARCHAR(128) NOT NULL,
  asked_at    BIGINT NOT NULL,
  answered_by VARCHAR(128) NOT NULL,
  answered_at BIGINT NOT NULL,
  status      VARCHAR(64) NOT NULL,
  PRIMARY KEY (id),
  KEY lead_spans_lead_id (lead_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
