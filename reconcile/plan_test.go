package reconcile_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall/directory"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/source"
)

// scene is one planning, written down by what is special about it.
type scene struct {
	table string
	users []reconcile.User
	group []reconcile.Group
	has   []identity.User
	hasGr []identity.Group
	in    map[identity.ID][]identity.ID
	links []link.Link
	holds []link.Hold
	blind bool // the directory can neither disable nor store external ids
	alter func(in *reconcile.Input)
}

// march is when plannings happen.
var march = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func (s scene) plan(t *testing.T) *plan.Plan {
	t.Helper()
	p, err := reconcile.Plan(s.input(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(); err != nil {
		t.Fatalf("the plan contradicts itself: %v", err)
	}
	return p
}

func (s scene) input(t *testing.T) reconcile.Input {
	t.Helper()
	if s.table == "" {
		s.table = reconcile.Default
	}
	table, ok := reconcile.TableNamed(s.table)
	if !ok {
		t.Fatalf("no table %q", s.table)
	}
	in := reconcile.Input{
		Settings: reconcile.Settings{
			Sync: "corp", Directory: "local", Table: table, Issuer: "rollcall:corp", ManageGroups: true,
			Correlate: []string{directory.KeyUserName, directory.KeyEmail, directory.KeyDisplayName},
			UserPaths: []string{"userName", "displayName", "title", "emails"}, GroupPaths: []string{"displayName"},
			Limits: plan.DefaultLimits(),
		},
		Wanted: &reconcile.Wanted{Source: "corp", Users: s.users, Groups: s.group},
		Current: &reconcile.Current{
			Store:     directory.Store{ID: "d-1234567890"},
			Abilities: directory.Abilities{Status: !s.blind, ExternalIDs: !s.blind, BulkMembers: true, Revisions: true},
			Users:     s.has, Groups: s.hasGr, Members: s.in,
		},
		Known: reconcile.Known{Links: s.links, Holds: s.holds},
		Made:  march,
	}
	if s.alter != nil {
		s.alter(&in)
	}
	return in
}

func want(anchor, name string) reconcile.User {
	return reconcile.User{Anchor: identity.Anchor(anchor), Name: "uid=" + name, In: true, User: account("", name)}
}

func account(id, name string) identity.User {
	return identity.User{
		ID: identity.ID(id), UserName: name, DisplayName: strings.ToUpper(name), Active: true,
		Emails: []identity.Email{{Value: name + "@example.com", Primary: true}},
	}
}

func linked(anchor, id string) link.Link { return linkOf("corp", identity.KindUser, anchor, id) }

func linkOf(source string, kind identity.Kind, anchor, id string) link.Link {
	return link.Link{
		Record:    identity.Record{Source: source, Kind: kind, Anchor: identity.Anchor(anchor)},
		Directory: "local", Object: identity.ID(id), Origin: link.Created,
	}
}

func named(u identity.User, anchor string) identity.User {
	u.ExternalIDs = []identity.ExternalID{{Issuer: "rollcall:corp", ID: anchor}}
	return u
}

func wantGroup(anchor, name string, members ...string) reconcile.Group {
	g := reconcile.Group{Anchor: identity.Anchor(anchor), Name: "cn=" + name, In: true, Group: identity.Group{DisplayName: name}}
	for _, m := range members {
		g.Members = append(g.Members, source.Member{Anchor: identity.Anchor(m)})
	}
	return g
}

func aGroup(id, name, anchor string) identity.Group {
	g := identity.Group{ID: identity.ID(id), DisplayName: name}
	if anchor != "" {
		g.ExternalIDs = []identity.ExternalID{{Issuer: "rollcall:corp", ID: anchor}}
	}
	return g
}

func sentences(p *plan.Plan) []string {
	var all []string
	for _, c := range p.Changes {
		all = append(all, c.Sentence())
	}
	return all
}

var errNoMail = errors.New("mail is not set")

func attentions(p *plan.Plan) []string {
	var all []string
	for _, a := range p.Attention {
		all = append(all, a.Situation+" "+string(a.Kind)+" "+a.Name)
	}
	slices.Sort(all)
	return all
}

func TestPlans(t *testing.T) {
	cem := named(account("u1", "cem"), "a1")
	off := func(u identity.User) identity.User { u.Active = false; return u }
	title := func(u identity.User, title string) identity.User { u.Title = title; return u }
	tests := map[string]struct {
		scene
		changes   []string
		attention []string
	}{
		"joiner":           {scene{users: []reconcile.User{want("a1", "cem")}}, []string{"create user cem"}, nil},
		"nothing to do":    {scene{users: []reconcile.User{want("a1", "cem")}, has: []identity.User{cem}, links: []link.Link{linked("a1", "u1")}}, nil, nil},
		"leaver":           {scene{users: []reconcile.User{want("a2", "dan")}, has: []identity.User{cem}, links: []link.Link{linked("a1", "u1")}}, []string{"disable user cem", "create user dan"}, nil},
		"leaver off twice": {scene{users: []reconcile.User{want("a2", "dan")}, has: []identity.User{off(cem), named(account("u2", "dan"), "a2")}, links: []link.Link{linked("a1", "u1"), linked("a2", "u2")}}, nil, nil},
		"leaver comes back": {
			scene{users: []reconcile.User{want("a1", "cem")}, has: []identity.User{off(cem)}, links: []link.Link{linked("a1", "u1")}},
			[]string{"enable user cem"},
			nil,
		},
		"mover": {
			scene{users: []reconcile.User{{Anchor: "a1", In: true, User: title(account("", "cem"), "Lead")}}, has: []identity.User{cem}, links: []link.Link{linked("a1", "u1")}},
			[]string{"update user cem: title (none) → Lead"},
			nil,
		},
		"renamed, same account": {
			scene{users: []reconcile.User{{Anchor: "a1", In: true, User: func() identity.User { u := account("", "cem"); u.UserName = "cemile"; return u }()}}, has: []identity.User{cem}, links: []link.Link{linked("a1", "u1")}},
			[]string{"update user cem: userName cem → cemile"},
			nil,
		},
		"out of scope": {
			scene{users: []reconcile.User{{Anchor: "a1", User: account("", "cem")}, want("a2", "dan")}, has: []identity.User{cem, named(account("u2", "dan"), "a2")}, links: []link.Link{linked("a1", "u1"), linked("a2", "u2")}},
			[]string{"disable user cem"},
			nil,
		},
		"same external id, not adopted": {
			scene{users: []reconcile.User{want("a1", "cem")}, has: []identity.User{cem}}, nil, []string{"found user cem"},
		},
		"same external id, adopted": {
			scene{table: "mirror", users: []reconcile.User{want("a1", "cem")}, has: []identity.User{cem}}, []string{"adopt user cem"}, nil,
		},
		"same name, adopted": {
			scene{table: "mirror", users: []reconcile.User{want("a1", "cem")}, has: []identity.User{account("u1", "CEM")}},
			[]string{"adopt user CEM", "update user CEM: userName CEM → cem, emails CEM@example.com → cem@example.com, externalIds (none) → a1"},
			nil,
		},
		"same name, other external id": {
			scene{table: "mirror", users: []reconcile.User{want("a9", "cem")}, has: []identity.User{cem}}, nil, []string{"ambiguous user cem"},
		},
		"name and e-mail of two accounts": {
			scene{
				table: "mirror", users: []reconcile.User{want("a1", "cem")},
				has: []identity.User{{ID: "u1", UserName: "cem", Active: true}, {ID: "u2", UserName: "other", Emails: []identity.Email{{Value: "cem@example.com"}}, Active: true}},
			}, nil, []string{"ambiguous user cem"},
		},
		"linked to another source": {
			scene{table: "mirror", users: []reconcile.User{want("a1", "cem")}, has: []identity.User{account("u1", "cem")}, links: []link.Link{linkOf("hr", identity.KindUser, "77", "u1")}},
			nil,
			[]string{"ambiguous user cem"},
		},
		"two records, one account": {
			scene{table: "mirror", users: []reconcile.User{want("a1", "cem"), want("a2", "cem")}, has: []identity.User{account("u1", "cem")}},
			nil,
			[]string{"ambiguous user cem", "ambiguous user cem"},
		},
		"two records, one new name": {
			scene{users: []reconcile.User{want("a1", "cem"), want("a2", "CEM")}},
			nil,
			[]string{"taken user CEM", "taken user CEM", "taken user cem", "taken user cem"},
		},
		"name held by a leaver": {
			scene{users: []reconcile.User{want("a2", "cem")}, has: []identity.User{off(cem)}, links: []link.Link{linked("a1", "u1")}},
			nil,
			[]string{"taken user cem", "taken user cem"},
		},
		"account deleted by hand": {
			scene{users: []reconcile.User{want("a1", "cem")}, links: []link.Link{linked("a1", "u1")}}, []string{"create user cem"}, nil,
		},
		"held": {
			scene{users: []reconcile.User{want("a1", "cem"), want("a2", "dan")}, has: []identity.User{off(cem)}, links: []link.Link{linked("a1", "u1")}, holds: []link.Hold{{Source: "corp", Anchor: "a1"}, {Source: "corp", Anchor: "a2"}}},
			nil,
			[]string{"held user cem", "held user dan"},
		},
		"a directory that cannot disable": {
			scene{blind: true, users: []reconcile.User{want("a2", "dan")}, has: []identity.User{account("u1", "cem"), account("u2", "dan")}, links: []link.Link{linked("a1", "u1"), linked("a2", "u2")}},
			nil,
			[]string{"status user cem"},
		},
		"report only": {
			scene{table: "report-only", users: []reconcile.User{want("a1", "cem"), {Anchor: "a2", In: true, User: title(account("", "dan"), "Lead")}}, has: []identity.User{named(account("u2", "dan"), "a2"), named(account("u3", "eve"), "a3")}, links: []link.Link{linked("a2", "u2"), linked("a3", "u3")}},
			nil,
			[]string{"absent user cem", "confirmed user dan", "source-missing user eve"},
		},
		"create only": {
			scene{table: "create-only", users: []reconcile.User{want("a1", "cem"), {Anchor: "a2", In: true, User: title(account("", "dan"), "Lead")}}, has: []identity.User{named(account("u2", "dan"), "a2")}, links: []link.Link{linked("a2", "u2")}},
			[]string{"create user cem"},
			nil,
		},
		"names swapped": {
			scene{
				users: []reconcile.User{want("a1", "dan"), want("a2", "cem")},
				has:   []identity.User{cem, named(account("u2", "dan"), "a2")},
				links: []link.Link{linked("a1", "u1"), linked("a2", "u2")},
			},
			[]string{
				"update user dan: userName dan → rollcall-swap-u2",
				"update user dan: emails dan@example.com → (none)",
				"update user cem: userName cem → dan, displayName CEM → DAN, emails cem@example.com → dan@example.com",
				"update user dan: userName rollcall-swap-u2 → cem, displayName DAN → CEM, emails (none) → cem@example.com",
			},
			nil,
		},
		"name passed on": {
			scene{
				users: []reconcile.User{want("a1", "eve"), want("a2", "cem")},
				has:   []identity.User{cem, named(account("u2", "dan"), "a2")},
				links: []link.Link{linked("a1", "u1"), linked("a2", "u2")},
			},
			[]string{
				"update user cem: userName cem → eve, displayName CEM → EVE, emails cem@example.com → eve@example.com",
				"update user dan: userName dan → cem, displayName DAN → CEM, emails dan@example.com → cem@example.com",
			},
			nil,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := tt.plan(t)
			if got := sentences(p); !slices.Equal(got, tt.changes) {
				t.Errorf("changes:\n got %q\nwant %q", got, tt.changes)
			}
			if got := attentions(p); !slices.Equal(got, tt.attention) {
				t.Errorf("attention:\n got %q\nwant %q", got, tt.attention)
			}
		})
	}
}
