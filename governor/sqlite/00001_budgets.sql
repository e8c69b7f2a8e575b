-- +goose Up
-- Times are ns since 1970, UTC; 0 means never.

CREATE TABLE budgets (
    scope              TEXT    NOT NULL, -- the instance or store
    family             TEXT    NOT NULL,
    next_any           INTEGER NOT NULL, -- when the next slot is that nobody has
    next_read          INTEGER NOT NULL, -- not before then for a read; likewise a write
    next_write         INTEGER NOT NULL,
    served_leaver      INTEGER NOT NULL, -- when a lane last got a slot
    served_interactive INTEGER NOT NULL,
    served_sync        INTEGER NOT NULL,
    served_audit       INTEGER NOT NULL,
    learned            INTEGER NOT NULL, -- calls per 1,000 s at learned_at; 0: nothing learned
    learned_at         INTEGER NOT NULL,
    blocked_until      INTEGER NOT NULL,
    epoch              INTEGER NOT NULL, -- slots of an earlier one are void
    strikes            INTEGER NOT NULL, -- throttlings in a row
    settled_at         INTEGER NOT NULL, -- throttle answers before then belong to the last throttling
    throttled          INTEGER NOT NULL, -- throttle answers so far
    throttled_at       INTEGER NOT NULL,
    PRIMARY KEY (scope, family)
) STRICT, WITHOUT ROWID;

CREATE TABLE budget_waiting (
    scope   TEXT    NOT NULL,
    family  TEXT    NOT NULL,
    process TEXT    NOT NULL,
    lane    INTEGER NOT NULL,
    calls   INTEGER NOT NULL, -- that wait for a slot
    expires INTEGER NOT NULL, -- renewed while the process lives and calls
    PRIMARY KEY (scope, family, process, lane)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE budget_waiting;
DROP TABLE budgets;
