-- The phone page's chats, as a platform's server would keep them.
-- +goose Up
CREATE TABLE phone_messages (
  id          INTEGER NOT NULL PRIMARY KEY,
  chat        TEXT NOT NULL,
  author      TEXT NOT NULL,
  body        TEXT NOT NULL,
  said_at     INTEGER NOT NULL,
  delivery_id INTEGER,
  UNIQUE (delivery_id)
) STRICT;
CREATE INDEX phone_messages_chat ON phone_messages (chat);
