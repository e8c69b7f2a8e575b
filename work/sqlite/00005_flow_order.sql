-- +goose Up
-- The next flows to be begun are found without reading those that wait: people who leave, the others, and
-- those that wait for people to agree.
CREATE INDEX work_flows_out ON work_flows (due, num) WHERE state = 'waiting' AND kind = 'leaver';
CREATE INDEX work_flows_other ON work_flows (due, num) WHERE state = 'waiting' AND kind <> 'leaver';
CREATE INDEX work_flows_waits ON work_flows (waits) WHERE state = 'waiting' AND waits <> '';
DROP INDEX work_flows_due;

-- +goose Down
CREATE INDEX work_flows_due ON work_flows (due) WHERE state = 'waiting';
DROP INDEX work_flows_waits;
DROP INDEX work_flows_other;
DROP INDEX work_flows_out;
