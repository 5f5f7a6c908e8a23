-- Which draft or record a photo or file belongs to; the bytes are in the evidence store.
-- +goose Up
CREATE TABLE file_refs (
  id          BIGINT NOT NULL,
  sha256      VARCHAR(64) NOT NULL,
  name        LONGTEXT NOT NULL,
  mime        VARCHAR(255) NOT NULL,
  kind        VARCHAR(32) NOT NULL,
  size        BIGINT NOT NULL,
  owner       VARCHAR(128) NOT NULL,
  attached_by VARCHAR(128) NOT NULL,
  attached_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY file_refs_owner (owner),
  KEY file_refs_sha256 (sha256)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
