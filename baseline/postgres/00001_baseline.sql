-- +goose Up
-- Times are ms since 1970, UTC; 0 means never.

CREATE TABLE baselines (
    sync   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    digest TEXT COLLATE "C" NOT NULL,
    made   BIGINT  NOT NULL, -- when the read began
    counts TEXT    NOT NULL  -- JSON
);

-- Reads whose plans are not carried out yet.
CREATE TABLE baseline_reads (
    sync   TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    made   BIGINT  NOT NULL,
    counts TEXT    NOT NULL,
    PRIMARY KEY (sync, digest)
);

CREATE TABLE absences (
    sync     TEXT COLLATE "C" NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL,
    anchor   TEXT COLLATE "C" NOT NULL,
    since    BIGINT  NOT NULL, -- the first of the reads in a row that lack it
    disabled BIGINT  NOT NULL, -- the first of those in a row that found its account disabled
    PRIMARY KEY (sync, kind, anchor)
);

-- +goose Down
DROP TABLE absences;
DROP TABLE baseline_reads;
DROP TABLE baselines;
