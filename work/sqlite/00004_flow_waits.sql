-- +goose Up
-- The plan whose approval a flow waits for; empty: it waits for its time.
ALTER TABLE work_flows ADD COLUMN waits TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE work_flows DROP COLUMN waits;
