-- Who may come in to the embedded Identity Center. Times are milliseconds since
-- 1970 UTC, 0 for never.

-- +goose Up
CREATE TABLE access_keys (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    read_only  INTEGER NOT NULL CHECK (read_only IN (0, 1)),
    active     INTEGER NOT NULL CHECK (active IN (0, 1)),
    sealed     BLOB    NOT NULL, -- the secret, by the keyring
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE scim_tenants (
    store  TEXT NOT NULL PRIMARY KEY, -- the identity store's id
    tenant TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE scim_tokens (
    id         TEXT    NOT NULL PRIMARY KEY,
    store      TEXT    NOT NULL REFERENCES scim_tenants (store),
    digest     BLOB    NOT NULL, -- SHA-256 of the token's text
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX scim_tokens_store ON scim_tokens (store, created_at, id);

-- +goose Down
DROP TABLE scim_tokens;
DROP TABLE scim_tenants;
DROP TABLE access_keys;
