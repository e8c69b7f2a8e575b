-- +goose Up
-- Who has agreed, and not been carried out: whoever waits for that finds it without reading what still waits.
CREATE INDEX approval_requests_agreed ON approval_requests (plan) WHERE status = 'approved';

-- +goose Down
DROP INDEX approval_requests_agreed;
