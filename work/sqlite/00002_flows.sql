-- +goose Up
-- Requests about a person that are carried out later.
CREATE TABLE work_flows (
    num       INTEGER PRIMARY KEY,
    kind      TEXT    NOT NULL,
    directory TEXT    NOT NULL,
    subject   TEXT    NOT NULL, -- whom it is about: what waits about somebody is found by it
    name      TEXT    NOT NULL, -- for people to read
    request   TEXT    NOT NULL, -- JSON, as whoever carries it out reads it
    due       INTEGER NOT NULL,
    asked     INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    door      TEXT    NOT NULL,
    why       TEXT    NOT NULL,
    state     TEXT    NOT NULL,
    tries     INTEGER NOT NULL,
    ended     INTEGER NOT NULL,
    plan      TEXT    NOT NULL,
    run       TEXT    NOT NULL,
    text      TEXT    NOT NULL -- why it is so
) STRICT;
CREATE UNIQUE INDEX work_flows_open ON work_flows (directory, subject, kind) WHERE state IN ('waiting', 'running');
CREATE INDEX work_flows_due ON work_flows (due) WHERE state = 'waiting';
ALTER TABLE work_attempts ADD COLUMN flow INTEGER NOT NULL DEFAULT 0; -- 0: of no flow

-- +goose Down
ALTER TABLE work_attempts DROP COLUMN flow;
DROP TABLE work_flows;
