-- The phone page's chats, as a platform's server would keep them.
-- +goose Up
CREATE TABLE phone_messages (
  id          BIGINT NOT NULL,
  chat        VARCHAR(160) NOT NULL,
  author      VARCHAR(128) NOT NULL,
  body        LONGTEXT NOT NULL,
  said_at     BIGINT NOT NULL,
  delivery_id BIGINT,
  PRIMARY KEY (id),
  UNIQUE KEY phone_messages_once (delivery_id),
  KEY phone_messages_chat (chat)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
