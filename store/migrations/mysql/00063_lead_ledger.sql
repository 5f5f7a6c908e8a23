-- What the ledger that a lead was imported from says beside the registration.
-- +goose Up
CREATE TABLE lead_ledger (
  lead_id BIGINT NOT NULL,
  cells   LONGTEXT NOT NULL,
  PRIMARY KEY (lead_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
