-- What people sent and a platform still has: its bytes are fetched after the message is durable.
-- +goose Up
CREATE TABLE media (
  id         BIGINT NOT NULL,
  platform   VARCHAR(32) NOT NULL,
  ref        LONGTEXT NOT NULL,
  kind       VARCHAR(32) NOT NULL,
  name       LONGTEXT NOT NULL,
  person     VARCHAR(128) NOT NULL,
  cause      LONGTEXT NOT NULL,
  state      VARCHAR(16) NOT NULL,
  said_at    BIGINT NOT NULL,
  wanted_at  BIGINT NOT NULL,
  due_at     BIGINT NOT NULL,
  attempts   BIGINT NOT NULL,
  sha256     VARCHAR(64) NOT NULL,
  mime       VARCHAR(255) NOT NULL,
  size       BIGINT NOT NULL,
  why        VARCHAR(32) NOT NULL,
  error_text LONGTEXT NOT NULL,
  done_at    BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY media_due (state, due_at),
  KEY media_person (person, state, said_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
