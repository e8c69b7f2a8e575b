-- The groups of a user. The members of one group are in a few pages, but each
-- of them has their groups in a page of their own: 100 new members would write
-- 100 pages. So what comes and goes is kept together first, in a table small
-- enough to be written as a whole, and settles from there many at a time. What
-- of both is true says memberships.
--
-- There is no foreign key from a membership to its user any more: to check it
-- reads a page of users for every member. Who makes one has found the user in
-- the same transaction; who is deleted takes theirs along by a trigger.

-- +goose Up
CREATE TABLE user_groups_settled (
    user_key  INTEGER NOT NULL,
    group_key INTEGER NOT NULL,
    PRIMARY KEY (user_key, group_key)
) STRICT, WITHOUT ROWID;
INSERT INTO user_groups_settled SELECT user_key, group_key FROM memberships ORDER BY user_key, group_key;
DROP INDEX memberships_of_user;

CREATE TABLE user_groups_recent (
    user_key  INTEGER NOT NULL,
    group_key INTEGER NOT NULL,
    gone      INTEGER NOT NULL CHECK (gone IN (0, 1)),
    PRIMARY KEY (user_key, group_key)
) STRICT, WITHOUT ROWID;

CREATE VIEW user_groups AS
    SELECT user_key, group_key FROM user_groups_settled UNION ALL SELECT user_key, group_key FROM user_groups_recent;

-- The one change of a table that SQLite has no statement for, done as its
-- documentation says (lang_altertable.html, section 7).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, ' REFERENCES users (key) ON DELETE CASCADE', '') WHERE type = 'table' AND name = 'memberships';
PRAGMA writable_schema = RESET;

-- +goose StatementBegin
CREATE TRIGGER memberships_made AFTER INSERT ON memberships BEGIN
    INSERT INTO user_groups_recent (user_key, group_key, gone) VALUES (new.user_key, new.group_key, 0)
        ON CONFLICT (user_key, group_key) DO UPDATE SET gone = 0;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER memberships_ended AFTER DELETE ON memberships BEGIN
    INSERT INTO user_groups_recent (user_key, group_key, gone) VALUES (old.user_key, old.group_key, 1)
        ON CONFLICT (user_key, group_key) DO UPDATE SET gone = 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_deleted BEFORE DELETE ON users BEGIN
    DELETE FROM memberships WHERE user_key = old.key AND group_key IN (SELECT group_key FROM user_groups WHERE user_key = old.key);
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER users_deleted;
DROP TRIGGER memberships_ended;
DROP TRIGGER memberships_made;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'user_key   INTEGER NOT NULL,', 'user_key   INTEGER NOT NULL REFERENCES users (key) ON DELETE CASCADE,')
    WHERE type = 'table' AND name = 'memberships';
PRAGMA writable_schema = RESET;
DROP VIEW user_groups;
DROP TABLE user_groups_recent;
DROP TABLE user_groups_settled;
CREATE INDEX memberships_of_user ON memberships (user_key, group_key);
