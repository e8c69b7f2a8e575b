package awsdir_test

import (
	"context"
	"testing"

	"rollcall/directory"
	"rollcall/directory/awsdir"
	"rollcall/directory/directorytest"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/identitycentertest"
)

func anchored(u identity.User) identity.User {
	u.ExternalIDs = []identity.ExternalID{{Issuer: "corp", ID: "anchor-" + u.UserName}}
	return u
}

func anchoredGroup(g identity.Group) identity.Group {
	g.ExternalIDs = []identity.ExternalID{{Issuer: "corp", ID: "anchor-" + g.DisplayName}}
	return g
}

// Which call serves which change; "!" marks those that write.
func TestEachChangeIsMadeByItsOwnCalls(t *testing.T) {
	type change struct {
		do   func(d directory.Driver, u, g identity.ID) error
		want map[string]string
	}
	edit := []identity.Edit{{Path: "title", New: identity.Value(`"Clerk"`)}}
	full := anchored(directorytest.FullUser("full"))
	disabled := directorytest.User("disabled")
	disabled.Active = false
	plainGroup := identity.Group{DisplayName: "plain"}
	create := func(u identity.User) func(directory.Driver, identity.ID, identity.ID) error {
		return func(d directory.Driver, _, _ identity.ID) error { _, err := d.CreateUser(t.Context(), u); return err }
	}
	createGroup := func(g identity.Group) func(directory.Driver, identity.ID, identity.ID) error {
		return func(d directory.Driver, _, _ identity.ID) error { _, err := d.CreateGroup(t.Context(), g); return err }
	}
	for name, c := range map[string]change{
		"a user without an anchor": {create(directorytest.User("ben")), map[string]string{
			"both": "identitystore CreateUser!", "API only": "identitystore CreateUser!", "SCIM only": "scim CreateUser!",
		}},
		"a user with an anchor": {create(anchored(directorytest.User("ben"))), map[string]string{
			"both": "scim CreateUser!", "API only": "identitystore CreateUser!", "SCIM only": "scim CreateUser!",
		}},
		"a disabled user": {create(disabled), map[string]string{
			"both": "scim CreateUser!", "API only": "identitystore CreateUser!", "SCIM only": "scim CreateUser!",
		}},
		"a user of whom SCIM cannot say all": {create(full), map[string]string{
			"both": "scim CreateUser!, identitystore UpdateUser!", "API only": "identitystore CreateUser!", "SCIM only": "scim CreateUser!",
		}},
		"a group without an anchor": {createGroup(plainGroup), map[string]string{
			"both": "identitystore CreateGroup!", "API only": "identitystore CreateGroup!", "SCIM only": "scim CreateGroup!",
		}},
		"a group with an anchor": {createGroup(anchoredGroup(plainGroup)), map[string]string{
			"both": "scim CreateGroup!", "API only": "identitystore CreateGroup!", "SCIM only": "scim CreateGroup!",
		}},
		"a group with an anchor and a description": {createGroup(anchoredGroup(directorytest.Group("staff"))), map[string]string{
			"both": "scim CreateGroup!, identitystore UpdateGroup!", "API only": "identitystore CreateGroup!", "SCIM only": "scim CreateGroup!",
		}},
		"an attribute": {
			func(d directory.Driver, u, _ identity.ID) error {
				_, err := d.UpdateUser(t.Context(), u, "", edit)
				return err
			},
			map[string]string{
				"both": "identitystore UpdateUser!, identitystore DescribeUser", "API only": "identitystore UpdateUser!, identitystore DescribeUser",
				"SCIM only": "scim PatchUser!, scim GetUser",
			},
		},
		"the status": {
			func(d directory.Driver, u, _ identity.ID) error {
				_, err := d.(directory.StatusSetter).SetActive(t.Context(), u, "", false)
				return err
			},
			map[string]string{"both": "scim PatchUser!, identitystore DescribeUser", "SCIM only": "scim PatchUser!, scim GetUser"},
		},
		"the anchor": {
			func(d directory.Driver, u, _ identity.ID) error {
				return d.(directory.ExternalIDSetter).SetExternalIDs(t.Context(), identity.KindUser, u, "", []identity.ExternalID{{Issuer: "corp", ID: "1"}})
			},
			map[string]string{"both": "scim PatchUser!", "SCIM only": "scim PatchUser!"},
		},
		"one membership": {
			func(d directory.Driver, u, g identity.ID) error { _, err := d.AddMember(t.Context(), g, u); return err },
			map[string]string{
				"both": "identitystore CreateGroupMembership!", "API only": "identitystore CreateGroupMembership!",
				"SCIM only": "scim ListGroups, scim PatchGroup!",
			},
		},
		"many memberships": {
			func(d directory.Driver, u, g identity.ID) error {
				return d.(directory.MemberChanger).ChangeMembers(t.Context(), g, []identity.ID{u}, nil)
			},
			map[string]string{"both": "scim PatchGroup!", "SCIM only": "scim PatchGroup!"},
		},
		"a deletion": {
			func(d directory.Driver, u, _ identity.ID) error { return d.DeleteUser(t.Context(), u, "") },
			map[string]string{"both": "identitystore DeleteUser!", "API only": "identitystore DeleteUser!", "SCIM only": "scim DeleteUser!"},
		},
		"a name to look up": {
			func(d directory.Driver, _, _ identity.ID) error {
				_, err := d.FindUser(t.Context(), directory.Key{Attribute: directory.KeyUserName, Value: "ann"})
				return err
			},
			map[string]string{
				"both": "identitystore GetUserId, identitystore DescribeUser", "API only": "identitystore GetUserId, identitystore DescribeUser",
				"SCIM only": "scim ListUsers",
			},
		},
	} {
		for way, want := range c.want {
			t.Run(name+" by "+way, func(t *testing.T) {
				srv, l := identitycentertest.New(t), new(ledger)
				d := reach(t, srv, func(o *awsdir.Options) { ways[way](o); o.Line = l.line() })
				u, g := srv.User("ann"), srv.Group("all")
				ok(t, c.do(d, identity.ID(u), identity.ID(g)))
				if got := l.take(); got != want {
					t.Errorf("calls: %s\n want: %s", got, want)
				}
			})
		}
	}
}

func TestAbilitiesAreThoseOfWhatIsConfigured(t *testing.T) {
	srv := identitycentertest.New(t)
	for way, want := range map[string]directory.Abilities{
		"both":      {Status: true, ExternalIDs: true, BulkMembers: true, Founding: true, Revisions: true, Network: true},
		"API only":  {Revisions: true, Network: true},
		"SCIM only": {Status: true, ExternalIDs: true, BulkMembers: true, Founding: true},
	} {
		if got := directory.New("aws", reach(t, srv, ways[way])).Abilities(); got != want {
			t.Errorf("%s: %+v, want %+v", way, got, want)
		}
	}
}

// A creation of two calls whose second fails leaves an object that must not be
// lost sight of, and that has its anchor to be known by.
func TestACreationThatIsHalfDoneIsUnsettledAndCanBeFound(t *testing.T) {
	for _, kind := range []emulate.Kind{emulate.Throttle, emulate.Denied, emulate.Error, emulate.Drop, emulate.Lost} {
		t.Run(string(kind), func(t *testing.T) {
			srv := identitycentertest.New(t)
			d := reach(t, srv, nil)
			srv.Faults(emulate.Fault{Operation: "UpdateGroup", Kind: kind}, emulate.Fault{Operation: "UpdateUser", Kind: kind})
			g, u := anchoredGroup(directorytest.Group("staff")), anchored(directorytest.FullUser("ann"))
			_, err := d.CreateGroup(t.Context(), g)
			wantKind(t, "group", err, fault.Unavailable, true)
			_, err = d.CreateUser(t.Context(), u)
			wantKind(t, "user", err, fault.Unavailable, true)
			srv.Faults()
			foundGroup, err := d.FindGroup(t.Context(), directory.Key{Attribute: directory.KeyExternalID, Issuer: "corp", Value: g.ExternalIDs[0].ID})
			ok(t, err)
			if foundGroup.DisplayName != "staff" {
				t.Errorf("found %+v", foundGroup)
			}
			_, err = d.FindUser(t.Context(), directory.Key{Attribute: directory.KeyExternalID, Value: u.ExternalIDs[0].ID})
			ok(t, err)
		})
	}
}

// SCIM has no revisions: what it writes is held to one by a read before.
func TestAStaleRevisionKeepsSCIMFromWriting(t *testing.T) {
	srv, l := identitycentertest.New(t), new(ledger)
	d := reach(t, srv, func(o *awsdir.Options) { o.Line = l.line() })
	u := identity.ID(srv.User("ann"))
	_, err := d.(directory.StatusSetter).SetActive(t.Context(), u, "another", false)
	wantKind(t, "set active", err, fault.Stale, false)
	if got := l.take(); got != "identitystore DescribeUser" {
		t.Errorf("calls: %s", got)
	}
}

func TestAnExternalIDIsFoundUnderItsName(t *testing.T) {
	srv := identitycentertest.New(t)
	made, err := reach(t, srv, nil).CreateUser(t.Context(), anchored(directorytest.User("ann")))
	ok(t, err)
	key := func(issuer string) directory.Key {
		return directory.Key{Attribute: directory.KeyExternalID, Issuer: issuer, Value: "anchor-ann"}
	}
	for name, c := range map[string]struct {
		issuer, wire string // as configured
		by           string // as looked for
		calls        string
	}{
		"the issuer's name on the wire is known":       {"corp", "scim", "corp", "identitystore GetUserId, identitystore DescribeUser"},
		"it is not: everybody is read":                 {"corp", "", "corp", "identitystore ListUsers"},
		"any issuer: everybody is read":                {"corp", "scim", "", "identitystore ListUsers"},
		"nothing is configured, the wire's name given": {"", "", "scim", "identitystore GetUserId, identitystore DescribeUser"},
	} {
		t.Run(name, func(t *testing.T) {
			l := new(ledger)
			d := reach(t, srv, func(o *awsdir.Options) { o.SCIM, o.Issuer, o.WireIssuer, o.Line = nil, c.issuer, c.wire, l.line() })
			u, err := d.FindUser(t.Context(), key(c.by))
			ok(t, err)
			issuer := c.issuer
			if issuer == "" {
				issuer = "scim"
			}
			if u.ID != made.ID || len(u.ExternalIDs) != 1 || u.ExternalIDs[0].Issuer != issuer {
				t.Errorf("found %s with %v", u.ID, u.ExternalIDs)
			}
			if got := l.take(); got != c.calls {
				t.Errorf("calls: %s, want %s", got, c.calls)
			}
		})
	}
}

func TestAShutSCIMEndpointMakesNobodyUnfindable(t *testing.T) {
	srv := identitycentertest.New(t)
	d := reach(t, srv, nil)
	u, err := d.CreateUser(t.Context(), anchored(directorytest.User("ann")))
	ok(t, err)
	g, err := d.CreateGroup(t.Context(), anchoredGroup(directorytest.Group("staff")))
	ok(t, err)
	srv.Faults(emulate.Fault{Service: emulate.SCIM, Operation: "*", Kind: emulate.Expired})
	key := directory.Key{Attribute: directory.KeyExternalID, Issuer: "corp", Value: "anchor-ann"}
	if found, err := d.FindUser(t.Context(), key); err != nil || found.ID != u.ID {
		t.Errorf("found %s, %v", found.ID, err)
	}
	key.Value = "anchor-staff"
	if found, err := d.FindGroup(t.Context(), key); err != nil || found.ID != g.ID {
		t.Errorf("found %s, %v", found.ID, err)
	}
}

func TestOptionsThatCannotBeAreRefused(t *testing.T) {
	srv := identitycentertest.New(t)
	for name, change := range map[string]func(*awsdir.Options){
		"no store":            func(o *awsdir.Options) { o.Store.ID = "" },
		"neither way":         func(o *awsdir.Options) { o.AWS, o.SCIM = nil, nil },
		"SCIM without issuer": func(o *awsdir.Options) { o.Issuer = "" },
		"a blank in issuer":   func(o *awsdir.Options) { o.Issuer = "the corp" },
		"no token":            func(o *awsdir.Options) { o.SCIM.Token = nil },
		"no tenant":           func(o *awsdir.Options) { o.SCIM.URL = "https://scim.us-east-1.amazonaws.com/" },
		"not https":           func(o *awsdir.Options) { o.SCIM.URL = "http://scim.us-east-1.amazonaws.com/t/scim/v2" },
	} {
		o := awsdir.Options{
			Store: directory.Store{ID: identity.StoreID(srv.IdentityStoreID)}, AWS: &srv.Config, Issuer: "corp",
			SCIM: &awsdir.SCIM{URL: srv.SCIMURL, Token: func(context.Context) (string, error) { return "", nil }},
		}
		change(&o)
		_, err := awsdir.New(o)
		wantKind(t, name, err, fault.Invalid, false)
	}
}
