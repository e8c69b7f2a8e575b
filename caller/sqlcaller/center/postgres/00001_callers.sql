-- Who may come in to the embedded Identity Center; see the SQLite file for what
-- the columns mean.

-- +goose Up
CREATE TABLE access_keys (
    id         TEXT    COLLATE "C" NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    read_only  BOOLEAN NOT NULL,
    active     BOOLEAN NOT NULL,
    sealed     BYTEA   NOT NULL,
    created_at BIGINT  NOT NULL,
    created_by TEXT    NOT NULL,
    used_at    BIGINT  NOT NULL
);

CREATE TABLE scim_tenants (
    store  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tenant TEXT COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE scim_tokens (
    id         TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    store      TEXT   COLLATE "C" NOT NULL REFERENCES scim_tenants (store),
    digest     BYTEA  NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL
);
CREATE INDEX scim_tokens_store ON scim_tokens (store, created_at, id);

-- +goose Down
DROP TABLE scim_tokens;
DROP TABLE scim_tenants;
DROP TABLE access_keys;
