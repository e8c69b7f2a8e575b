-- +goose Up
-- Times are ms since 1970, UTC; 0 means never.

CREATE TABLE baselines (
    sync   TEXT    NOT NULL PRIMARY KEY,
    digest TEXT    NOT NULL,
    made   INTEGER NOT NULL, -- when the read began
    counts TEXT    NOT NULL  -- JSON
) STRICT;

-- Reads whose plans are not carried out yet.
CREATE TABLE baseline_reads (
    sync   TEXT    NOT NULL,
    digest TEXT    NOT NULL,
    made   INTEGER NOT NULL,
    counts TEXT    NOT NULL,
    PRIMARY KEY (sync, digest)
) STRICT;

CREATE TABLE absences (
    sync     TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    anchor   TEXT    NOT NULL,
    since    INTEGER NOT NULL, -- the first of the reads in a row that lack it
    disabled INTEGER NOT NULL, -- the first of those in a row that found its account disabled
    PRIMARY KEY (sync, kind, anchor)
) STRICT;

-- +goose Down
DROP TABLE absences;
DROP TABLE baseline_reads;
DROP TABLE baselines;
