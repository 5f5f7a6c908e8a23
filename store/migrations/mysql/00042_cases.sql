-- The cases that leads became.
-- +goose Up
CREATE TABLE cases (
  lead_id    BIGINT NOT NULL,
  number     VARCHAR(255) NOT NULL,
  unit       VARCHAR(128) NOT NULL,
  cause      VARCHAR(255) NOT NULL,
  category   VARCHAR(255) NOT NULL,
  filed_at   BIGINT NOT NULL,
  value      BIGINT NOT NULL,
  fine       BIGINT NOT NULL,
  goods      BIGINT NOT NULL,
  seized     BIGINT NOT NULL,
  ecom       BIGINT NOT NULL,
  live       BIGINT NOT NULL,
  market     BIGINT NOT NULL,
  rural      BIGINT NOT NULL,
  local      BIGINT NOT NULL,
  abroad     BIGINT NOT NULL,
  decision   VARCHAR(255) NOT NULL,
  decided_at BIGINT NOT NULL,
  closed_at  BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (lead_id),
  KEY cases_filed (unit, filed_at),
  KEY cases_decided (unit, decided_at),
  KEY cases_closed (unit, closed_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
