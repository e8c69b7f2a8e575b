-- +goose Up
-- Times are ms since 1970, UTC; 0 means never.

CREATE TABLE work_syncs (
    sync   TEXT    NOT NULL PRIMARY KEY,
    spec   TEXT    NOT NULL, -- the schedule in words, to notice that it was changed
    since  INTEGER NOT NULL, -- when it was first seen
    due    INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    paused_by  TEXT NOT NULL,
    paused_why TEXT NOT NULL,
    numbers    TEXT NOT NULL -- JSON, of the last plan
) STRICT, WITHOUT ROWID;

-- Runs that somebody has asked for, now or at a time to come.
CREATE TABLE work_asks (
    sync  TEXT    NOT NULL,
    at    INTEGER NOT NULL,
    why   TEXT    NOT NULL,
    actor TEXT    NOT NULL,
    door  TEXT    NOT NULL,
    PRIMARY KEY (sync, at, why)
) STRICT, WITHOUT ROWID;

CREATE TABLE work_attempts (
    num     INTEGER PRIMARY KEY,
    sync    TEXT    NOT NULL, -- empty: a command's run that is gone on with
    lane    TEXT    NOT NULL, -- what excludes others
    due     INTEGER NOT NULL,
    began   INTEGER NOT NULL,
    ended   INTEGER NOT NULL,
    why     TEXT    NOT NULL,
    actor   TEXT    NOT NULL,
    door    TEXT    NOT NULL,
    holder  TEXT    NOT NULL,
    epoch   INTEGER NOT NULL,
    expires INTEGER NOT NULL, -- 0: given back
    plan    TEXT    NOT NULL,
    run     TEXT    NOT NULL,
    status  TEXT    NOT NULL,
    fault   TEXT    NOT NULL,
    text    TEXT    NOT NULL,
    changes INTEGER NOT NULL, -- planned
    made    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX work_attempts_open ON work_attempts (lane) WHERE ended = 0;
CREATE INDEX work_attempts_ended ON work_attempts (ended);

CREATE TABLE work_notices (
    cause TEXT    NOT NULL PRIMARY KEY,
    made  INTEGER NOT NULL,
    body  TEXT    NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE work_deliveries (
    cause     TEXT    NOT NULL,
    receiver  TEXT    NOT NULL,
    tries     INTEGER NOT NULL,
    next      INTEGER NOT NULL, -- 0: delivered, or given up
    delivered INTEGER NOT NULL,
    problem   TEXT    NOT NULL,
    PRIMARY KEY (cause, receiver)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_deliveries_next ON work_deliveries (next) WHERE next > 0;

-- +goose Down
DROP TABLE work_deliveries;
DROP TABLE work_notices;
DROP TABLE work_attempts;
DROP TABLE work_asks;
DROP TABLE work_syncs;
