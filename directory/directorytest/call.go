package directorytest

import (
	"testing"

	"rollcall/directory"
	"rollcall/identity"
)

// request is a call with everything set.
var request = directory.Call{
	ID: "1f0e8d1c-6a5e-4b57-9a53-0f6f0f1b2c3d", Operation: "PatchGroup", Source: "2001:db8::1", Agent: `agent/1 "ü" <&>`,
	Host: "scim.example.com", TLS: "TLSv1.3", Cipher: "TLS_AES_128_GCM_SHA256", Region: "eu-west-1", Account: "111122223333",
	Key: "AKIAQQQQQQQQQQQQQQQQ", Tenant: "0123456789a-tenant",
}

func eventsCarryCalls(t *testing.T, d directory.Driver) {
	f, ok := feed(t, d)
	if !ok {
		return
	}
	_, err := d.CreateUser(directory.WithCall(ctx(t), request), User("ann"))
	wantNone(t, "create user", err)
	addUser(t, d, User("ben"))
	other := request
	other.ID, other.Agent = "another", ""
	_, err = d.CreateGroup(directory.WithCall(ctx(t), other), Group("staff"))
	wantNone(t, "create group", err)
	var got []directory.Call
	for _, e := range events(t, f) {
		got = append(got, e.Call)
	}
	wantSame(t, "the requests", []directory.Call{request, {}, other}, got)
}

// eventsOfOneWrite holds that each event of a write has its request, and names
// the first of them.
func eventsOfOneWrite(t *testing.T, d directory.Driver) {
	f, ok := feed(t, d)
	if !ok {
		return
	}
	c, ok := able[directory.MemberChanger](t, d)
	if !ok {
		return
	}
	users, g := addUsers(t, d, "u", 4), addGroup(t, d, "staff")
	before := events(t, f)
	for _, e := range before {
		if e.Write != e.Number {
			t.Errorf("event %d is of write %d", e.Number, e.Write)
		}
	}
	called := directory.WithCall(ctx(t), request)
	wantNone(t, "add members", c.ChangeMembers(called, g.ID, ids(users[:3]...), nil))
	wantNone(t, "change members", c.ChangeMembers(called, g.ID, ids(users[3]), ids(users[0])))
	first := before[len(before)-1].Number + 1
	var writes []int64
	for _, e := range events(t, f)[len(before):] {
		writes = append(writes, e.Write)
		if e.Call != request || e.Kind != identity.KindMembership {
			t.Errorf("event %d: %+v", e.Number, e)
		}
	}
	wantSame(t, "the writes", []int64{first, first, first, first + 3, first + 3}, writes)
}
