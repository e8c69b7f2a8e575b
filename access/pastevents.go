package access

import (
	"context"
	"encoding/json"
	"time"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// eventsAtOnce is how many events one read takes.
const eventsAtOnce = 1000

// Since reads what has changed after a moment from the directory's own log, which
// says everything: people, groups, memberships, permission sets and assignments,
// whoever changed them. It reads no more of the log than was written since. It
// fails with fault.Unsupported where the directory keeps none. Facts that were
// read before it was called can be taken back to then with it.
func (r *Reader) Since(ctx context.Context, t time.Time) (*Past, error) {
	store, err := r.Directory.Store(ctx)
	if err != nil {
		return nil, err
	}
	after, err := r.Directory.EventBefore(ctx, t)
	if err != nil {
		return nil, err
	}
	past := newPast()
	for {
		events, err := r.Directory.Events(ctx, after, eventsAtOnce)
		if err != nil || len(events) == 0 {
			return past, err
		}
		for i := range events {
			if e := &events[i]; e.At.After(t) {
				if err := past.undo(e, store.ID); err != nil {
					return nil, err
				}
			}
		}
		after = events[len(events)-1].Number
	}
}

// The documents of events, as far as they matter here.
type (
	pastUser struct {
		UserName    string        `json:"userName"`
		DisplayName string        `json:"displayName"`
		Active      bool          `json:"active"`
		GroupIDs    []identity.ID `json:"groupIds"` // of a deleted user
	}
	pastGroup struct {
		DisplayName string        `json:"displayName"`
		UserIDs     []identity.ID `json:"userIds"` // of a deleted group
	}
	pastMember struct {
		GroupID identity.ID `json:"groupId"`
		UserID  identity.ID `json:"userId"`
	}
	pastSet struct {
		ARN  string `json:"arn"`
		Name string `json:"name"`
	}
)

// undo notes how it was before an event, unless an older one has said so.
func (p *Past) undo(e *directory.Event, store identity.StoreID) error {
	switch e.Kind {
	case identity.KindUser:
		return undo(e, func(u *pastUser) { p.undoUser(e, u) })
	case identity.KindGroup:
		return undo(e, func(g *pastGroup) { p.undoGroup(e, g) })
	case identity.KindMembership:
		return eitherOf(e, func(m *pastMember) { firstSaid(p.Members, Membership{m.GroupID, m.UserID}, e.Before != nil) })
	case identity.KindAssignment:
		return eitherOf(e, func(a *identity.Assignment) {
			a.Principal.Store = store
			firstSaid(p.Assignments, *a, e.Before != nil)
		})
	case identity.KindPermissionSet:
		return undo(e, func(s *pastSet) {
			if s != nil && s.ARN != "" && e.After == nil {
				firstSaid(p.Sets, s.ARN, Set{ARN: s.ARN, Name: s.Name})
			}
		})
	}
	return nil
}

// undo reads what was before an event; nil is nothing.
func undo[T any](e *directory.Event, say func(*T)) error {
	if e.Before == nil {
		say(nil)
		return nil
	}
	return decoded(e.Before, say)
}

// eitherOf reads what was before an event or, if that is nothing, after it.
func eitherOf[T any](e *directory.Event, say func(*T)) error {
	if e.Before == nil {
		return decoded(e.After, say)
	}
	return decoded(e.Before, say)
}

func decoded[T any](text json.RawMessage, say func(*T)) error {
	was := new(T)
	if err := json.Unmarshal(text, was); err != nil {
		return fault.New(fault.Internal, "read event", "", err)
	}
	say(was)
	return nil
}

func (p *Past) undoUser(e *directory.Event, was *pastUser) {
	if was == nil {
		firstSaid(p.Users, e.ID, nil)
		return
	}
	firstSaid(p.Users, e.ID, &User{ID: e.ID, Name: was.UserName, Display: was.DisplayName, Disabled: !was.Active})
	for _, group := range was.GroupIDs {
		firstSaid(p.Members, Membership{group, e.ID}, true)
	}
}

func (p *Past) undoGroup(e *directory.Event, was *pastGroup) {
	if was == nil {
		firstSaid(p.Groups, e.ID, nil)
		return
	}
	firstSaid(p.Groups, e.ID, &Group{ID: e.ID, Name: was.DisplayName})
	for _, user := range was.UserIDs {
		firstSaid(p.Members, Membership{e.ID, user}, true)
	}
}
