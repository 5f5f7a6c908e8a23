-- Where a file came from: the platform, its message there, and when that was said.
-- +goose Up
ALTER TABLE file_refs
  ADD COLUMN platform VARCHAR(32) NOT NULL DEFAULT '',
  ADD COLUMN source VARCHAR(191) NOT NULL DEFAULT '',
  ADD COLUMN said_at BIGINT NOT NULL DEFAULT 0;
