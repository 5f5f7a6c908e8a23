-- Where a file came from: the platform, its message there, and when that was said.
-- +goose Up
ALTER TABLE file_refs ADD COLUMN platform TEXT NOT NULL DEFAULT '';
ALTER TABLE file_refs ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE file_refs ADD COLUMN said_at INTEGER NOT NULL DEFAULT 0;
