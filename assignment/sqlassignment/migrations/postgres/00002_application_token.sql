-- What names a request to make an application, so that asking again makes no
-- second one (empty: it has no name), and what was asked for.

-- +goose Up
ALTER TABLE applications ADD COLUMN client_token TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN asked TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE UNIQUE INDEX applications_client_token ON applications (instance, client_token) WHERE client_token <> '';

-- +goose Down
DROP INDEX applications_client_token;
ALTER TABLE applications DROP COLUMN asked;
ALTER TABLE applications DROP COLUMN client_token;
