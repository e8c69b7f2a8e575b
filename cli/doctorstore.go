package cli

import (
	"context"
	"fmt"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/scim/scimclient"
)

// checkSameStore sees that the API and SCIM are about the same identity store,
// by somebody whom both must know: people who are made by one and changed by
// the other would otherwise be in two. Nothing is written.
func (d *doctor) checkSameStore(ctx context.Context, opened *directory.Directory, client *scimclient.Client) {
	const check = "one store"
	name := opened.Name()
	seen, err := client.ListUsers(ctx, scimclient.Page{Count: 1})
	switch {
	case err != nil:
		d.fail(check, name, err)
		return
	case len(seen.Resources) == 0:
		d.nobodyBySCIM(ctx, opened, check)
		return
	}
	id := identity.ID(seen.Resources[0].ID)
	u, err := opened.User(ctx, id)
	switch {
	case fault.Is(err, fault.NotFound), err == nil && !identity.SameName(u.UserName, seen.Resources[0].UserName):
		d.fail(check, name, fault.Text(fault.Incomplete, "compare stores", "directory "+name, fmt.Sprintf(
			"SCIM has user %s, whom the API does not know: the SCIM endpoint is another identity store's. Set scim.url to the one under Settings, Automatic provisioning, of this instance, or store to the other", id)))
	case err != nil:
		d.fail(check, name, err)
	default:
		d.ok(check, name, "the API and SCIM both know user "+string(id))
	}
}

// nobodyBySCIM is right for a store that has nobody.
func (d *doctor) nobodyBySCIM(ctx context.Context, opened *directory.Directory, check string) {
	for u, err := range opened.Users(ctx) {
		if err != nil {
			d.fail(check, opened.Name(), err)
		} else {
			d.fail(check, opened.Name(), fault.Text(fault.Incomplete, "compare stores", "directory "+opened.Name(), fmt.Sprintf(
				"the API has user %s, and SCIM has nobody: the SCIM endpoint is another identity store's", u.ID)))
		}
		return
	}
	d.ok(check, opened.Name(), "nobody is in it yet, so that nothing can be compared")
}
