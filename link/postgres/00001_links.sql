-- +goose Up
CREATE TABLE links (
    directory   TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    anchor      TEXT COLLATE "C" NOT NULL,
    source      TEXT COLLATE "C" NOT NULL,
    object      TEXT COLLATE "C" NOT NULL,
    origin      TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    since       BIGINT NOT NULL, -- ms since 1970, UTC
    PRIMARY KEY (directory, kind, anchor, source)
);
CREATE UNIQUE INDEX links_object ON links (directory, kind, object);

CREATE TABLE holds (
    source  TEXT COLLATE "C" NOT NULL,
    anchor  TEXT COLLATE "C" NOT NULL,
    name    TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    held_by TEXT   NOT NULL,
    since   BIGINT NOT NULL, -- ms since 1970, UTC
    PRIMARY KEY (source, anchor)
);

CREATE TABLE directory_stores (
    directory TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    store     TEXT NOT NULL
);

-- +goose Down
DROP TABLE directory_stores;
DROP TABLE holds;
DROP TABLE links;
