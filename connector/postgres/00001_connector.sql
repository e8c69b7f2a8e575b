-- +goose Up
CREATE TABLE connectors (
    name   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    config TEXT NOT NULL -- JSON; confidential values encrypted
);

CREATE TABLE connector_seen (
    connector TEXT COLLATE "C" NOT NULL,
    type      TEXT COLLATE "C" NOT NULL, -- of objects
    seen      TEXT NOT NULL, -- JSON: what live sync found last
    PRIMARY KEY (connector, type)
);

-- +goose Down
DROP TABLE connector_seen;
DROP TABLE connectors;
