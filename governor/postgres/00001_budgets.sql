-- +goose Up
-- Times are ns since 1970, UTC; 0 means never.

CREATE TABLE budgets (
    scope              TEXT COLLATE "C" NOT NULL, -- the instance or store
    family             TEXT COLLATE "C" NOT NULL,
    next_any           BIGINT  NOT NULL, -- when the next slot is that nobody has
    next_read          BIGINT  NOT NULL, -- not before then for a read; likewise a write
    next_write         BIGINT  NOT NULL,
    served_leaver      BIGINT  NOT NULL, -- when a lane last got a slot
    served_interactive BIGINT  NOT NULL,
    served_sync        BIGINT  NOT NULL,
    served_audit       BIGINT  NOT NULL,
    learned            BIGINT  NOT NULL, -- calls per 1,000 s at learned_at; 0: nothing learned
    learned_at         BIGINT  NOT NULL,
    blocked_until      BIGINT  NOT NULL,
    epoch              BIGINT  NOT NULL, -- slots of an earlier one are void
    strikes            BIGINT  NOT NULL, -- throttlings in a row
    settled_at         BIGINT  NOT NULL, -- throttle answers before then belong to the last throttling
    throttled          BIGINT  NOT NULL, -- throttle answers so far
    throttled_at       BIGINT  NOT NULL,
    PRIMARY KEY (scope, family)
);

CREATE TABLE budget_waiting (
    scope   TEXT COLLATE "C" NOT NULL,
    family  TEXT COLLATE "C" NOT NULL,
    process TEXT COLLATE "C" NOT NULL,
    lane    BIGINT  NOT NULL,
    calls   BIGINT  NOT NULL, -- that wait for a slot
    expires BIGINT  NOT NULL, -- renewed while the process lives and calls
    PRIMARY KEY (scope, family, process, lane)
);

-- +goose Down
DROP TABLE budget_waiting;
DROP TABLE budgets;
