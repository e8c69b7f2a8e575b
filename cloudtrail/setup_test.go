package cloudtrail_test

import (
	"context"
	"encoding/json"
	"testing"

	"rollcall/cloudtrail"
	"rollcall/directory"
	"rollcall/directory/directorytest"
	"rollcall/directory/memdir"
	"rollcall/identity"
)

const (
	instance = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
	account  = "111122223333"
)

func log(store identity.StoreID) cloudtrail.Log {
	return cloudtrail.Log{Store: directory.Store{ID: store, Instance: instance}, Account: account, Region: "eu-west-1"}
}

// desk is a directory and who writes to it.
type desk struct {
	t   *testing.T
	dir *memdir.Driver
	ctx context.Context
}

func newDesk(t *testing.T, door, name string, call directory.Call) *desk {
	t.Helper()
	ctx := directory.WithActor(t.Context(), directory.Actor{Name: name, Door: door})
	return &desk{t, memdir.New("d-1234567890"), directory.WithCall(ctx, call)}
}

func (d *desk) ok(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// records are the log as CloudTrail's.
func (d *desk) records() []cloudtrail.Record {
	d.t.Helper()
	events, err := d.dir.Events(d.ctx, 0, 1000)
	d.ok(err)
	var all []cloudtrail.Record
	for _, e := range events {
		r, err := log("d-1234567890").Record(e)
		d.ok(err)
		all = append(all, r)
	}
	return all
}

func (d *desk) set(path, value string) identity.Edit {
	d.t.Helper()
	text, err := json.Marshal(value)
	d.ok(err)
	return identity.Edit{Path: path, New: text}
}

// everything makes every kind of write once, in this order: create user and
// group, title, userName, status twice, external ids of both, description,
// displayName, member in and out, delete user and group.
func (d *desk) everything() {
	d.t.Helper()
	ann := directorytest.FullUser("ann.secret")
	ann.ExternalIDs = []identity.ExternalID{{Issuer: "scim", ID: "secret-anchor-0"}}
	u, err := d.dir.CreateUser(d.ctx, ann)
	d.ok(err)
	g, err := d.dir.CreateGroup(d.ctx, identity.Group{DisplayName: "Secret Staff", Description: "secret description"})
	d.ok(err)
	_, err = d.dir.UpdateUser(d.ctx, u.ID, "", []identity.Edit{d.set("title", "Secret Clerk"), {Path: "emails"}, d.set("aws:identitystore:enterprise.department", "Secret Research")})
	d.ok(err)
	_, err = d.dir.UpdateUser(d.ctx, u.ID, "", []identity.Edit{d.set("userName", "ben.secret")})
	d.ok(err)
	for _, active := range []bool{false, true} {
		_, err = d.dir.SetActive(d.ctx, u.ID, "", active)
		d.ok(err)
	}
	d.ok(d.dir.SetExternalIDs(d.ctx, identity.KindUser, u.ID, "", []identity.ExternalID{{Issuer: "scim", ID: "secret-anchor-1"}}))
	d.ok(d.dir.SetExternalIDs(d.ctx, identity.KindGroup, g.ID, "", []identity.ExternalID{{Issuer: "scim", ID: "secret-anchor-2"}}))
	_, err = d.dir.UpdateGroup(d.ctx, g.ID, "", []identity.Edit{d.set("description", "another secret")})
	d.ok(err)
	_, err = d.dir.UpdateGroup(d.ctx, g.ID, "", []identity.Edit{d.set("displayName", "Secret People")})
	d.ok(err)
	m, err := d.dir.AddMember(d.ctx, g.ID, u.ID)
	d.ok(err)
	d.ok(d.dir.RemoveMember(d.ctx, m.ID))
	d.ok(d.dir.DeleteUser(d.ctx, u.ID, ""))
	d.ok(d.dir.DeleteGroup(d.ctx, g.ID, ""))
}
