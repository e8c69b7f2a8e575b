package icfdoor

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"rollcall/fault"
	"rollcall/icf"
	"rollcall/identity"
)

// object is a user or a group as it was read, with what its changes need.
type object struct {
	kind   string // icf.Account or icf.Group
	user   identity.User
	group  identity.Group
	groups []identity.Group // the user's
	sent   icf.Object
}

func (o *object) revision() string {
	if o.kind == icf.Group {
		return o.group.Revision
	}
	return o.user.Revision
}

// load reads the object of a path; fault.NotFound if there is none. In __ALL__
// it is looked for among users, then groups.
func (r *request) load(ctx context.Context) (*object, error) {
	d := r.connector.Desk.Directory()
	id := identity.ID(r.id)
	if !identity.IsID(r.id) { // a directory would call it invalid; a client asked for what is not there
		return nil, fault.Text(fault.NotFound, "read", r.place.String(), "no id")
	}
	if r.objectType != icf.Group {
		u, err := d.User(ctx, id)
		switch {
		case err == nil:
			return r.account(ctx, u)
		case r.objectType != icf.All || !fault.Is(err, fault.NotFound):
			return nil, err
		}
	}
	g, err := d.Group(ctx, id)
	if err != nil {
		return nil, err
	}
	return &object{kind: icf.Group, group: g, sent: r.connector.Style.Group(&g)}, nil
}

// account is a user with the groups they are in.
func (r *request) account(ctx context.Context, u identity.User) (*object, error) {
	o := &object{kind: icf.Account, user: u}
	ids, err := r.groupIDs(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	o.sent = r.connector.Style.Account(&u, ids)
	for _, id := range ids {
		o.groups = append(o.groups, identity.Group{ID: id})
	}
	return o, nil
}

// groupIDs are the groups of a user, in order; never nil.
func (r *request) groupIDs(ctx context.Context, user identity.ID) ([]identity.ID, error) {
	ids := []identity.ID{}
	for m, err := range r.connector.Desk.Directory().Memberships(ctx, user) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, m.GroupID)
	}
	slices.Sort(ids)
	return ids, nil
}

// inGroups are the ids of the groups a user is in.
func (o *object) inGroups() []identity.ID {
	ids := make([]identity.ID, len(o.groups))
	for i, g := range o.groups {
		ids[i] = g.ID
	}
	return ids
}

func (d *Door) read(r *request) (*answer, error) {
	o, err := r.load(r.Context())
	if fault.Is(err, fault.NotFound) {
		return nil, icf.NewError(http.StatusNotFound, fmt.Sprintf("Object %s not found on %s", r.id, r.place))
	}
	if err != nil {
		return nil, err
	}
	if none := r.Header.Get("If-None-Match"); none != "" && o.revision() != "" && revisionOf(none) == o.revision() {
		return nil, icf.NewError(http.StatusNotModified, "Not modified")
	}
	return of(http.StatusOK, o.sent, r)
}

// forChange reads the object that a request changes, and holds it to If-Match.
func (r *request) forChange(ctx context.Context, what string) (*object, error) {
	o, err := r.load(ctx)
	if fault.Is(err, fault.NotFound) {
		e := icf.NewError(http.StatusNotFound, fmt.Sprintf("Operation %s could not find resource %s on system object: %s", what, r.id, r.place))
		e.Detail = map[string]any{}
		return nil, e
	}
	if err != nil {
		return nil, err
	}
	if want := r.ifMatch(); want != "" && want != o.revision() {
		return nil, icf.NewError(http.StatusPreconditionFailed, sentences[fault.Stale])
	}
	return o, nil
}

// lists is the object with lists as lists, whatever the connector's style: what
// patches address.
func (o *object) lists() icf.Object {
	if o.kind == icf.Group {
		return icf.Style{}.Group(&o.group)
	}
	return icf.Style{}.Account(&o.user, o.inGroups())
}
