-- Broadcasts: one reply to many people, queued batch by batch. next is how many of the recipients are queued.
-- +goose Up
CREATE TABLE broadcasts (
  id         BIGINT NOT NULL,
  author     VARCHAR(128) NOT NULL,
  platform   VARCHAR(32) NOT NULL,
  template   VARCHAR(128) NOT NULL,
  body       LONGBLOB NOT NULL,
  recipients LONGTEXT NOT NULL,
  total      BIGINT NOT NULL,
  next       BIGINT NOT NULL,
  state      VARCHAR(16) NOT NULL,
  created_at BIGINT NOT NULL,
  done_at    BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY broadcasts_state (state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
