-- How users of a platform came to be who they are: every step with who took it and when. Rows are only added.
-- +goose Up
CREATE TABLE identity_steps (
  id       BIGINT NOT NULL,
  platform VARCHAR(32) NOT NULL,
  user_id  VARCHAR(128) NOT NULL,
  account  VARCHAR(255) NOT NULL,
  step     VARCHAR(32) NOT NULL,
  by_whom  VARCHAR(255) NOT NULL,
  taken_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY identity_steps_user (platform, user_id, taken_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
