-- Who told of a lead, sealed; the keys are not in the database.
-- +goose Up
CREATE TABLE informants (
  id           INTEGER NOT NULL PRIMARY KEY,
  lead_id      INTEGER NOT NULL,
  name         BLOB DEFAULT NULL,
  phone        BLOB DEFAULT NULL,
  id_number    BLOB DEFAULT NULL,
  reach        BLOB DEFAULT NULL,
  real_name    INTEGER NOT NULL,
  confidential INTEGER NOT NULL,
  entered_by   TEXT NOT NULL,
  entered_at   INTEGER NOT NULL,
  version      INTEGER NOT NULL,
  UNIQUE (lead_id)
) STRICT;
