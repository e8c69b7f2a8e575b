-- +goose Up
-- Times are ms since 1970, UTC; 0 means never.

CREATE TABLE plans (
    id        TEXT    NOT NULL PRIMARY KEY, -- SHA-256 of the file, hex
    made      INTEGER NOT NULL,
    origin    TEXT    NOT NULL,
    sync      TEXT    NOT NULL,
    directory TEXT    NOT NULL,
    store     TEXT    NOT NULL,
    actor     TEXT    NOT NULL,
    door      TEXT    NOT NULL,
    title     TEXT    NOT NULL,
    changes   INTEGER NOT NULL,
    counts    TEXT    NOT NULL, -- JSON
    brakes    TEXT    NOT NULL, -- JSON
    status    TEXT    NOT NULL,
    run       TEXT    NOT NULL, -- the last one
    erased    INTEGER NOT NULL,
    file      BLOB    NOT NULL  -- DEFLATE
) STRICT;
CREATE INDEX plans_made ON plans (made);

CREATE TABLE chains (
    num    INTEGER PRIMARY KEY,
    target TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE runs (
    id       TEXT    NOT NULL PRIMARY KEY,
    chain    INTEGER NOT NULL REFERENCES chains (num),
    begun    INTEGER NOT NULL, -- the entry that began it
    plan     TEXT    NOT NULL,
    sync     TEXT    NOT NULL,
    actor    TEXT    NOT NULL,
    door     TEXT    NOT NULL,
    override TEXT    NOT NULL,
    started  INTEGER NOT NULL,
    ended    INTEGER NOT NULL,
    status   TEXT    NOT NULL,
    counts   TEXT    NOT NULL, -- JSON
    lease    TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX runs_begun ON runs (chain, begun);

CREATE TABLE leases (
    name    TEXT    NOT NULL PRIMARY KEY,
    run     TEXT    NOT NULL,
    holder  TEXT    NOT NULL,
    epoch   INTEGER NOT NULL,
    since   INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
    chain    INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    envelope BLOB    NOT NULL,
    hash     BLOB    NOT NULL,
    PRIMARY KEY (chain, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE bodies (
    chain INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    body  BLOB, -- NULL once erased
    PRIMARY KEY (chain, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE heads (
    chain     INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    hash      BLOB    NOT NULL,
    at        INTEGER NOT NULL,
    run       TEXT    NOT NULL,
    signature BLOB    NOT NULL,
    key       BLOB    NOT NULL,
    PRIMARY KEY (chain, seq)
) STRICT, WITHOUT ROWID;

-- What the chain says about each object, so that as-of needs no replay.
CREATE TABLE history_objects (
    num    INTEGER PRIMARY KEY,
    chain  INTEGER NOT NULL,
    kind   TEXT    NOT NULL,
    id     BLOB    NOT NULL, -- packed
    name   TEXT    NOT NULL, -- folded, as last seen
    source TEXT    NOT NULL,
    anchor TEXT    NOT NULL,
    digest BLOB    NOT NULL, -- of the attributes as last seen; empty: gone or never seen
    UNIQUE (chain, kind, id)
) STRICT;

-- What an object was called before, folded: names are looked up for deleted
-- and renamed people too.
CREATE TABLE history_names (
    name   TEXT NOT NULL,
    object INTEGER NOT NULL,
    PRIMARY KEY (name, object)
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
    object INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    what   INTEGER NOT NULL, -- bits: 1 attributes, 2 gone, 4 members, 8 observed
    run    INTEGER NOT NULL, -- the entry that began it
    PRIMARY KEY (object, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE history_members (
    grp   INTEGER NOT NULL,
    usr   INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    began INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    PRIMARY KEY (grp, usr, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX history_members_usr ON history_members (usr);

-- +goose Down
DROP TABLE history_members;
DROP TABLE history;
DROP TABLE history_names;
DROP TABLE history_objects;
DROP TABLE heads;
DROP TABLE bodies;
DROP TABLE entries;
DROP TABLE leases;
DROP TABLE runs;
DROP TABLE chains;
DROP TABLE plans;
