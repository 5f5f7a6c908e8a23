-- What a channel had to do for a delivery before it could be sent: an upload's name.
-- +goose Up
ALTER TABLE deliveries ADD COLUMN prepared LONGBLOB DEFAULT NULL;
