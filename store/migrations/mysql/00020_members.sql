-- What a platform's directory has told about people: who is a member and who has left.
-- +goose Up
CREATE TABLE members (
  platform   VARCHAR(64) NOT NULL,
  account    VARCHAR(255) NOT NULL,
  name       VARCHAR(255) NOT NULL,
  unit       VARCHAR(255) NOT NULL,
  role       VARCHAR(64) NOT NULL,
  active     BIGINT NOT NULL,
  formerly   VARCHAR(255) NOT NULL,
  seen_at    BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (platform, account)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
