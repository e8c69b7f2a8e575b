-- The request that an event is part of; see the SQLite file.

-- +goose Up
ALTER TABLE events ADD COLUMN write_number BIGINT NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN call TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE events DROP COLUMN call;
ALTER TABLE events DROP COLUMN write_number;
