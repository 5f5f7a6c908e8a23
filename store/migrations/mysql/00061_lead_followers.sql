-- Who wants to hear how another's lead goes on.
-- +goose Up
CREATE TABLE lead_followers (
  lead_id  BIGINT NOT NULL,
  account  VARCHAR(128) NOT NULL,
  since    BIGINT NOT NULL,
  PRIMARY KEY (lead_id, account)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
