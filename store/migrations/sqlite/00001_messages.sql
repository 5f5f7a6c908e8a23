-- Messages that were handled, by the platform's id of them, with the answer given.
-- +goose Up
CREATE TABLE messages (
  id          INTEGER NOT NULL PRIMARY KEY,
  platform    TEXT NOT NULL,
  sender      TEXT NOT NULL,
  msg_id      TEXT NOT NULL,
  person      TEXT NOT NULL,
  chat        TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  answer      BLOB,
  UNIQUE (platform, sender, msg_id)
) STRICT;
CREATE INDEX messages_received_at ON messages (received_at);
