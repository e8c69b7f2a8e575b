package main

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"rollcall/directory"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/source"
)

// compare plans a sync of 100,000 people, 10,000 groups and 1,000,000
// memberships where nothing has changed. Both sides are in memory already.
func compare(context.Context, string) (string, error) {
	c := company{people: size(100_000), groups: size(10_000), memberships: size(1_000_000)}
	in := c.input()
	best := time.Duration(1 << 62)
	for range 3 {
		began := time.Now()
		p, err := reconcile.Plan(in)
		if err != nil {
			return "", err
		}
		best = min(best, time.Since(began))
		if !p.Empty() {
			return "", fmt.Errorf("the plan is not empty: %s", p.Changes[0].Sentence())
		}
	}
	bound := hashAndMerge(in)
	return fmt.Sprintf("%d people, %d groups, %d memberships, no change: %.3f s, %.2g objects/s; bound (hashed and merged) %.3f s, ratio %.1f",
		c.people, c.groups, c.memberships, best.Seconds(),
		float64(c.people+c.groups+c.memberships)/best.Seconds(), bound.Seconds(), best.Seconds()/bound.Seconds()), nil
}

func (c company) input() reconcile.Input {
	const issuer = "rollcall:corp"
	table, _ := reconcile.TableNamed(reconcile.Default)
	wanted := &reconcile.Wanted{Source: "corp"}
	current := &reconcile.Current{
		Store:     directory.Store{ID: "d-1234567890"},
		Abilities: directory.Abilities{Status: true, ExternalIDs: true, BulkMembers: true, Revisions: true},
		Members:   make(map[identity.ID][]identity.ID, c.groups),
	}
	var links []link.Link
	note := func(kind identity.Kind, a identity.Anchor, id identity.ID) {
		links = append(links, link.Link{
			Record: identity.Record{Source: "corp", Kind: kind, Anchor: a}, Directory: "local", Object: id, Origin: link.Created,
		})
	}
	wanted.Users, current.Users = make([]reconcile.User, 0, c.people), make([]identity.User, 0, c.people)
	wanted.Groups, current.Groups = make([]reconcile.Group, 0, c.groups), make([]identity.Group, 0, c.groups)
	links = make([]link.Link, 0, c.people+c.groups)
	ids := make([]identity.ID, c.people)
	for i := range c.people {
		ids[i] = identity.ID(fmt.Sprintf("1234567890-%08x-2222-4222-8222-%012x", i, i))
		wanted.Users = append(wanted.Users, reconcile.User{Anchor: c.anchor(i), In: true, User: c.user(i)})
		u := c.user(i)
		u.ID, u.Revision, u.ExternalIDs = ids[i], "1", []identity.ExternalID{{Issuer: issuer, ID: string(c.anchor(i))}}
		current.Users = append(current.Users, u)
		note(identity.KindUser, c.anchor(i), ids[i])
	}
	for i := range c.groups {
		id := identity.ID(fmt.Sprintf("1234567890-%08x-3333-4333-8333-%012x", i, i))
		g := reconcile.Group{Anchor: c.groupAnchor(i), In: true, Group: c.group(i), Members: make([]source.Member, c.perGroup())}
		members := make([]identity.ID, c.perGroup())
		for k := range g.Members {
			g.Members[k].Anchor = wanted.Users[c.member(i, k)].Anchor
			members[k] = ids[c.member(i, k)]
		}
		wanted.Groups = append(wanted.Groups, g)
		there := c.group(i)
		there.ID, there.Revision, there.ExternalIDs = id, "1", []identity.ExternalID{{Issuer: issuer, ID: string(g.Anchor)}}
		current.Groups = append(current.Groups, there)
		current.Members[id] = members
		note(identity.KindGroup, g.Anchor, id)
	}
	return reconcile.Input{
		Settings: reconcile.Settings{
			Sync: "corp", Directory: "local", Table: table, Issuer: issuer, ManageGroups: true,
			Correlate: []string{directory.KeyUserName, directory.KeyEmail},
			UserPaths: []string{
				"userName", "displayName", "name.givenName", "name.familyName", "title", "emails", "active",
				"aws:identitystore:enterprise.department", "aws:identitystore:enterprise.employeeNumber",
			},
			GroupPaths: []string{"displayName", "description"}, Limits: plan.DefaultLimits(),
		},
		Wanted: wanted, Current: current, Known: reconcile.Known{Links: links}, Made: time.Now(),
	}
}

// hashAndMerge is the bound: every object and membership of both sides is
// hashed, sorted a batch at a time, and merged. It knows no rules.
func hashAndMerge(in reconcile.Input) time.Duration {
	began := time.Now()
	seed := maphash.MakeSeed()
	var a, b []uint64
	anchorOf := make(map[identity.ID]identity.Anchor, len(in.Known.Links))
	for _, l := range in.Known.Links {
		anchorOf[l.Object] = l.Record.Anchor
	}
	for i := range in.Wanted.Users {
		a = append(a, hashUser(seed, in.Wanted.Users[i].Anchor, &in.Wanted.Users[i].User))
		b = append(b, hashUser(seed, anchorOf[in.Current.Users[i].ID], &in.Current.Users[i]))
	}
	differ := merge(a, b)
	for i := range in.Wanted.Groups {
		a, b = a[:0], b[:0]
		for _, m := range in.Wanted.Groups[i].Members {
			a = append(a, maphash.String(seed, string(m.Anchor)))
		}
		for _, id := range in.Current.Members[in.Current.Groups[i].ID] {
			b = append(b, maphash.String(seed, string(anchorOf[id])))
		}
		differ += merge(a, b)
	}
	if differ > 0 {
		panic("bench: the two sides differ")
	}
	return time.Since(began)
}

func hashUser(seed maphash.Seed, anchor identity.Anchor, u *identity.User) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, s := range []string{
		string(anchor), u.UserName, u.DisplayName, u.Name.GivenName, u.Name.FamilyName, u.Title, u.Email(),
		u.Enterprise.Department, u.Enterprise.EmployeeNumber,
	} {
		_, _ = h.WriteString(s)
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}

// merge sorts two batches and counts what only one of them has.
func merge(a, b []uint64) (differ int) {
	slices.Sort(a)
	slices.Sort(b)
	i, k := 0, 0
	for i < len(a) && k < len(b) {
		switch cmp.Compare(a[i], b[k]) {
		case 0:
			i, k = i+1, k+1
		case -1:
			i, differ = i+1, differ+1
		case 1:
			k, differ = k+1, differ+1
		}
	}
	return differ + len(a) - i + len(b) - k
}
