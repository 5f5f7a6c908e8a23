-- Messages that were handled, by the platform's id of them, with the answer given.
-- +goose Up
CREATE TABLE messages (
  id          BIGINT NOT NULL,
  platform    VARCHAR(32) NOT NULL,
  sender      VARCHAR(128) NOT NULL,
  msg_id      VARCHAR(191) NOT NULL,
  person      VARCHAR(128) NOT NULL,
  chat        VARCHAR(160) NOT NULL,
  received_at BIGINT NOT NULL,
  answer      LONGBLOB,
  PRIMARY KEY (id),
  UNIQUE KEY messages_once (platform, sender, msg_id),
  KEY messages_received_at (received_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
