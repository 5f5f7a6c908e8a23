-- Which row of media a file comes of; 0 = its bytes were there when it was attached.
-- +goose Up
ALTER TABLE file_refs ADD COLUMN media INTEGER NOT NULL DEFAULT 0;
CREATE INDEX file_refs_media ON file_refs (media);
