package directorytest

import (
	"math/rand/v2"
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var randomTests = []test{
	{"RandomWritesKeepTheLaws", randomWrites},
}

// player makes random writes, most of which collide with what is there.
type player struct {
	t      *testing.T
	d      directory.Driver
	random *rand.Rand
	users  []identity.ID // some of them deleted
	groups []identity.ID
}

// randomWrites always makes the same writes, so that a failure comes again.
func randomWrites(t *testing.T, d directory.Driver) {
	p := &player{t: t, d: d, random: rand.New(rand.NewPCG(1, 2)), users: []identity.ID{nobody}, groups: []identity.ID{nobody}}
	worked, refusals := 0, map[fault.Kind]int{}
	for step := range 400 {
		switch err := p.write(); {
		case err == nil:
			worked++
		case fault.Is(err, fault.Conflict), fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
			refusals[fault.KindOf(err)]++
		default:
			t.Fatalf("step %d: %v", step, err)
		}
		if step%100 == 99 {
			laws(t, d)
		}
	}
	t.Logf("%d writes worked, refused: %v", worked, refusals)
}

func (p *player) name() string {
	names := []string{"ann", "ANN", "ben", "zoë", "ZOE\u0308", "straße", "STRASSE", "юля", "d", "e", "f"}
	return names[p.random.IntN(len(names))]
}

func (p *player) email() identity.Edit {
	if p.random.IntN(3) == 0 {
		return unset("emails")
	}
	return set(p.t, "emails", mail(p.d, p.name()+"@example.com", ""))
}

func (p *player) user() identity.ID  { return p.oneOf(p.users) }
func (p *player) group() identity.ID { return p.oneOf(p.groups) }

// oneOf picks one of the latest: most of the others are deleted.
func (p *player) oneOf(ids []identity.ID) identity.ID {
	return ids[len(ids)-1-p.random.IntN(min(len(ids), 6))]
}

func (p *player) write() error {
	t, d := p.t, p.d
	switch p.random.IntN(10) {
	case 0, 1:
		u := User(p.name())
		u.Emails[0].Value = p.name() + "@example.com"
		made, err := d.CreateUser(ctx(t), u)
		if err == nil {
			p.users = append(p.users, made.ID)
		}
		return err
	case 2:
		made, err := d.CreateGroup(ctx(t), Group(p.name()))
		if err == nil {
			p.groups = append(p.groups, made.ID)
		}
		return err
	case 3:
		_, err := d.UpdateUser(ctx(t), p.user(), "", []identity.Edit{set(t, "userName", p.name()), p.email()})
		return err
	case 4:
		_, err := d.UpdateGroup(ctx(t), p.group(), "", []identity.Edit{set(t, "displayName", p.name())})
		return err
	case 5:
		return d.DeleteUser(ctx(t), p.user(), "")
	case 6:
		if p.random.IntN(2) == 0 {
			return d.DeleteGroup(ctx(t), p.group(), "")
		}
		return p.externalIDs()
	case 7:
		m, err := d.FindMembership(ctx(t), p.group(), p.user())
		if err != nil {
			return err
		}
		return d.RemoveMember(ctx(t), m.ID)
	case 8:
		if c, ok := d.(directory.MemberChanger); ok {
			return c.ChangeMembers(ctx(t), p.group(), []identity.ID{p.user()}, []identity.ID{p.user()})
		}
	}
	_, err := d.AddMember(ctx(t), p.group(), p.user())
	return err
}

func (p *player) externalIDs() error {
	s, ok := p.d.(directory.ExternalIDSetter)
	if !ok {
		return nil
	}
	var ids []identity.ExternalID
	for range p.random.IntN(3) {
		ids = append(ids, eid("issuer", p.name()))
	}
	return s.SetExternalIDs(ctx(p.t), identity.KindUser, p.user(), "", keepable(p.d, ids...))
}

// laws holds what is true of every directory at any time: unique names, finds
// that agree with listings, memberships seen alike from both sides, and a log
// that tells the same.
func laws(t *testing.T, d directory.Driver) {
	t.Helper()
	now := everything(t, d)
	owner := map[directory.Key]identity.ID{}
	own := func(kind identity.Kind, k directory.Key, id identity.ID) {
		k.Attribute = string(kind) + " " + k.Attribute
		if k.Issuer == "" {
			k.Value = identity.Fold(k.Value)
		}
		if other, taken := owner[k]; taken && other != id {
			t.Errorf("%s %q is that of %s and of %s", k.Attribute, k.Value, other, id)
		}
		owner[k] = id
	}
	for _, u := range now.Users {
		wantSame(t, "the user described", u, user(t, d, u.ID))
		keys := []directory.Key{key(directory.KeyUserName, u.UserName)}
		if u.Email() != "" {
			keys = append(keys, key(directory.KeyEmail, u.Email()))
		}
		for _, id := range u.ExternalIDs {
			keys = append(keys, externalKey(id.Issuer, id.ID))
		}
		for _, k := range keys {
			own(identity.KindUser, k, u.ID)
			wantFound(t, d, k, u)
		}
	}
	for _, g := range now.Groups {
		wantSame(t, "the group described", g, group(t, d, g.ID))
		own(identity.KindGroup, key(directory.KeyDisplayName, g.DisplayName), g.ID)
		wantGroupFound(t, d, key(directory.KeyDisplayName, g.DisplayName), g)
	}
	ofUser := contents{}
	for _, u := range now.Users {
		for _, m := range memberships(t, d, u.ID) {
			ofUser.Memberships = append(ofUser.Memberships, m)
			found, err := d.FindMembership(ctx(t), m.GroupID, m.UserID)
			wantNone(t, "find membership", err)
			wantSame(t, "the membership found", m, found, answered(d))
		}
	}
	ofUser.sort()
	wantSame(t, "memberships by group and by user", now.Memberships, ofUser.Memberships)
	if f, ok := d.(directory.Feeder); ok {
		wantSame(t, "what the log tells", now, replay(t, events(t, f)))
	}
}
