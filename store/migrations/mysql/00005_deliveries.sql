-- The outbox. recipient is kind:account; place_at orders a recipient's rows, due_at is the next attempt.
-- +goose Up
CREATE TABLE deliveries (
  id          BIGINT NOT NULL,
  recipient   VARCHAR(160) NOT NULL,
  platform    VARCHAR(32) NOT NULL,
  priority    BIGINT NOT NULL,
  template    VARCHAR(128) NOT NULL,
  args        LONGTEXT NOT NULL,
  body        LONGBLOB,
  wanted      LONGTEXT NOT NULL,
  cause       VARCHAR(400) NOT NULL,
  state       VARCHAR(16) NOT NULL,
  created_at  BIGINT NOT NULL,
  place_at    BIGINT NOT NULL,
  due_at      BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  attempts    BIGINT NOT NULL,
  owner       VARCHAR(128) NOT NULL,
  lease_until BIGINT NOT NULL,
  error_text  LONGTEXT NOT NULL,
  ref         LONGTEXT NOT NULL,
  done_at     BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY deliveries_state (state, recipient, place_at, due_at, lease_until, priority),
  KEY deliveries_cause (cause)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
