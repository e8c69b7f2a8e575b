-- The groups of a user, which SQLite keeps apart from memberships: PostgreSQL
-- has them in an index, and does not write a page for every entry.

-- +goose Up
CREATE VIEW user_groups AS SELECT user_key, group_key FROM memberships;

-- +goose Down
DROP VIEW user_groups;
