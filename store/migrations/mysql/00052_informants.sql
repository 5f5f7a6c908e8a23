-- Who told of a lead, sealed; the keys are not in the database.
-- +goose Up
CREATE TABLE informants (
  id           BIGINT NOT NULL,
  lead_id      BIGINT NOT NULL,
  name         LONGBLOB DEFAULT NULL,
  phone        LONGBLOB DEFAULT NULL,
  id_number    LONGBLOB DEFAULT NULL,
  reach        LONGBLOB DEFAULT NULL,
  real_name    BIGINT NOT NULL,
  confidential BIGINT NOT NULL,
  entered_by   VARCHAR(128) NOT NULL,
  entered_at   BIGINT NOT NULL,
  version      BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY informants_lead_id (lead_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
