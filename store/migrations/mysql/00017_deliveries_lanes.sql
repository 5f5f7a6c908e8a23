-- Why a delivery waits or ended, what is known of its tries, and the indexes that lanes are claimed by.
-- Everything has a default, so that an older replica goes on writing rows while this one is being rolled out.
-- +goose Up
ALTER TABLE deliveries
  ADD COLUMN hold_until  BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN tried       BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN doubts      BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN doubt_at    BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN why         VARCHAR(255) COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  ADD COLUMN reason      VARCHAR(32) COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  ADD COLUMN words       VARCHAR(64) COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  ADD COLUMN reported_at BIGINT NOT NULL DEFAULT 0,
  ADD KEY deliveries_due (state, priority, due_at, recipient, platform),
  ADD KEY deliveries_hold (state, hold_until),
  ADD KEY deliveries_ended (state, done_at, platform),
  ADD KEY deliveries_recent (recipient, done_at);
