package awsdir_test

import (
	"context"
	"errors"
	"slices"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// write makes a call until it is settled. happened reads whether a call whose
// answer was lost was made after all; so reads whether a refusal is true, and
// is nil if no read can tell.
func write[T any](ctx context.Context, p *patient, call func() (T, error), happened func() (T, bool), so func(error) bool) (T, error) {
	for t := (&tries{p: p}); ; {
		got, err := call()
		if fault.IsUnsettled(err) && ctx.Err() == nil {
			if got, ok := happened(); ok {
				return got, nil
			}
		}
		refused := fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale)
		if refused && so != nil {
			if so(err) || !t.more(ctx) {
				return got, err
			}
			continue // a read has told that it is the wire's
		}
		if !t.again(ctx, err) {
			return got, err
		}
	}
}

// claim notes an object as one of ours, unless it is already.
func (p *patient) claim(id identity.ID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	fresh := !p.known[id]
	p.known[id] = true
	return fresh
}

func (p *patient) CreateUser(ctx context.Context, u identity.User) (identity.User, error) {
	made, err := write(ctx, p, func() (identity.User, error) { return p.Driver.CreateUser(ctx, u) }, func() (identity.User, bool) {
		found, err := p.FindUser(ctx, directory.Key{Attribute: directory.KeyUserName, Value: u.UserName})
		if err != nil || !p.oursUser(ctx, &found, &u) || !p.claim(found.ID) {
			return found, false
		}
		found, err = p.User(ctx, found.ID)
		return found, err == nil
	}, func(refusal error) bool { return fault.Is(refusal, fault.Conflict) && p.userTaken(ctx, &u, "") })
	if err != nil {
		return made, err
	}
	p.claim(made.ID)
	if _, able := p.Driver.(directory.ExternalIDSetter); able && len(u.ExternalIDs) > 0 && len(made.ExternalIDs) == 0 { // SCIM was shut
		if err := (throughSCIM{p}).SetExternalIDs(ctx, identity.KindUser, made.ID, "", u.ExternalIDs); err != nil {
			return identity.User{}, errors.Join(err, p.DeleteUser(ctx, made.ID, "")) // only SCIM could have told before
		}
		return p.User(ctx, made.ID)
	}
	return made, nil
}

// oursUser sets what a user that was made by half lacks, if it is the one that
// was sent.
func (p *patient) oursUser(ctx context.Context, found, sent *identity.User) bool {
	rest, err := identity.UserEdits(found, sent, p.paths(identity.KindUser, identity.UserPaths()))
	if err != nil || !halfMade(rest) {
		return false
	}
	if len(rest) > 0 {
		_, err = p.UpdateUser(ctx, found.ID, "", rest)
	}
	return err == nil
}

// halfMade reports whether nothing is lacking but what takes the second call of
// a creation by SCIM.
func halfMade(lacking []identity.Edit) bool {
	return !slices.ContainsFunc(lacking, func(e identity.Edit) bool {
		return !slices.Contains([]string{"photos", "website", "birthdate", "description"}, e.Path)
	})
}

// paths leaves out what the driver cannot set in an update.
func (p *patient) paths(kind identity.Kind, all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(path string) bool {
		return path == identity.PathActive || path == identity.PathExternalIDs || !p.Limits().Sets(kind, path)
	})
}

// userTaken reports whether somebody else has a unique value of u's.
func (p *patient) userTaken(ctx context.Context, u *identity.User, but identity.ID) bool {
	keys := []directory.Key{{Attribute: directory.KeyUserName, Value: u.UserName}, {Attribute: directory.KeyEmail, Value: u.Email()}}
	for _, x := range u.ExternalIDs {
		keys = append(keys, directory.Key{Attribute: directory.KeyExternalID, Value: x.ID, Issuer: x.Issuer})
	}
	return slices.ContainsFunc(keys, func(key directory.Key) bool {
		if key.Value == "" {
			return false
		}
		found, err := p.FindUser(ctx, key)
		return err == nil && found.ID != but
	})
}

func (p *patient) groupTaken(ctx context.Context, g *identity.Group, but identity.ID) bool {
	keys := []directory.Key{{Attribute: directory.KeyDisplayName, Value: g.DisplayName}}
	for _, x := range g.ExternalIDs {
		keys = append(keys, directory.Key{Attribute: directory.KeyExternalID, Value: x.ID, Issuer: x.Issuer})
	}
	return slices.ContainsFunc(keys, func(key directory.Key) bool {
		if key.Value == "" {
			return false
		}
		found, err := p.FindGroup(ctx, key)
		return err == nil && found.ID != but
	})
}

func (p *patient) CreateGroup(ctx context.Context, g identity.Group) (identity.Group, error) {
	return p.createGroup(ctx, g, func() (identity.Group, error) { return p.Driver.CreateGroup(ctx, g) })
}

func (p *patient) createGroup(ctx context.Context, g identity.Group, call func() (identity.Group, error)) (identity.Group, error) {
	made, err := write(ctx, p, call, func() (identity.Group, bool) {
		found, err := p.FindGroup(ctx, directory.Key{Attribute: directory.KeyDisplayName, Value: g.DisplayName})
		if err != nil || !p.oursGroup(ctx, &found, &g) || !p.claim(found.ID) {
			return found, false
		}
		found, err = p.Group(ctx, found.ID)
		return found, err == nil
	}, func(refusal error) bool { return fault.Is(refusal, fault.Conflict) && p.groupTaken(ctx, &g, "") })
	if err != nil {
		return made, err
	}
	p.claim(made.ID)
	if _, able := p.Driver.(directory.ExternalIDSetter); able && len(g.ExternalIDs) > 0 && len(made.ExternalIDs) == 0 {
		if err := (throughSCIM{p}).SetExternalIDs(ctx, identity.KindGroup, made.ID, "", g.ExternalIDs); err != nil {
			return identity.Group{}, errors.Join(err, p.DeleteGroup(ctx, made.ID, ""))
		}
		return p.Group(ctx, made.ID)
	}
	return made, nil
}

func (p *patient) oursGroup(ctx context.Context, found, sent *identity.Group) bool {
	rest, err := identity.GroupEdits(found, sent, p.paths(identity.KindGroup, identity.GroupPaths()))
	if err != nil || !halfMade(rest) {
		return false
	}
	if len(rest) > 0 {
		_, err = p.UpdateGroup(ctx, found.ID, "", rest)
	}
	return err == nil
}

func (p *patient) UpdateUser(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.User, error) {
	return write(ctx, p, func() (identity.User, error) { return p.Driver.UpdateUser(ctx, id, revision, edits) }, func() (identity.User, bool) {
		now, err := p.User(ctx, id)
		after := now
		if err == nil {
			err = after.Apply(edits)
		}
		left, diffErr := identity.UserEdits(&now, &after, nil)
		return now, err == nil && diffErr == nil && len(left) == 0
	}, func(refusal error) bool {
		now, err := p.User(ctx, id)
		if err != nil || fault.Is(refusal, fault.Stale) {
			return err == nil && outdated(refusal, revision, now.Revision)
		}
		return now.Apply(edits) == nil && p.userTaken(ctx, &now, id)
	})
}

func (p *patient) UpdateGroup(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.Group, error) {
	return write(ctx, p, func() (identity.Group, error) { return p.Driver.UpdateGroup(ctx, id, revision, edits) }, func() (identity.Group, bool) {
		now, err := p.Group(ctx, id)
		after := now
		if err == nil {
			err = after.Apply(edits)
		}
		left, diffErr := identity.GroupEdits(&now, &after, nil)
		return now, err == nil && diffErr == nil && len(left) == 0
	}, func(refusal error) bool {
		now, err := p.Group(ctx, id)
		if err != nil || fault.Is(refusal, fault.Stale) {
			return err == nil && outdated(refusal, revision, now.Revision)
		}
		return now.Apply(edits) == nil && p.groupTaken(ctx, &now, id)
	})
}

// vanishes makes a deletion of what read finds, and tells the revision of. Who
// looked before knows whose it is that the object is gone.
func vanishes(ctx context.Context, p *patient, revision string, read func() (string, error), call func() error) error {
	_, before := read()
	_, err := write(ctx, p, func() (none struct{}, err error) { return none, call() }, func() (none struct{}, gone bool) {
		_, now := read()
		return none, before == nil && fault.Is(now, fault.NotFound)
	}, func(refusal error) bool {
		now, err := read()
		return err == nil && outdated(refusal, revision, now)
	})
	return err
}

func (p *patient) DeleteUser(ctx context.Context, id identity.ID, revision string) error {
	return vanishes(ctx, p, revision, func() (string, error) {
		u, err := p.User(ctx, id)
		return u.Revision, err
	}, func() error { return p.Driver.DeleteUser(ctx, id, revision) })
}

func (p *patient) DeleteGroup(ctx context.Context, id identity.ID, revision string) error {
	return vanishes(ctx, p, revision, func() (string, error) {
		g, err := p.Group(ctx, id)
		return g.Revision, err
	}, func() error { return p.Driver.DeleteGroup(ctx, id, revision) })
}

func (p *patient) RemoveMember(ctx context.Context, id identity.ID) error {
	return vanishes(ctx, p, "", func() (string, error) {
		_, err := p.Membership(ctx, id)
		return "", err
	}, func() error { return p.Driver.RemoveMember(ctx, id) })
}

func (p *patient) AddMember(ctx context.Context, group, user identity.ID) (identity.Membership, error) {
	is := func() (identity.Membership, bool) {
		m, err := p.FindMembership(ctx, group, user)
		return m, err == nil
	}
	_, before := is()
	return write(ctx, p, func() (identity.Membership, error) { return p.Driver.AddMember(ctx, group, user) }, func() (identity.Membership, bool) {
		m, now := is()
		return m, now && !before
	}, func(refusal error) bool {
		_, now := is()
		return now && fault.Is(refusal, fault.Conflict)
	})
}

// throughSCIM is what only SCIM can do.
type throughSCIM struct{ p *patient }

func (s throughSCIM) SetActive(ctx context.Context, id identity.ID, revision string, active bool) (identity.User, error) {
	return write(ctx, s.p, func() (identity.User, error) {
		return s.p.Driver.(directory.StatusSetter).SetActive(ctx, id, revision, active)
	}, func() (identity.User, bool) {
		now, err := s.p.User(ctx, id)
		return now, err == nil && now.Active == active
	}, func(refusal error) bool {
		now, err := s.p.User(ctx, id)
		return err == nil && outdated(refusal, revision, now.Revision)
	})
}

// outdated reports whether a write was refused as stale, and is.
func outdated(refusal error, revision, now string) bool {
	return fault.Is(refusal, fault.Stale) && revision != "" && revision != now
}

func (s throughSCIM) SetExternalIDs(ctx context.Context, kind identity.Kind, id identity.ID, revision string, ids []identity.ExternalID) error {
	now := func() (have []identity.ExternalID, at string, taken bool) {
		if kind == identity.KindGroup {
			g, err := s.p.Group(ctx, id)
			return g.ExternalIDs, g.Revision, err == nil && s.p.groupTaken(ctx, &identity.Group{ExternalIDs: ids}, id)
		}
		u, err := s.p.User(ctx, id)
		return u.ExternalIDs, u.Revision, err == nil && s.p.userTaken(ctx, &identity.User{ExternalIDs: ids}, id)
	}
	_, err := write(ctx, s.p, func() (none struct{}, err error) {
		return none, s.p.Driver.(directory.ExternalIDSetter).SetExternalIDs(ctx, kind, id, revision, ids)
	}, func() (none struct{}, ok bool) {
		have, _, _ := now()
		return none, slices.Equal(have, ids)
	}, func(refusal error) bool {
		_, at, taken := now()
		return fault.Is(refusal, fault.Conflict) && taken || outdated(refusal, revision, at)
	})
	return err
}

// ChangeMembers can be said twice.
func (s throughSCIM) ChangeMembers(ctx context.Context, group identity.ID, add, remove []identity.ID) error {
	_, err := write(ctx, s.p, func() (none struct{}, err error) {
		return none, s.p.Driver.(directory.MemberChanger).ChangeMembers(ctx, group, add, remove)
	}, func() (none struct{}, no bool) { return none, false }, nil)
	return err
}

func (s throughSCIM) CreateGroupWith(ctx context.Context, g identity.Group, members []identity.ID) (identity.Group, error) {
	return s.p.createGroup(ctx, g, func() (identity.Group, error) {
		return s.p.Driver.(directory.Founder).CreateGroupWith(ctx, g, members)
	})
}
