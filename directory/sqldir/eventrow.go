package sqldir

import (
	"encoding/json"
	"errors"
	"strings"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// What one write does to many objects, a change of 100 members above all, is a
// row and not 100: rows cost more than what is in them. The events of a row
// have consecutive numbers, from the row's on, and one operation on one kind;
// their ids and documents are lines of its columns, which have no line ends of
// their own.

// largestRow is the most events of a row: whoever reads one event reads the row.
const largestRow = identity.MaxMembers

// eventRow is a row that has no number yet.
type eventRow struct {
	event // ids and documents a line each
	size  int
}

// inRows puts events, in their order, into as few rows as may be.
func inRows(events []event) []eventRow {
	var rows []eventRow
	for len(events) > 0 {
		n := 1
		for n < min(len(events), largestRow) && events[n].joins(&events[0]) {
			n++
		}
		rows = append(rows, rowOf(events[:n]))
		events = events[n:]
	}
	return rows
}

// joins says whether e can be in one row with the events that begin with first.
func (e *event) joins(first *event) bool {
	return e.operation == first.operation && e.kind == first.kind && !first.lined() && !e.lined()
}

func (e *event) lined() bool {
	return strings.Contains(string(e.id), "\n") || strings.Contains(e.before, "\n") || strings.Contains(e.after, "\n")
}

func rowOf(events []event) eventRow {
	if len(events) == 1 {
		return eventRow{events[0], 1}
	}
	row := eventRow{event{operation: events[0].operation, kind: events[0].kind}, len(events)}
	row.id = identity.ID(lines(events, func(e *event) string { return string(e.id) }))
	row.before = lines(events, func(e *event) string { return e.before })
	row.after = lines(events, func(e *event) string { return e.after })
	return row
}

// lines is a column of many events; empty if all of them have nothing there.
func lines(events []event, column func(*event) string) string {
	all, size := make([]string, len(events)), 0
	for i := range events {
		all[i] = column(&events[i])
		size += len(all[i])
	}
	if size == 0 {
		return ""
	}
	return strings.Join(all, "\n")
}

// expand returns the events of a row, whose columns are those of first.
func expand(first directory.Event, size int) ([]directory.Event, error) {
	if size == 1 {
		return []directory.Event{first}, nil
	}
	ids, before, after := strings.Split(string(first.ID), "\n"), apart(first.Before, size), apart(first.After, size)
	if len(ids) != size || len(before) != size || len(after) != size {
		return nil, fault.New(fault.Internal, "read events", "", errors.New("a row of several events has not as many ids or documents"))
	}
	all := make([]directory.Event, size)
	for i := range all {
		all[i] = first
		all[i].Number += int64(i)
		all[i].ID, all[i].Before, all[i].After = identity.ID(ids[i]), before[i], after[i]
	}
	return all, nil
}

func apart(column json.RawMessage, size int) []json.RawMessage {
	all := make([]json.RawMessage, 0, size)
	if len(column) == 0 {
		return all[:size]
	}
	for line := range strings.SplitSeq(string(column), "\n") {
		all = append(all, documentOf(line))
	}
	return all
}

// documentOf is what an event has in a column.
func documentOf(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}
