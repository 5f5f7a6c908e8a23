-- Weekly tables as filed: every version, with its reason.
-- +goose Up
CREATE TABLE filings (
  id         BIGINT NOT NULL,
  table_id   VARCHAR(128) NOT NULL,
  table_hash VARCHAR(128) NOT NULL,
  unit       VARCHAR(128) NOT NULL,
  period     BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  nil_report BIGINT NOT NULL,
  reporter   VARCHAR(128) NOT NULL,
  reviewer   VARCHAR(128) NOT NULL,
  filed_at   BIGINT NOT NULL,
  due_at     BIGINT NOT NULL,
  late       BIGINT NOT NULL,
  kind       VARCHAR(16) NOT NULL,
  reason     LONGTEXT NOT NULL,
  remark     LONGTEXT NOT NULL,
  notes      LONGTEXT NOT NULL,
  figures    LONGTEXT NOT NULL,
  filed_for  VARCHAR(128) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY filings_once (table_id, unit, period, version),
  KEY filings_table_id (table_id, period, unit, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
