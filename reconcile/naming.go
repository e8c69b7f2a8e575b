package reconcile

import (
	"context"
	"slices"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// Naming finds out what people call what is assigned, and keeps it: each
// permission set, account and application is asked about once. So it is for one
// plan, as things were while that was made. It is safe for concurrent use.
type Naming struct {
	instance *assignment.Instance
	sets     Once[string, identity.PermissionSet]
	others   Once[string, string] // of accounts and applications, whose ids never look alike
}

// NewNaming returns what is known of the names of one instance: nothing yet.
func NewNaming(i *assignment.Instance) *Naming { return &Naming{instance: i} }

// Name fills in the names of permission sets, accounts and applications, as
// [Naming.Fill] does for whoever needs them only once.
func Name(ctx context.Context, i *assignment.Instance, all []plan.Assignment) error {
	return NewNaming(i).Fill(ctx, all)
}

// Fill fills in the names of permission sets, accounts and applications. Those
// of accounts, which another service knows, stay empty where that may not be
// asked. It fails with what the reading fails with.
func (n *Naming) Fill(ctx context.Context, lists ...[]plan.Assignment) error {
	var ask []func(context.Context) error
	seen := map[string]bool{}
	once := func(id string, read func(context.Context, string) error) {
		if id != "" && !seen[id] {
			seen[id] = true
			ask = append(ask, func(ctx context.Context) error { return read(ctx, id) })
		}
	}
	all := slices.Concat(lists...)
	for _, a := range all {
		once(a.Application, func(ctx context.Context, id string) error { return second(n.application(ctx, id)) })
		once(a.PermissionSet, func(ctx context.Context, id string) error { return second(n.PermissionSet(ctx, id)) })
		once(a.Account, func(ctx context.Context, id string) error { return second(n.account(ctx, id)) })
	}
	if err := together(ctx, ask...); err != nil {
		return err
	}
	for _, list := range lists {
		for i := range list {
			if err := n.fill(ctx, &list[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func second[T any](_ T, err error) error { return err }

// fill gives one assignment its names, which are all known by now.
func (n *Naming) fill(ctx context.Context, a *plan.Assignment) (err error) {
	if a.Application != "" {
		a.AppName, err = n.application(ctx, a.Application)
		return err
	}
	set, err := n.PermissionSet(ctx, a.PermissionSet)
	if err != nil {
		return err
	}
	a.SetName = set.Name
	a.AccountName, err = n.account(ctx, a.Account)
	return err
}

// PermissionSet returns the permission set with that ARN, as it was when it was
// first asked for. It fails as [assignment.Instance] does.
func (n *Naming) PermissionSet(ctx context.Context, arn string) (identity.PermissionSet, error) {
	return n.sets.Of(ctx, arn, func(ctx context.Context) (identity.PermissionSet, error) { return n.instance.PermissionSet(ctx, arn) })
}

func (n *Naming) application(ctx context.Context, arn string) (string, error) {
	return n.others.Of(ctx, arn, func(ctx context.Context) (string, error) {
		app, err := n.instance.Application(ctx, arn)
		return app.Name, err
	})
}

func (n *Naming) account(ctx context.Context, id string) (string, error) {
	return n.others.Of(ctx, id, func(ctx context.Context) (string, error) {
		account, err := n.instance.Account(ctx, id)
		switch fault.KindOf(err) {
		case fault.NotFound, fault.Denied, fault.Unsupported:
			return "", nil
		}
		return account.Name, err
	})
}
