-- Who a user of a platform is: bound to an account by the office, asked for, blocked, or only seen.
-- +goose Up
CREATE TABLE identities (
  platform   TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  account    TEXT NOT NULL,
  union_id   TEXT NOT NULL,
  state      TEXT NOT NULL,
  request    INTEGER NOT NULL,
  decided_by TEXT NOT NULL,
  asked_at   INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (platform, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_request ON identities (request);
