-- The heads of hash chains: how many entries each has, and the last one's hash.
-- +goose Up
CREATE TABLE chains (
  name TEXT NOT NULL PRIMARY KEY,
  seq  INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
