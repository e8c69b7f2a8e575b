-- Who runs Rollcall. Times are milliseconds since 1970 UTC, 0 for never.

-- +goose Up
CREATE TABLE operators (
    name       TEXT    NOT NULL PRIMARY KEY, -- folded
    role       TEXT    NOT NULL,
    password   TEXT    NOT NULL, -- its hash; empty: comes in by token only
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    revoked_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE operator_tokens (
    id         TEXT    NOT NULL PRIMARY KEY,
    operator   TEXT    NOT NULL REFERENCES operators (name),
    digest     BLOB    NOT NULL, -- SHA-256 of the token's text
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX operator_tokens_operator ON operator_tokens (operator, created_at, id);

-- +goose Down
DROP TABLE operator_tokens;
DROP TABLE operators;
