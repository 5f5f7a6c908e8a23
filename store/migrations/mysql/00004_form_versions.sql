-- Every version of a form that a draft or record was made with.
-- +goose Up
CREATE TABLE form_versions (
  form       VARCHAR(128) NOT NULL,
  hash       VARCHAR(128) NOT NULL,
  body       LONGTEXT NOT NULL,
  first_used BIGINT NOT NULL,
  PRIMARY KEY (form, hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
