package reconcile

import (
	"context"
	"slices"

	"rollcall/identity"
	"rollcall/mapping"
	"rollcall/source"
)

// Want maps a complete read of a source to what the target should hold. People
// and groups who cannot be mapped, or whose values AWS would refuse, keep
// their place with the Problem: they are no leavers. It fails only if ctx
// ends.
func Want(ctx context.Context, snap *source.Snapshot, m *mapping.Mapping, withGroups bool) (*Wanted, error) {
	w := &Wanted{Source: snap.Source, SHA256: snap.Report.SHA256}
	users, failed, err := m.People(ctx, snap.People)
	if err != nil {
		return nil, err
	}
	mapsStatus := slices.Contains(m.UserPaths(), identity.PathActive)
	w.Users = make([]User, len(users))
	for i, u := range users {
		w.Users[i] = User{Anchor: snap.People[i].Anchor, Name: snap.People[i].Name, In: u.In, User: u.User}
		if !mapsStatus {
			w.Users[i].User.Active = true
		}
		if u.In {
			w.Users[i].Problem = w.Users[i].User.Validate()
		}
	}
	for _, f := range failed {
		w.Users[f.Index].In, w.Users[f.Index].Problem = true, f.Err
	}
	if !withGroups {
		return w, nil
	}
	return w, w.addGroups(ctx, snap, m)
}

func (w *Wanted) addGroups(ctx context.Context, snap *source.Snapshot, m *mapping.Mapping) error {
	groups, failed, err := m.Groups(ctx, snap.Groups)
	if err != nil {
		return err
	}
	w.Groups = make([]Group, len(groups))
	for i, g := range groups {
		from := &snap.Groups[i]
		w.Groups[i] = Group{
			Anchor: from.Anchor, Name: from.Name, In: g.In, Group: g.Group,
			Members: from.Members, AddOnly: from.AddOnly, Why: from.Why,
		}
		if g.In {
			w.Groups[i].Problem = w.Groups[i].Group.Validate()
		}
	}
	for _, f := range failed {
		w.Groups[f.Index].In, w.Groups[f.Index].Problem = true, f.Err
	}
	return nil
}
