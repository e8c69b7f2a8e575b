package identitycenter

import (
	"context"
	"slices"

	"rollcall/assignment"
	"rollcall/assignment/sqlassignment"
	"rollcall/config"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// Organize gives the instance beside a store the region and the organization
// that the configuration has for its directory: what is missing is made, what
// differs is changed, and nothing is taken away. Doing it again changes nothing,
// and writes nothing; nor does it where nothing is configured. It fails with
// fault.NotFound for a store that is not there, and with fault.Invalid for what
// cannot be changed once an instance is made.
func (db *Database) Organize(ctx context.Context, id identity.StoreID, settings config.Directory) error {
	o := settings.Organization
	if o.IsZero() && settings.Region == "" {
		return nil
	}
	store, err := db.Find(ctx, id)
	if err != nil {
		return err
	}
	payer := o.Accounts[o.Management]
	d, err := db.instance(ctx, store, sqlassignment.Options{ID: o.ID, Root: o.Root, Owner: o.Management, Email: payer.Email, Region: settings.Region})
	if err != nil {
		return err
	}
	root, err := fixed(ctx, d, settings)
	if err != nil {
		return err
	}
	units, accounts := o.Below(root)
	current, err := isSo(ctx, d, units, accounts)
	if err != nil || current {
		return err
	}
	return d.Seed(ctx, units, accounts)
}

// fixed compares what is decided when an instance is made, and returns its
// root.
func fixed(ctx context.Context, d *sqlassignment.Driver, settings config.Directory) (root string, err error) {
	is, err := d.Organization(ctx)
	if err != nil {
		return "", err
	}
	roots, err := d.ListUnits(ctx, "", assignment.PageRequest{})
	if err != nil {
		return "", err
	}
	instance, err := d.Describe(ctx)
	if err != nil {
		return "", err
	}
	o := settings.Organization
	for _, c := range []struct{ key, is, want string }{
		{"region", Primary(instance), settings.Region}, {"id", is.ID, o.ID}, {"management", is.Management, o.Management}, {"root", roots.Items[0].ID, o.Root},
	} {
		if c.want != "" && c.want != c.is {
			return "", fault.Text(fault.Invalid, "organize", c.key,
				"it is "+c.is+" since the directory was made, and cannot become "+c.want+"; leave it out, or begin with another database or store")
		}
	}
	return roots.Items[0].ID, nil
}

// isSo reports whether these units and accounts are there as they should be.
func isSo(ctx context.Context, d *sqlassignment.Driver, units []identity.Unit, accounts []identity.Account) (bool, error) {
	for _, want := range units {
		got, err := d.Unit(ctx, want.ID)
		if fault.Is(err, fault.NotFound) || (err == nil && got != want) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	there := map[string]identity.Account{}
	if len(accounts) > 0 {
		for a, err := range directory.Pages(ctx, "list accounts", func(ctx context.Context, p assignment.PageRequest) (assignment.Page[identity.Account], error) {
			return d.ListAccounts(ctx, "", p)
		}) {
			if err != nil {
				return false, err
			}
			there[a.ID] = a
		}
	}
	return !slices.ContainsFunc(accounts, func(want identity.Account) bool {
		got := there[want.ID]
		return got.Name != want.Name || got.Email != want.Email || got.Status != want.Status || got.Parent != want.Parent
	}), nil
}

// Describe says which instance is beside a store, and whose; fault.NotFound if
// there is no such store.
func (db *Database) Describe(ctx context.Context, id identity.StoreID) (identity.Instance, error) {
	d, err := db.Instance(ctx, id)
	if err != nil {
		return identity.Instance{}, err
	}
	return d.Describe(ctx)
}

// Primary is the name of the region that an instance is at home in.
func Primary(i identity.Instance) string {
	for _, r := range i.Regions {
		if r.Primary {
			return r.Name
		}
	}
	return ""
}
