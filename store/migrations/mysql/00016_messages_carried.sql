-- Whether an answer went out with the acknowledgement of its message.
-- +goose Up
ALTER TABLE messages ADD COLUMN carried BIGINT NOT NULL DEFAULT 0;
