-- +goose Up
-- Who watches the source of a sync.
CREATE TABLE work_watches (
    sync    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    holder  TEXT COLLATE "C" NOT NULL,
    epoch   BIGINT  NOT NULL,
    since   BIGINT  NOT NULL, -- when the holder began
    expires BIGINT  NOT NULL  -- 0: given back
);

-- +goose Down
DROP TABLE work_watches;
