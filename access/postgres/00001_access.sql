-- +goose Up
-- What was read of directories whose every call counts, so that the next
-- question need not ask again. It may be deleted at any time.
CREATE TABLE access_parts (
    directory TEXT COLLATE "C" NOT NULL,
    store     TEXT COLLATE "C" NOT NULL,
    part      TEXT COLLATE "C" NOT NULL, -- people, places, or the ARN of a permission set
    taken     BIGINT NOT NULL,           -- ms since 1970, UTC
    body      BYTEA  NOT NULL,           -- JSON
    PRIMARY KEY (directory, store, part)
);

-- +goose Down
DROP TABLE access_parts;
