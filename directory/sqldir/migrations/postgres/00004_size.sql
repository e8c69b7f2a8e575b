-- How many events a row of the log is; see the SQLite file.

-- +goose Up
ALTER TABLE events ADD COLUMN size INTEGER NOT NULL DEFAULT 1;

-- +goose Down
ALTER TABLE events DROP COLUMN size;
