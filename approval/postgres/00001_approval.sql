-- +goose Up
-- Times are ms since 1970, UTC; 0 means never.

CREATE TABLE approval_requests (
    plan      TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- SHA-256 of its file, hex
    directory TEXT COLLATE "C" NOT NULL,
    sync      TEXT COLLATE "C" NOT NULL, -- empty for plans of commands
    substance TEXT COLLATE "C" NOT NULL, -- digest of what it would do
    title     TEXT COLLATE "C" NOT NULL,
    changes   BIGINT NOT NULL,
    actor     TEXT COLLATE "C" NOT NULL, -- who asks
    door      TEXT COLLATE "C" NOT NULL,
    asked     BIGINT NOT NULL,
    need      BIGINT NOT NULL, -- how many approvals
    why       TEXT COLLATE "C" NOT NULL, -- JSON: which rules want them
    override  TEXT COLLATE "C" NOT NULL, -- why brakes are overridden; empty if none is
    status    TEXT COLLATE "C" NOT NULL,
    ended     BIGINT NOT NULL, -- since when it neither waits nor may be carried out
    note      TEXT COLLATE "C" NOT NULL  -- the plan that took its place
);
CREATE INDEX approval_requests_open ON approval_requests (ended, directory, sync);

CREATE TABLE approval_decisions (
    plan     TEXT COLLATE "C" NOT NULL REFERENCES approval_requests (plan),
    operator TEXT COLLATE "C" NOT NULL,
    verdict  TEXT COLLATE "C" NOT NULL,
    door     TEXT COLLATE "C" NOT NULL,
    at       BIGINT NOT NULL,
    comment  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (plan, operator)
);

-- +goose Down
DROP TABLE approval_decisions;
DROP TABLE approval_requests;
