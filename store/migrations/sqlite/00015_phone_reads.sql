-- How far each viewer of the phone page has read each chat.
-- +goose Up
CREATE TABLE phone_reads (
  viewer  TEXT NOT NULL,
  chat    TEXT NOT NULL,
  last_id INTEGER NOT NULL,
  PRIMARY KEY (viewer, chat)
) STRICT, WITHOUT ROWID;
