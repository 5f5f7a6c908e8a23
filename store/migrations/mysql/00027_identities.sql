-- Who a user of a platform is: bound to an account by the office, asked for, blocked, or only seen.
-- +goose Up
CREATE TABLE identities (
  platform   VARCHAR(32) NOT NULL,
  user_id    VARCHAR(128) NOT NULL,
  account    VARCHAR(255) NOT NULL,
  union_id   VARCHAR(128) NOT NULL,
  state      VARCHAR(16) NOT NULL,
  request    BIGINT NOT NULL,
  decided_by VARCHAR(255) NOT NULL,
  asked_at   BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (platform, user_id),
  KEY identities_request (request)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
