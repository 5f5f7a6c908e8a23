-- Which row of media a file comes of; 0 = its bytes were there when it was attached.
-- +goose Up
ALTER TABLE file_refs
  ADD COLUMN media BIGINT NOT NULL DEFAULT 0,
  ADD KEY file_refs_media (media);
