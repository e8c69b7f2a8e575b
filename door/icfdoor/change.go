package icfdoor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"rollcall/command"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/icf"
	"rollcall/identity"
	"rollcall/plan"
)

// reason is why a change is made, in plans and the journal.
func (r *request) reason() string { return "asked for through OpenICF connector " + r.connector.Name }

func (d *Door) create(r *request) (*answer, error) {
	if r.objectType == icf.All {
		return nil, icf.NewError(http.StatusNotImplemented, "Objects are created as __ACCOUNT__ or __GROUP__")
	}
	body, err := r.object()
	if err != nil {
		return nil, err
	}
	if err := icf.CheckRequired(r.objectType, body); err != nil {
		return nil, err
	}
	change, err := icf.ReadChange(r.objectType, body)
	if err != nil {
		return nil, err
	}
	ctx := r.Context()
	draft, err := r.connector.Desk.Begin(ctx, r.actor())
	if err != nil {
		return nil, err
	}
	plan1 := r.createAccount
	if r.objectType == icf.Group {
		plan1 = r.createGroup
	}
	if err := plan1(ctx, draft, change); err != nil {
		return nil, err
	}
	result, err := draft.Make(ctx, "create "+kindWord(r.objectType))
	if u, is := errors.AsType[command.Unmade](err); is && fault.Conflict.String() == u.Failure.Fault {
		return nil, r.exists()
	}
	if err != nil {
		return nil, err
	}
	r.id = string(result.Created[plan.New(1)])
	o, err := r.load(ctx)
	if err != nil {
		return nil, err
	}
	a, err := of(http.StatusCreated, o.sent, r)
	if err == nil {
		a.location = r.location()
	}
	return a, err
}

// location is where an object that was made is.
func (r *request) location() string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	at := url.URL{Scheme: scheme, Host: r.Host, Path: r.URL.Path}
	return at.JoinPath(r.id).String()
}

func kindWord(objectType string) string {
	return map[string]string{icf.Account: "user", icf.Group: "group"}[objectType]
}

func (r *request) exists() error {
	return icf.NewError(http.StatusPreconditionFailed, fmt.Sprintf("System object %s already exists", r.place))
}

func (r *request) createAccount(ctx context.Context, d *command.Draft, change icf.Change) error {
	u := identity.User{Active: true}
	if err := u.Apply(change.Edits); err != nil {
		return err
	}
	if err := r.allowExternalIDs(nil, u.ExternalIDs); err != nil {
		return err
	}
	_, err := d.Directory.FindUser(ctx, directory.Key{Attribute: directory.KeyUserName, Value: u.UserName})
	if err == nil {
		return r.exists()
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	c, err := d.NewUser(ctx, u, r.reason())
	if err != nil {
		return err
	}
	n := d.Add(c)
	for _, id := range change.Groups {
		c, err := r.membership(ctx, d, id)
		if err != nil {
			return err
		}
		c.Add, c.Needs = []plan.Member{{User: plan.New(n), Name: u.UserName}}, []int{n}
		d.Add(c)
	}
	return nil
}

func (r *request) createGroup(ctx context.Context, d *command.Draft, change icf.Change) error {
	var g identity.Group
	if err := g.Apply(change.Edits); err != nil {
		return err
	}
	if err := r.allowExternalIDs(nil, g.ExternalIDs); err != nil {
		return err
	}
	_, err := d.Directory.FindGroup(ctx, directory.Key{Attribute: directory.KeyDisplayName, Value: g.DisplayName})
	if err == nil {
		return r.exists()
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	c, err := d.NewGroup(g, r.reason())
	d.Add(c)
	return err
}

// allowExternalIDs refuses that external ids change: whoever provisions the
// object knows it by them, and AWS's API does not set them.
func (r *request) allowExternalIDs(from, to []identity.ExternalID) error {
	if r.connector.WriteExternalIDs || slices.Equal(from, to) {
		return nil
	}
	return badRequest("Attribute externalIds cannot be written through this connector")
}

// membership begins the change of a group's members; a group that is not there
// is the request's fault.
func (r *request) membership(ctx context.Context, d *command.Draft, id identity.ID) (plan.Change, error) {
	if !identity.IsID(string(id)) {
		return plan.Change{}, badRequest("Attribute __GROUPS__ names a group that does not exist: %s", id)
	}
	g, err := d.Directory.Group(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return plan.Change{}, badRequest("Attribute __GROUPS__ names a group that does not exist: %s", id)
	}
	if err != nil {
		return plan.Change{}, err
	}
	return d.Group(ctx, g, plan.GroupMembers, r.reason())
}

func (d *Door) update(r *request) (*answer, error) {
	match, none := r.Header.Get("If-Match"), r.Header.Get("If-None-Match")
	switch {
	case none == "*":
		return nil, icf.NewError(http.StatusInternalServerError, "Create with client provided ID is not supported.")
	case none != "":
		return nil, badRequest("\"%s\" is not a supported value for If-None-Match on PUT", none)
	case match == "" && r.connector.Strict && r.protocol >= 2:
		return nil, icf.NewError(http.StatusInternalServerError, "UPSERT (i.e. PUT without If-Match or If-None-Match headers) is not supported.")
	}
	body, err := r.object()
	if err != nil {
		return nil, err
	}
	return d.change(r, func(*object) (map[string]any, error) { return body, nil })
}

func (d *Door) patch(r *request) (*answer, error) {
	raw, err := r.body()
	if err != nil {
		return nil, err
	}
	ops, err := icf.ReadPatch(raw)
	if err != nil {
		return nil, err
	}
	return d.change(r, func(o *object) (map[string]any, error) {
		return icf.ApplyPatch(o.kind, o.lists(), ops, d.transform(r))
	})
}

// change makes what body says of the object that is there, and answers with
// what it is afterwards.
func (d *Door) change(r *request, body func(*object) (map[string]any, error)) (*answer, error) {
	ctx := r.Context()
	draft, err := r.connector.Desk.Begin(ctx, r.actor())
	if err != nil {
		return nil, err
	}
	o, err := r.forChange(ctx, "UPDATE")
	if err != nil {
		return nil, err
	}
	wanted, err := body(o)
	if err != nil {
		return nil, err
	}
	change, err := icf.ReadChange(o.kind, wanted)
	if err != nil {
		return nil, err
	}
	plan1 := r.changeAccount
	if o.kind == icf.Group {
		plan1 = r.changeGroup
	}
	if err := plan1(ctx, draft, o, change); err != nil {
		return nil, err
	}
	if _, err := draft.Make(ctx, "update "+kindWord(o.kind)); err != nil {
		return nil, err
	}
	if o, err = r.forRead(ctx); err != nil {
		return nil, err
	}
	return of(http.StatusOK, o.sent, r)
}

// forRead reads the object again after a change.
func (r *request) forRead(ctx context.Context) (*object, error) {
	o, err := r.load(ctx)
	if fault.Is(err, fault.NotFound) {
		return nil, icf.NewError(http.StatusNotFound, fmt.Sprintf("Object %s not found on %s", r.id, r.place))
	}
	return o, err
}

func (r *request) changeAccount(ctx context.Context, d *command.Draft, o *object, change icf.Change) error {
	err := d.ChangeUser(ctx, o.user, change.Edits, r.reason(), func([]identity.Edit) error {
		to := o.user
		if err := to.Apply(change.Edits); err != nil {
			return err
		}
		return r.allowExternalIDs(o.user.ExternalIDs, to.ExternalIDs)
	})
	if err != nil || change.Groups == nil {
		return err
	}
	in := o.inGroups()
	member, err := d.Member(ctx, o.user)
	if err != nil {
		return err
	}
	for _, id := range in {
		if slices.Contains(change.Groups, id) {
			continue
		}
		c, err := r.membership(ctx, d, id)
		if err != nil {
			return err
		}
		c.Remove = []plan.Member{member}
		d.Add(c)
	}
	for _, id := range change.Groups {
		if slices.Contains(in, id) {
			continue
		}
		c, err := r.membership(ctx, d, id)
		if err != nil {
			return err
		}
		c.Add = []plan.Member{member}
		d.Add(c)
	}
	return nil
}

func (r *request) changeGroup(ctx context.Context, d *command.Draft, o *object, change icf.Change) error {
	return d.ChangeGroup(ctx, o.group, change.Edits, r.reason(), func([]identity.Edit) error {
		to := o.group
		if err := to.Apply(change.Edits); err != nil {
			return err
		}
		return r.allowExternalIDs(o.group.ExternalIDs, to.ExternalIDs)
	})
}

func (d *Door) delete(r *request) (*answer, error) {
	ctx := r.Context()
	draft, err := r.connector.Desk.Begin(ctx, r.actor())
	if err != nil {
		return nil, err
	}
	o, err := r.forChange(ctx, "DELETE")
	if err != nil {
		return nil, err
	}
	if o.kind == icf.Group {
		err = draft.EndGroupWhole(ctx, o.group, r.reason())
	} else {
		_, err = draft.EndUser(ctx, o.user, r.reason())
	}
	if err != nil {
		return nil, err
	}
	if _, err := draft.Make(ctx, "delete "+kindWord(o.kind)); err != nil {
		return nil, err
	}
	return of(http.StatusOK, o.sent, r)
}
