-- The request that an event is part of. The events of one write name the first
-- of them, which has it: a write of 100 members keeps its request once. Events
-- from before have neither.

-- +goose Up
ALTER TABLE events ADD COLUMN write_number INTEGER NOT NULL DEFAULT 0; -- 0: its own
ALTER TABLE events ADD COLUMN call TEXT NOT NULL DEFAULT ''; -- one field a line; empty: none, or the first event has it

-- +goose Down
ALTER TABLE events DROP COLUMN call;
ALTER TABLE events DROP COLUMN write_number;
