-- +goose Up
-- Times are ms since 1970, UTC; 0 means never.

CREATE TABLE approval_requests (
    plan      TEXT    NOT NULL PRIMARY KEY, -- SHA-256 of its file, hex
    directory TEXT    NOT NULL,
    sync      TEXT    NOT NULL, -- empty for plans of commands
    substance TEXT    NOT NULL, -- digest of what it would do
    title     TEXT    NOT NULL,
    changes   INTEGER NOT NULL,
    actor     TEXT    NOT NULL, -- who asks
    door      TEXT    NOT NULL,
    asked     INTEGER NOT NULL,
    need      INTEGER NOT NULL, -- how many approvals
    why       TEXT    NOT NULL, -- JSON: which rules want them
    override  TEXT    NOT NULL, -- why brakes are overridden; empty if none is
    status    TEXT    NOT NULL,
    ended     INTEGER NOT NULL, -- since when it neither waits nor may be carried out
    note      TEXT    NOT NULL  -- the plan that took its place
) STRICT;
CREATE INDEX approval_requests_open ON approval_requests (ended, directory, sync);

CREATE TABLE approval_decisions (
    plan     TEXT    NOT NULL REFERENCES approval_requests (plan),
    operator TEXT    NOT NULL,
    verdict  TEXT    NOT NULL,
    door     TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    comment  TEXT    NOT NULL,
    PRIMARY KEY (plan, operator)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE approval_decisions;
DROP TABLE approval_requests;
