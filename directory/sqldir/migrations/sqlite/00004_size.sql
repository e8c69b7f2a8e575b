-- A change of many members is one row of the log. Its events have consecutive
-- numbers, from the row's own on; their ids and documents are a line each.

-- +goose Up
ALTER TABLE events ADD COLUMN size INTEGER NOT NULL DEFAULT 1; -- how many events the row is

-- +goose Down
ALTER TABLE events DROP COLUMN size;
