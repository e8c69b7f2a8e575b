package sqldir

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// keptInEvents are the attributes that stay in the events of somebody erased: ids,
// times and who wrote.
var keptInEvents = []string{"id", "active", "groupIds", "userIds", "revision", "createdAt", "updatedAt", "createdBy", "updatedBy"}

const (
	erasedText  = "(erased)"
	eventsAbout = `SELECT number, object, before, after FROM events WHERE store = $1 AND kind = $2 AND object LIKE $3`
	updateEvent = `UPDATE events SET before = $3, after = $4 WHERE store = $1 AND number = $2`
)

// EraseEvents takes what a user or group was like out of the log, and returns how
// many events said it. That they were written, when and by whom stays, and so do
// ids. It reads the whole log. It fails with fault.Conflict while the object is
// there.
func (d *Driver) EraseEvents(ctx context.Context, kind identity.Kind, id identity.ID) (n int, err error) {
	const op = "erase events"
	switch kind {
	case identity.KindUser:
		_, err = d.User(ctx, id)
	case identity.KindGroup:
		_, err = d.Group(ctx, id)
	default:
		return 0, fault.Text(fault.Invalid, op, string(kind), "want a user or a group")
	}
	if !fault.Is(err, fault.NotFound) {
		if err == nil {
			err = fault.Text(fault.Conflict, op, string(kind)+" "+string(id), "it is still there; delete it first")
		}
		return 0, err
	}
	err = d.db.Write(ctx, func(tx *sqldb.Tx) error {
		n = 0
		rows, err := eventRowsOf(tx, d.key, kind, id)
		if err != nil {
			return err
		}
		for _, r := range rows {
			some, err := r.erase(id)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(updateEvent, d.key, r.number, r.before, r.after); err != nil {
				return err
			}
			n += some
		}
		return nil
	})
	return n, sqldb.Fault(op, string(kind), err)
}

// storedEvents are a row of the log.
type storedEvents struct {
	number                int64
	object, before, after string
}

func eventRowsOf(q sqldb.Query, store int64, kind identity.Kind, id identity.ID) ([]storedEvents, error) {
	found, err := q.Rows(eventsAbout, store, string(kind), "%"+string(id)+"%")
	if err != nil {
		return nil, err
	}
	var all []storedEvents
	err = sqldb.Each(found, func(scan func(...any) error) error {
		var r storedEvents
		err := scan(&r.number, &r.object, &r.before, &r.after)
		all = append(all, r)
		return err
	})
	return all, err
}

// erase takes an object out of a row, which may be about others too.
func (r *storedEvents) erase(id identity.ID) (n int, err error) {
	ids, before, after := strings.Split(r.object, "\n"), strings.Split(r.before, "\n"), strings.Split(r.after, "\n")
	for i := range ids {
		if ids[i] != string(id) {
			continue
		}
		n++
		for _, column := range [][]string{before, after} {
			if i >= len(column) || column[i] == "" { // that side of the row is empty
				continue
			}
			if column[i], err = erasedDocument(column[i]); err != nil {
				return n, err
			}
		}
	}
	r.before, r.after = strings.Join(before, "\n"), strings.Join(after, "\n")
	return n, nil
}

func erasedDocument(text string) (string, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return "", fault.New(fault.Internal, "erase events", "", err)
	}
	for key := range all {
		switch {
		case key == "userName" || key == "displayName":
			all[key] = json.RawMessage(`"` + erasedText + `"`)
		case !slices.Contains(keptInEvents, key):
			delete(all, key)
		}
	}
	left, err := json.Marshal(all)
	return string(left), err
}
