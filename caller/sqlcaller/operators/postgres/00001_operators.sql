-- Who runs Rollcall; see the SQLite file for what the columns mean.

-- +goose Up
CREATE TABLE operators (
    name       TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    role       TEXT   NOT NULL,
    password   TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL,
    revoked_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL
);

CREATE TABLE operator_tokens (
    id         TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    operator   TEXT   COLLATE "C" NOT NULL REFERENCES operators (name),
    digest     BYTEA  NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL
);
CREATE INDEX operator_tokens_operator ON operator_tokens (operator, created_at, id);

-- +goose Down
DROP TABLE operator_tokens;
DROP TABLE operators;
