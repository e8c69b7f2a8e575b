-- +goose Up
-- What those who watch the service are shown: how many assignments were
-- nobody's when somebody last looked at all, and until when a role session of
-- somebody who was put out can live.
CREATE TABLE access_tally (
    directory      TEXT    NOT NULL PRIMARY KEY,
    orphans        INTEGER NOT NULL DEFAULT 0,
    looked         INTEGER NOT NULL DEFAULT 0, -- ms since 1970, UTC; 0: never
    sessions_until INTEGER NOT NULL DEFAULT 0  -- likewise; 0: there were none
) STRICT;

-- +goose Down
DROP TABLE access_tally;
