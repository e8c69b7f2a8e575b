-- +goose Up
-- Who watches the source of a sync.
CREATE TABLE work_watches (
    sync    TEXT    NOT NULL PRIMARY KEY,
    holder  TEXT    NOT NULL,
    epoch   INTEGER NOT NULL,
    since   INTEGER NOT NULL, -- when the holder began
    expires INTEGER NOT NULL  -- 0: given back
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE work_watches;
