-- The embedded Identity Center. Keys are integers inside; ids are what callers
-- see. Times are microseconds since 1970 UTC. Columns that end in _fold hold
-- the form that is compared and kept unique (see foldKey): uniqueness is ours,
-- not a collation's.

-- +goose Up
CREATE TABLE stores (
    key         INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    instance    TEXT    NOT NULL,
    bare_ids    INTEGER NOT NULL CHECK (bare_ids IN (0, 1)),
    page_secret BLOB    NOT NULL,
    events      INTEGER NOT NULL DEFAULT 0 -- the number of the last event
) STRICT;

CREATE TABLE users (
    key            INTEGER PRIMARY KEY,
    store          INTEGER NOT NULL REFERENCES stores (key),
    id             TEXT    NOT NULL,
    revision       INTEGER NOT NULL,
    active         INTEGER NOT NULL CHECK (active IN (0, 1)),
    user_name      TEXT    NOT NULL,
    user_name_fold TEXT    NOT NULL,
    email_fold     TEXT, -- null: no e-mail
    display_name   TEXT    NOT NULL,
    given_name     TEXT    NOT NULL,
    family_name    TEXT    NOT NULL,
    rest           TEXT    NOT NULL, -- JSON of every other attribute that is set, external ids included
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    created_by     TEXT    NOT NULL,
    updated_by     TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX users_id ON users (store, id);
CREATE UNIQUE INDEX users_user_name_fold ON users (store, user_name_fold);
CREATE UNIQUE INDEX users_email_fold ON users (store, email_fold) WHERE email_fold IS NOT NULL;
CREATE INDEX users_listing ON users (store); -- the row's key is its last part by nature

CREATE TABLE groups (
    key               INTEGER PRIMARY KEY,
    store             INTEGER NOT NULL REFERENCES stores (key),
    id                TEXT    NOT NULL,
    revision          INTEGER NOT NULL,
    display_name      TEXT    NOT NULL,
    display_name_fold TEXT    NOT NULL,
    description       TEXT    NOT NULL,
    external_ids      TEXT    NOT NULL, -- JSON, or empty
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    created_by        TEXT    NOT NULL,
    updated_by        TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX groups_id ON groups (store, id);
CREATE UNIQUE INDEX groups_display_name_fold ON groups (store, display_name_fold);
CREATE INDEX groups_listing ON groups (store);

-- What external ids are found by and kept unique with; objects carry their own,
-- so that reading one takes one row. The id comes before the issuer so that one
-- index finds it with and without.
CREATE TABLE user_external_ids (
    owner  INTEGER NOT NULL REFERENCES users (key) ON DELETE CASCADE,
    place  INTEGER NOT NULL,
    store  INTEGER NOT NULL REFERENCES stores (key),
    id     TEXT    NOT NULL,
    issuer TEXT    NOT NULL,
    PRIMARY KEY (owner, place)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX user_external_ids_id ON user_external_ids (store, id, issuer);

CREATE TABLE group_external_ids (
    owner  INTEGER NOT NULL REFERENCES groups (key) ON DELETE CASCADE,
    place  INTEGER NOT NULL,
    store  INTEGER NOT NULL REFERENCES stores (key),
    id     TEXT    NOT NULL,
    issuer TEXT    NOT NULL,
    PRIMARY KEY (owner, place)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX group_external_ids_id ON group_external_ids (store, id, issuer);

CREATE TABLE memberships (
    group_key  INTEGER NOT NULL REFERENCES groups (key) ON DELETE CASCADE,
    user_key   INTEGER NOT NULL REFERENCES users (key) ON DELETE CASCADE,
    id         TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    PRIMARY KEY (group_key, user_key)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX memberships_id ON memberships (id);
CREATE INDEX memberships_of_user ON memberships (user_key, group_key);

CREATE TABLE events (
    store       INTEGER NOT NULL REFERENCES stores (key),
    number      INTEGER NOT NULL,
    happened_at INTEGER NOT NULL,
    actor       TEXT    NOT NULL,
    door        TEXT    NOT NULL,
    operation   TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    object      TEXT    NOT NULL, -- its id
    before      TEXT    NOT NULL, -- JSON; empty for a creation
    after       TEXT    NOT NULL, -- JSON; empty for a deletion
    PRIMARY KEY (store, number)
) STRICT;

-- +goose Down
DROP TABLE events;
DROP TABLE memberships;
DROP TABLE group_external_ids;
DROP TABLE user_external_ids;
DROP TABLE groups;
DROP TABLE users;
DROP TABLE stores;
