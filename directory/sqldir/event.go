package sqldir

import (
	"context"
	"encoding/json"
	"time"

	"rollcall/directory"
	"rollcall/directory/keyset"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// The documents in which events keep objects: the attributes as UpdateUser
// names them, and what is not set left out. They read back into the identity
// types by encoding/json, whose field names match without case.
type (
	userEvent struct {
		ID          identity.ID `json:"id"`
		UserName    string      `json:"userName"`
		DisplayName string      `json:"displayName,omitempty"`
		userRest
		Active   bool          `json:"active"`
		GroupIDs []identity.ID `json:"groupIds,omitempty"` // what a deleted user was a member of
		metaEvent
	}
	groupEvent struct {
		ID          identity.ID           `json:"id"`
		DisplayName string                `json:"displayName"`
		Description string                `json:"description,omitempty"`
		ExternalIDs []identity.ExternalID `json:"externalIds,omitempty"`
		UserIDs     []identity.ID         `json:"userIds,omitempty"` // who was a member of a deleted group
		metaEvent
	}
	membershipEvent struct {
		ID      identity.ID `json:"id"`
		GroupID identity.ID `json:"groupId"`
		UserID  identity.ID `json:"userId"`
		metaEvent
	}
	metaEvent struct {
		Revision  string    `json:"revision,omitempty"`
		CreatedAt time.Time `json:"createdAt"`
		UpdatedAt time.Time `json:"updatedAt"`
		CreatedBy string    `json:"createdBy,omitempty"`
		UpdatedBy string    `json:"updatedBy,omitempty"`
	}
)

func userDocument(u *identity.User, groups []identity.ID) any {
	return userEvent{u.ID, u.UserName, u.DisplayName, restOf(u), u.Active, groups, metaEvent(u.Meta)}
}

func groupDocument(g *identity.Group, users []identity.ID) any {
	return groupEvent{g.ID, g.DisplayName, g.Description, g.ExternalIDs, users, metaEvent(g.Meta)}
}

func membershipDocument(m *identity.Membership) any {
	return membershipEvent{m.ID, m.GroupID, m.UserID, metaEvent(m.Meta)}
}

const (
	// Until this transaction ends no other can take a number of the store, so
	// numbers become visible in their order.
	takeNumbers = `UPDATE stores SET events = events + $2 WHERE key = $1 RETURNING events`
	// The event after $2 may be in the midst of a row.
	selectEvents = `SELECT e.number, e.happened_at, e.actor, e.door, e.operation, e.kind, e.object, e.before, e.after,
		e.write_number, COALESCE(w.call, ''), e.size FROM events e LEFT JOIN events w ON w.store = e.store AND w.number = e.write_number
		WHERE e.store = $1 AND e.number >= (SELECT COALESCE(MAX(number), 0) FROM events WHERE store = $1 AND number <= $2 + 1)
		ORDER BY e.number ` + limit3
)

var insertEvents = newBulk(0, 13,
	`INSERT INTO events (store, happened_at, actor, door, write_number, number, size, operation, kind, object, before, after, call) VALUES `, "",
	func(first int) string { return "(" + parameters(first, 13) + ")" })

// event is one that has no number yet.
type event struct {
	operation     string
	kind          identity.Kind
	id            identity.ID
	before, after string // JSON, or empty
}

// log notes an event for when the write is done; before is nil for a creation,
// after for a deletion.
func (w *write) log(operation string, kind identity.Kind, id identity.ID, before, after any) error {
	had, err := document(before)
	if err != nil {
		return err
	}
	has, err := document(after)
	w.events = append(w.events, event{operation, kind, id, had, has})
	return err
}

// flush stores the events that the write has noted.
func (w *write) flush() error {
	if len(w.events) == 0 {
		return nil
	}
	var number int64
	if err := w.Row(takeNumbers, w.driver.key, len(w.events)).Scan(&number); err != nil {
		return err
	}
	number -= int64(len(w.events)) - 1
	first, call := number, w.call
	return inBulk(&insertEvents, nil, inRows(w.events),
		func(args []any, r eventRow) []any {
			args = append(args, w.driver.key, w.at, w.actor.Name, w.actor.Door, first, number, r.size, r.operation, string(r.kind), string(r.id), r.before, r.after, call)
			call = "" // the others name the first
			number += int64(r.size)
			return args
		},
		func(query string, args []any) error {
			_, err := w.Exec(query, args...)
			return err
		})
}

func document(object any) (string, error) {
	if object == nil {
		return "", nil
	}
	text, err := json.Marshal(object)
	if err != nil {
		return "", fault.New(fault.Internal, "encode event", "", err)
	}
	return string(text), nil
}

// Events returns at most limit events after the one numbered after, oldest
// first, and no more than 1,000 at once. It fails with fault.Invalid for a
// negative number or a limit below 1.
func (d *Driver) Events(ctx context.Context, after int64, limit int) ([]directory.Event, error) {
	const op = "read events"
	if after < 0 || limit < 1 {
		return nil, fault.Text(fault.Invalid, op, "", "want a number of 0 or more and a limit of 1 or more")
	}
	limit = min(limit, keyset.LargestPage)
	var all []directory.Event
	err := d.read(ctx, op, "", func(q sqldb.Query) error {
		// The first row may have nothing that is asked for.
		found, err := q.Rows(selectEvents, d.key, after, limit+1)
		if err != nil {
			return err
		}
		defer found.Close()
		for len(all) < limit && found.Next() {
			some, err := scanEvents(found.Scan)
			if err != nil {
				return err
			}
			all = append(all, some[min(max(after-some[0].Number+1, 0), int64(len(some))):]...)
		}
		return found.Err()
	})
	if err != nil {
		return nil, err
	}
	return all[:min(limit, len(all))], nil
}

// scanEvents reads the events of one row.
func scanEvents(scan func(...any) error) ([]directory.Event, error) {
	var e directory.Event
	var at int64
	var size int
	var before, after, call string
	err := scan(&e.Number, &at, &e.Actor.Name, &e.Actor.Door, &e.Operation, &e.Kind, &e.ID, &before, &after, &e.Write, &call, &size)
	if err != nil {
		return nil, err
	}
	e.At, e.Call, e.Before, e.After = timeOf(at), callOf(call), documentOf(before), documentOf(after)
	if e.Write == 0 { // from before events knew
		e.Write = e.Number
	}
	return expand(e, size)
}
