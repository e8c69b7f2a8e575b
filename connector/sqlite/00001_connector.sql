-- +goose Up
CREATE TABLE connectors (
    name   TEXT NOT NULL PRIMARY KEY,
    config TEXT NOT NULL -- JSON; confidential values encrypted
) STRICT;

CREATE TABLE connector_seen (
    connector TEXT NOT NULL,
    type      TEXT NOT NULL, -- of objects
    seen      TEXT NOT NULL, -- JSON: what live sync found last
    PRIMARY KEY (connector, type)
) STRICT;

-- +goose Down
DROP TABLE connector_seen;
DROP TABLE connectors;
