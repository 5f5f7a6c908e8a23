-- Whose spools hold messages of the person, and where the oldest of each stands; see store.Wait.
-- +goose Up
ALTER TABLE conversations ADD COLUMN waits TEXT NOT NULL DEFAULT '';
