-- What each person was asked last about a lead, to be answered in the next message.
-- +goose Up
CREATE TABLE asks (
  person   VARCHAR(128) NOT NULL,
  lead_id  BIGINT NOT NULL,
  move     VARCHAR(64) NOT NULL,
  said     LONGTEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  PRIMARY KEY (person)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
