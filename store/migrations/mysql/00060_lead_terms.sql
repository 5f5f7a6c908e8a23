-- What leads are found by: pairs of characters, and hashes of what they can be alike in.
-- +goose Up
CREATE TABLE lead_terms (
  term    BIGINT NOT NULL,
  lead_id BIGINT NOT NULL,
  PRIMARY KEY (term, lead_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
