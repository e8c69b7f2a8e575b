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
	takeNumbers  = `UPDATE stores SET events = events + $2 WHERE key = $1 RETURNING events`
	selectEvents = `SELECT e.number, e.happened_at, e.actor, e.door, e.operation, e.kind, e.object, e.before, e.after,
		e.write_number, COALESCE(w.call, '') FROM events e LEFT JOIN events w ON w.store = e.store AND w.number = e.write_number
		WHERE e.store = $1 AND e.number > $2 ORDER BY e.number ` + limit3
)

var insertEvents = newBulk(0, 12,
	`INSERT INTO events (store, happened_at, actor, door, write_number, number, operation, kind, object, before, after, call) VALUES `, "",
	func(first int) string { return "(" + parameters(first, 12) + ")" })

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
	number -= int64(len(w.events))
	first, call := number+1, w.call
	return inBulk(&insertEvents, nil, w.events,
		func(args []any, e event) []any {
			number++
			args = append(args, w.driver.key, w.at, w.actor.Name, w.actor.Door, first, number, e.operation, string(e.kind), string(e.id), e.before, e.after, call)
			call = "" // the others name the first
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
	var all []directory.Event
	err := d.read(ctx, op, "", func(q sqldb.Query) error {
		found, err := q.Rows(selectEvents, d.key, after, min(limit, keyset.LargestPage))
		if err != nil {
			return err
		}
		return sqldb.Each(found, func(scan func(...any) error) error {
			e, err := scanEvent(scan)
			all = append(all, e)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func scanEvent(scan func(...any) error) (e directory.Event, err error) {
	var at int64
	var before, after, call string
	err = scan(&e.Number, &at, &e.Actor.Name, &e.Actor.Door, &e.Operation, &e.Kind, &e.ID, &before, &after, &e.Write, &call)
	e.At, e.Call = timeOf(at), callOf(call)
	if e.Write == 0 { // from before events knew
		e.Write = e.Number
	}
	if before != "" {
		e.Before = json.RawMessage(before)
	}
	if after != "" {
		e.After = json.RawMessage(after)
	}
	return e, err
}
