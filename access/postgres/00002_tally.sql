-- +goose Up
-- What those who watch the service are shown: how many assignments were
-- nobody's when somebody last looked at all, and until when a role session of
-- somebody who was put out can live.
CREATE TABLE access_tally (
    directory      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    orphans        BIGINT NOT NULL DEFAULT 0,
    looked         BIGINT NOT NULL DEFAULT 0, -- ms since 1970, UTC; 0: never
    sessions_until BIGINT NOT NULL DEFAULT 0  -- likewise; 0: there were none
);

-- +goose Down
DROP TABLE access_tally;
