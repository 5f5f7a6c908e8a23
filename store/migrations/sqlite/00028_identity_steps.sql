-- How users of a platform came to be who they are: every step with who took it and when. Rows are only added.
-- +goose Up
CREATE TABLE identity_steps (
  id       INTEGER NOT NULL PRIMARY KEY,
  platform TEXT NOT NULL,
  user_id  TEXT NOT NULL,
  account  TEXT NOT NULL,
  step     TEXT NOT NULL,
  by_whom  TEXT NOT NULL,
  taken_at INTEGER NOT NULL
) STRICT;
CREATE INDEX identity_steps_user ON identity_steps (platform, user_id, taken_at);
