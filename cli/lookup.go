package cli

import (
	"context"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// membersOf reads the memberships of a group, and its members.
func membersOf(ctx context.Context, d *directory.Directory, group identity.ID) ([]identity.Membership, map[identity.ID]identity.User, error) {
	var all []identity.Membership
	var ids []identity.ID
	for m, err := range d.Members(ctx, group) {
		if err != nil {
			return nil, nil, err
		}
		all, ids = append(all, m), append(ids, m.UserID)
	}
	users, err := usersOf(ctx, d, ids)
	return all, users, err
}

// usersOf reads users by their ids, without those that are gone. A call for
// each would take a real Identity Center a second for every 17; a listing gets
// a hundred with one call. So they are listed, for as long as that has cost no
// more than reading those still missing one by one would.
func usersOf(ctx context.Context, d *directory.Directory, ids []identity.ID) (map[identity.ID]identity.User, error) {
	found, missing := make(map[identity.ID]identity.User, len(ids)), make(map[identity.ID]bool, len(ids))
	for _, id := range ids {
		missing[id] = true
	}
	if len(ids) > worthListing {
		listed := 0
		for u, err := range d.Users(ctx) {
			if err != nil {
				return nil, err
			}
			if missing[u.ID] {
				found[u.ID] = u
				delete(missing, u.ID)
			}
			if listed++; len(missing) == 0 || listed/identity.MaxMembers > len(missing) {
				break
			}
		}
	}
	for id := range missing {
		u, err := d.User(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue // gone while we were reading
		}
		if err != nil {
			return nil, err
		}
		found[id] = u
	}
	return found, nil
}

// worthListing is how many single reads are no trouble.
const worthListing = 5
