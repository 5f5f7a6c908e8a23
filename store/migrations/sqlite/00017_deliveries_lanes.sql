-- Why a delivery waits or ended, what is known of its tries, and the indexes that lanes are claimed by.
-- Everything has a default, so that an older replica goes on writing rows while this one is being rolled out.
-- +goose Up
ALTER TABLE deliveries ADD COLUMN hold_until  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN tried       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN doubts      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN doubt_at    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN why         TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN reason      TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN words       TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN reported_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX deliveries_due ON deliveries (state, priority, due_at, recipient, platform);
CREATE INDEX deliveries_hold ON deliveries (state, hold_until);
CREATE INDEX deliveries_ended ON deliveries (state, done_at, platform);
CREATE INDEX deliveries_recent ON deliveries (recipient, done_at);
