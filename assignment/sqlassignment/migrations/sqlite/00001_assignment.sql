-- Who may reach which account and application through the embedded Identity
-- Center. Keys are integers inside. Times are microseconds since 1970 UTC, and
-- many lie in the future: work in progress is rows that do not count yet, so
-- nothing has to run for it to end.

-- +goose Up
CREATE TABLE instances (
    key                INTEGER PRIMARY KEY,
    store              TEXT    NOT NULL UNIQUE, -- the identity store's id
    arn                TEXT    NOT NULL UNIQUE,
    owner              TEXT    NOT NULL,
    name               TEXT    NOT NULL,
    organization       TEXT    NOT NULL, -- "o-…"
    organization_email TEXT    NOT NULL,
    of_account         INTEGER NOT NULL CHECK (of_account IN (0, 1)), -- it has no permission sets
    page_secret        BLOB    NOT NULL,
    created_at         INTEGER NOT NULL
) STRICT;

CREATE TABLE instance_regions (
    key        INTEGER PRIMARY KEY,
    instance   INTEGER NOT NULL REFERENCES instances (key),
    name       TEXT    NOT NULL,
    is_primary INTEGER NOT NULL CHECK (is_primary IN (0, 1)),
    added_at   INTEGER NOT NULL,
    since      INTEGER NOT NULL, -- it is being added before
    until      INTEGER NOT NULL  -- it is gone from then; 9223372036854775807: it stays
) STRICT;
CREATE UNIQUE INDEX instance_regions_name ON instance_regions (instance, name);

CREATE TABLE units (
    key      INTEGER PRIMARY KEY,
    instance INTEGER NOT NULL REFERENCES instances (key),
    id       TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    parent   TEXT    NOT NULL -- empty for a root
) STRICT;
CREATE UNIQUE INDEX units_id ON units (instance, id);
CREATE INDEX units_parent ON units (instance, parent);

CREATE TABLE accounts (
    key       INTEGER PRIMARY KEY,
    instance  INTEGER NOT NULL REFERENCES instances (key),
    id        TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    email     TEXT    NOT NULL,
    status    TEXT    NOT NULL,
    parent    TEXT    NOT NULL,
    invited   INTEGER NOT NULL CHECK (invited IN (0, 1)),
    joined_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX accounts_id ON accounts (instance, id);
CREATE INDEX accounts_listing ON accounts (instance);
CREATE INDEX accounts_parent ON accounts (instance, parent);

CREATE TABLE permission_sets (
    key              INTEGER PRIMARY KEY,
    instance         INTEGER NOT NULL REFERENCES instances (key),
    arn              TEXT    NOT NULL,
    name             TEXT    NOT NULL,
    name_fold        TEXT    NOT NULL,
    description      TEXT    NOT NULL,
    session_duration TEXT    NOT NULL,
    relay_state      TEXT    NOT NULL,
    policies         TEXT    NOT NULL, -- JSON
    version          INTEGER NOT NULL, -- grows with every change that accounts have to be told of
    created_at       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX permission_sets_arn ON permission_sets (instance, arn);
CREATE UNIQUE INDEX permission_sets_name_fold ON permission_sets (instance, name_fold);
CREATE INDEX permission_sets_listing ON permission_sets (instance);

CREATE TABLE assignments (
    key            INTEGER PRIMARY KEY,
    permission_set INTEGER NOT NULL REFERENCES permission_sets (key),
    account        INTEGER NOT NULL REFERENCES accounts (key),
    instance       INTEGER NOT NULL REFERENCES instances (key),
    principal_kind TEXT    NOT NULL,
    principal      TEXT    NOT NULL,
    since          INTEGER NOT NULL, -- it is being made before
    until          INTEGER NOT NULL  -- it is gone from then; 9223372036854775807: it stays
) STRICT;
CREATE UNIQUE INDEX assignments_tuple ON assignments (permission_set, account, principal, principal_kind);
CREATE INDEX assignments_listing ON assignments (permission_set, account, key);
CREATE INDEX assignments_principal ON assignments (instance, principal, principal_kind, key);
CREATE INDEX assignments_account ON assignments (account, permission_set);
CREATE INDEX assignments_until ON assignments (instance, until);

-- The last version of a permission set that an account was given, and from when on.
CREATE TABLE provisions (
    permission_set INTEGER NOT NULL REFERENCES permission_sets (key) ON DELETE CASCADE,
    account        INTEGER NOT NULL REFERENCES accounts (key),
    version        INTEGER NOT NULL,
    since          INTEGER NOT NULL,
    PRIMARY KEY (permission_set, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE assignment_requests (
    key            INTEGER PRIMARY KEY,
    instance       INTEGER NOT NULL REFERENCES instances (key),
    work           TEXT    NOT NULL,
    id             TEXT    NOT NULL,
    permission_set TEXT    NOT NULL, -- its ARN, which outlives it
    account        TEXT    NOT NULL, -- its id; empty: all
    principal_kind TEXT    NOT NULL,
    principal      TEXT    NOT NULL,
    reason         TEXT    NOT NULL, -- why it fails; empty: it does not
    created_at     INTEGER NOT NULL,
    settles_at     INTEGER NOT NULL  -- in progress before
) STRICT;
CREATE UNIQUE INDEX assignment_requests_id ON assignment_requests (instance, work, id);
CREATE INDEX assignment_requests_listing ON assignment_requests (instance, work, key);
CREATE INDEX assignment_requests_settling ON assignment_requests (instance, settles_at);

CREATE TABLE applications (
    key                 INTEGER PRIMARY KEY,
    instance            INTEGER NOT NULL REFERENCES instances (key),
    arn                 TEXT    NOT NULL,
    provider            TEXT    NOT NULL,
    name                TEXT    NOT NULL,
    description         TEXT    NOT NULL,
    account             TEXT    NOT NULL,
    enabled             INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    assignment_required INTEGER NOT NULL CHECK (assignment_required IN (0, 1)),
    portal              TEXT    NOT NULL,
    created_at          INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX applications_arn ON applications (instance, arn);
CREATE INDEX applications_listing ON applications (instance);

CREATE TABLE application_assignments (
    key            INTEGER PRIMARY KEY,
    application    INTEGER NOT NULL REFERENCES applications (key) ON DELETE CASCADE,
    instance       INTEGER NOT NULL REFERENCES instances (key),
    principal_kind TEXT    NOT NULL,
    principal      TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX application_assignments_tuple ON application_assignments (application, principal, principal_kind);
CREATE INDEX application_assignments_listing ON application_assignments (application, key);
CREATE INDEX application_assignments_principal ON application_assignments (instance, principal, principal_kind, key);

CREATE TABLE resource_tags (
    instance INTEGER NOT NULL REFERENCES instances (key),
    resource TEXT    NOT NULL, -- its ARN
    key      TEXT    NOT NULL,
    value    TEXT    NOT NULL,
    PRIMARY KEY (instance, resource, key)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE resource_tags;
DROP TABLE application_assignments;
DROP TABLE applications;
DROP TABLE assignment_requests;
DROP TABLE provisions;
DROP TABLE assignments;
DROP TABLE permission_sets;
DROP TABLE accounts;
DROP TABLE units;
DROP TABLE instance_regions;
DROP TABLE instances;
