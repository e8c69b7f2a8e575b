-- From where a store may be reached: JSON, or empty where that was never said.

-- +goose Up
ALTER TABLE stores ADD COLUMN network TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE stores DROP COLUMN network;
