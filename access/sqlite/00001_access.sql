-- +goose Up
-- What was read of directories whose every call counts, so that the next
-- question need not ask again. It may be deleted at any time.
CREATE TABLE access_parts (
    directory TEXT    NOT NULL,
    store     TEXT    NOT NULL,
    part      TEXT    NOT NULL, -- people, places, or the ARN of a permission set
    taken     INTEGER NOT NULL, -- ms since 1970, UTC
    body      BLOB    NOT NULL, -- JSON
    PRIMARY KEY (directory, store, part)
) STRICT;

-- +goose Down
DROP TABLE access_parts;
