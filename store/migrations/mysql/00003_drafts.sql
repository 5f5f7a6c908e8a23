-- Forms being filled.
-- +goose Up
CREATE TABLE drafts (
  id         BIGINT NOT NULL,
  person     VARCHAR(128) NOT NULL,
  form       VARCHAR(128) NOT NULL,
  form_hash  VARCHAR(128) NOT NULL,
  topic      VARCHAR(191) NOT NULL,
  state      LONGTEXT NOT NULL,
  status     VARCHAR(16) NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY drafts_person (person, status),
  KEY drafts_topic (topic, status)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
