-- How far each viewer of the phone page has read each chat.
-- +goose Up
CREATE TABLE phone_reads (
  viewer  VARCHAR(128) NOT NULL,
  chat    VARCHAR(160) NOT NULL,
  last_id BIGINT NOT NULL,
  PRIMARY KEY (viewer, chat)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
