package sqlassignment

import (
	"context"

	"rollcall/assignment"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

const (
	selectAssignments = `SELECT key, principal_kind, principal FROM assignments
		WHERE permission_set = $1 AND account = $4 AND key > $2 AND since <= $5 AND until > $5 ORDER BY key ` + limit3
	selectAssignmentsFor = `SELECT a.key, a.principal_kind, a.principal, p.arn, c.id
		FROM assignments a JOIN permission_sets p ON p.key = a.permission_set JOIN accounts c ON c.key = a.account
		WHERE a.instance = $1 AND a.principal = $4 AND a.principal_kind = $5 AND a.key > $2 AND a.since <= $6 AND a.until > $6
		AND ($7 = '' OR c.id = $7) ORDER BY a.key ` + limit3
	selectPermissionSetsIn = `SELECT p.key, p.arn FROM permission_sets p WHERE p.instance = $1 AND p.key > $2
		AND EXISTS (SELECT 1 FROM assignments a WHERE a.account = $4 AND a.permission_set = p.key AND a.since <= $5 AND a.until > $5)
		AND ($6 = '' OR ($6 = 'latest') = EXISTS (SELECT 1 FROM provisions v
			WHERE v.permission_set = p.key AND v.account = $4 AND v.version = p.version AND v.since <= $5))
		ORDER BY p.key ` + limit3
	selectAccountsWith = `SELECT c.key, c.id FROM accounts c WHERE c.instance = $1 AND c.key > $2
		AND EXISTS (SELECT 1 FROM assignments a WHERE a.permission_set = $4 AND a.account = c.key AND a.since <= $5 AND a.until > $5)
		AND ($6 = '' OR ($6 = 'latest') = EXISTS (SELECT 1 FROM provisions v
			WHERE v.permission_set = $4 AND v.account = c.key AND v.version = $7 AND v.since <= $5))
		ORDER BY c.key ` + limit3
)

// ListAssignments lists who has a permission set in an account.
func (d *Driver) ListAssignments(ctx context.Context, account, permissionSet string, page assignment.PageRequest) (assignment.Page[identity.Assignment], error) {
	l := listing{"list assignments", []string{account, permissionSet}}
	return list(ctx, d, l, page, func(q sqldb.Query, after int64, limit int) ([]row[identity.Assignment], error) {
		p, err := d.permission(q, l.op, permissionSet)
		if err != nil {
			return nil, err
		}
		a, err := d.account(q, l.op, account)
		if err != nil {
			return nil, err
		}
		scan := func(scan func(...any) error) (row[identity.Assignment], error) {
			r := row[identity.Assignment]{item: identity.Assignment{
				Principal: identity.Principal{Store: d.store}, PermissionSet: permissionSet, Account: account,
			}}
			err := scan(&r.key, (*string)(&r.item.Principal.Kind), (*string)(&r.item.Principal.ID))
			return r, err
		}
		return sqldb.Collect(q, scan, selectAssignments, p.key, after, limit, a.key, d.now())
	})
}

// ListAssignmentsFor lists what a principal has, by itself and by its groups.
func (d *Driver) ListAssignmentsFor(ctx context.Context, p identity.Principal, account string, page assignment.PageRequest) (assignment.Page[identity.Assignment], error) {
	l := listing{"list assignments for a principal", []string{string(p.Kind), string(p.ID), account}}
	if err := d.whole(l.op); err != nil {
		return assignment.Page[identity.Assignment]{}, err
	}
	principals, err := d.with(ctx, l.op, p)
	if err != nil {
		return assignment.Page[identity.Assignment]{}, err
	}
	return list(ctx, d, l, page, func(q sqldb.Query, after int64, limit int) ([]row[identity.Assignment], error) {
		if account != "" {
			if _, err := d.account(q, l.op, account); err != nil {
				return nil, err
			}
		}
		var all []row[identity.Assignment]
		now := d.now()
		for _, one := range principals {
			found, err := sqldb.Collect(q, d.scanAssignment, selectAssignmentsFor, d.key, after, limit, string(one.ID), string(one.Kind), now, account)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
		return merge(all, limit), nil
	})
}

func (d *Driver) scanAssignment(scan func(...any) error) (r row[identity.Assignment], err error) {
	a := &r.item
	a.Principal.Store = d.store
	err = scan(&r.key, (*string)(&a.Principal.Kind), (*string)(&a.Principal.ID), &a.PermissionSet, &a.Account)
	return r, err
}

// with returns a principal and, if it is a user, the groups it is in. One that
// does not exist is in none.
func (d *Driver) with(ctx context.Context, op string, p identity.Principal) ([]identity.Principal, error) {
	if err := d.ours(op, p); err != nil {
		return nil, err
	}
	all := []identity.Principal{p}
	if p.Kind != identity.KindUser {
		return all, nil
	}
	groups := directory.Pages(ctx, op, func(ctx context.Context, page directory.PageRequest) (directory.Page[identity.Membership], error) {
		return d.options.Directory.ListMemberships(ctx, p.ID, page)
	})
	for m, err := range groups {
		if fault.Is(err, fault.NotFound) {
			break
		}
		if err != nil {
			return nil, err
		}
		all = append(all, identity.Principal{Store: d.store, Kind: identity.KindGroup, ID: m.GroupID})
	}
	return all, nil
}

// ours refuses a principal that cannot be one of the instance's store.
func (d *Driver) ours(op string, p identity.Principal) error {
	if err := p.Validate(); err != nil {
		return err
	}
	if p.Store != "" && p.Store != d.store {
		return fault.Text(fault.Invalid, op, "principal", "it is of the store "+string(p.Store)+", and this instance is that of "+string(d.store))
	}
	return nil
}

// exists reports whether the directory has a principal.
func (d *Driver) exists(ctx context.Context, p identity.Principal) (bool, error) {
	var err error
	if p.Kind == identity.KindUser {
		_, err = d.options.Directory.User(ctx, p.ID)
	} else {
		_, err = d.options.Directory.Group(ctx, p.ID)
	}
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// ListPermissionSetsIn lists the permission sets that somebody has in an
// account.
func (d *Driver) ListPermissionSetsIn(ctx context.Context, account string, only assignment.Provisioned, page assignment.PageRequest) (assignment.Page[string], error) {
	l := listing{"list permission sets of an account", []string{account, string(only)}}
	filter, err := d.versionFilter(l.op, only)
	if err != nil {
		return assignment.Page[string]{}, err
	}
	return list(ctx, d, l, page, func(q sqldb.Query, after int64, limit int) ([]row[string], error) {
		a, err := d.account(q, l.op, account)
		if err != nil {
			return nil, err
		}
		return sqldb.Collect(q, scanName, selectPermissionSetsIn, d.key, after, limit, a.key, d.now(), filter)
	})
}

// ListAccountsWith lists the accounts where somebody has a permission set.
func (d *Driver) ListAccountsWith(ctx context.Context, permissionSet string, only assignment.Provisioned, page assignment.PageRequest) (assignment.Page[string], error) {
	l := listing{"list accounts of a permission set", []string{permissionSet, string(only)}}
	filter, err := d.versionFilter(l.op, only)
	if err != nil {
		return assignment.Page[string]{}, err
	}
	return list(ctx, d, l, page, func(q sqldb.Query, after int64, limit int) ([]row[string], error) {
		p, err := d.permission(q, l.op, permissionSet)
		if err != nil {
			return nil, err
		}
		return sqldb.Collect(q, scanName, selectAccountsWith, d.key, after, limit, p.key, d.now(), filter, p.version)
	})
}

// versionFilter is what the queries call a filter.
func (d *Driver) versionFilter(op string, only assignment.Provisioned) (string, error) {
	if err := d.whole(op); err != nil {
		return "", err
	}
	switch only {
	case assignment.Anyhow:
		return "", nil
	case assignment.Latest:
		return "latest", nil
	case assignment.Outdone:
		return "outdone", nil
	}
	return "", fault.Text(fault.Invalid, op, "provisioning status", "want "+string(assignment.Latest)+" or "+string(assignment.Outdone))
}
