package emulate

import (
	"context"
	"fmt"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// Object is what a quota is on.
type Object string

// The objects whose number is limited (aws-contract 8). Limits within one
// object, and on what may be in progress, are the ports' own.
const (
	Users          Object = "users"
	Groups         Object = "groups"
	PermissionSets Object = "permission sets"
	Applications   Object = "applications"
)

// makes says which operations make one more.
var makes = map[Call]Object{
	{IdentityStore, "CreateUser"}:     Users,
	{SCIM, "CreateUser"}:              Users,
	{IdentityStore, "CreateGroup"}:    Groups,
	{SCIM, "CreateGroup"}:             Groups,
	{SSOAdmin, "CreatePermissionSet"}: PermissionSets,
	{SSOAdmin, "CreateApplication"}:   Applications,
}

// objects is the quota on one object.
type objects struct {
	most  int
	count func(context.Context) (int, error)
	turn  chan struct{} // held from the count until the answer is written
}

func newObjects(most int, count func(context.Context) (int, error)) *objects {
	return &objects{most, count, make(chan struct{}, 1)}
}

// room refuses, with fault.Quota, the call that would make one too many. Within
// this process those that make the same object take turns, so that no two share
// the last place; another process on the same database may still take it.
func (g *Gate) room(ctx context.Context, c Call) error {
	object, counted := makes[c]
	o := g.objects[object]
	if !counted || o == nil {
		return nil
	}
	if v := visitOf(ctx); v != nil {
		select {
		case o.turn <- struct{}{}:
			v.atEnd(func() { <-o.turn })
		case <-ctx.Done():
			return fault.New(fault.Unavailable, c.Operation, "", ctx.Err())
		}
	}
	n, err := o.count(ctx)
	if err != nil {
		return err
	}
	if n >= o.most {
		return fault.Text(fault.Quota, c.Operation, "", fmt.Sprintf("the quota of %d %s is reached", o.most, object))
	}
	return nil
}

// Counter is implemented by drivers that can tell how many users or groups they
// hold without listing them.
type Counter interface {
	Count(ctx context.Context, kind identity.Kind) (int, error)
}

// CountIn counts a directory's users or groups for [Options].Count, by listing
// them unless the driver is a [Counter].
func CountIn(r directory.Reader, kind identity.Kind) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		if c, ok := r.(Counter); ok {
			return c.Count(ctx, kind)
		}
		if kind == identity.KindGroup {
			return countPages(ctx, r.ListGroups)
		}
		return countPages(ctx, r.ListUsers)
	}
}

func countPages[T any](ctx context.Context, list func(context.Context, directory.PageRequest) (directory.Page[T], error)) (int, error) {
	n, token := 0, ""
	for {
		page, err := list(ctx, directory.PageRequest{Token: token})
		if err != nil {
			return 0, err
		}
		n += len(page.Items)
		if token = page.Next; token == "" {
			return n, nil
		}
	}
}
