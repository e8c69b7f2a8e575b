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

// The objects whose number is limited in each Identity Center (aws-contract 8).
// Limits within one object, and on what may be in progress, are the ports' own
// and always hold.
const (
	Users          Object = "users"
	Groups         Object = "groups"
	PermissionSets Object = "permission sets"
	Applications   Object = "applications"
	Provisioned    Object = "permission sets in one account"
)

// places are how many of an object there may be in one store or instance; nil
// is any number.
type places struct {
	object Object
	most   int
	count  func(context.Context) (int, error)
	turn   chan struct{} // held from the count until there is one more
}

func (g *Gate) places(o Object, count func(context.Context) (int, error)) *places {
	most, limited := g.objects[o]
	if !limited {
		return nil
	}
	return &places{o, most, count, make(chan struct{}, 1)}
}

// within makes one more of what p counts, or refuses with fault.Quota. Within
// this process those that make one take turns, so that no two share the last
// place; another process on the same database may still take it.
func within[T any](ctx context.Context, p *places, op string, create func() (T, error)) (T, error) {
	if p == nil {
		return create()
	}
	var none T
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return none, fault.New(fault.Unavailable, op, "", ctx.Err())
	}
	n, err := p.count(ctx)
	if err != nil {
		return none, err
	}
	if n >= p.most {
		return none, p.full(op)
	}
	return create()
}

func (p *places) full(op string) error {
	return fault.Text(fault.Quota, op, "", fmt.Sprintf("the quota of %d %s is reached", p.most, p.object))
}

// Counter is implemented by drivers that can tell how many users or groups they
// hold without listing them.
type Counter interface {
	Count(ctx context.Context, kind identity.Kind) (int, error)
}

// countIn counts a directory's users or groups, by listing them unless the
// driver is a [Counter].
func countIn(r directory.Reader, kind identity.Kind) func(context.Context) (int, error) {
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
