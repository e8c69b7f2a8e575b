-- +goose Up
CREATE TABLE links (
    directory   TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    anchor      TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    object      TEXT    NOT NULL,
    origin      TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    since       INTEGER NOT NULL, -- ms since 1970, UTC
    PRIMARY KEY (directory, kind, anchor, source)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX links_object ON links (directory, kind, object);

CREATE TABLE holds (
    source  TEXT    NOT NULL,
    anchor  TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    held_by TEXT    NOT NULL,
    since   INTEGER NOT NULL, -- ms since 1970, UTC
    PRIMARY KEY (source, anchor)
) STRICT, WITHOUT ROWID;

CREATE TABLE directory_stores (
    directory TEXT NOT NULL PRIMARY KEY,
    store     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE directory_stores;
DROP TABLE holds;
DROP TABLE links;
