package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"

	"rollcall/directory"
	"rollcall/identity"
)

// loaded is a server under load: who is in it, and how far the load has come.
type loaded struct {
	*client
	company
	users, groups []identity.ID // by their place in the company
	deep          []string      // page tokens of the second half of the users
	pick          *rand.Rand

	made, joined, patched int // how many users, memberships and patches there were so far
}

// work is one thing that is asked of a server, again and again.
type work struct {
	name  string
	calls int // at 32 connections; fewer have fewer
	goal  int // calls a second at 32 connections
	write bool
	page  bool
	bulk  bool // of 100 members
	// next makes the next request.
	next func(l *loaded) []byte
}

// most is how much more a call may cost over 100,000 users than over 1,000.
func (w work) most() float64 {
	if w.page {
		return 1.25
	}
	return 1.4
}

const allUsers = `{"IdentityStoreId":"` + string(benchStore) + `","MaxResults":100`

// works are what is measured.
func works() []work {
	return []work{
		{name: "DescribeUser", calls: 20_000, goal: 8_000, next: (*loaded).describeUser},
		{name: "GetUserId", calls: 20_000, goal: 8_000, next: (*loaded).getUserID},
		{name: "IsMemberInGroups", calls: 20_000, goal: 8_000, next: (*loaded).isMember},
		{name: "SCIM filter", calls: 20_000, goal: 6_000, next: (*loaded).filter},
		{name: "ListUsers, first 100", calls: 2_000, goal: 500, page: true, next: func(l *loaded) []byte { return l.aws("ListUsers", allUsers+`}`) }},
		{name: "ListUsers, deep 100", calls: 2_000, goal: 500, page: true, next: func(l *loaded) []byte {
			return l.aws("ListUsers", allUsers+`,"NextToken":%q}`, l.deep[l.pick.IntN(len(l.deep))])
		}},
		{name: "CreateUser", calls: 10_000, goal: 3_000, write: true, next: (*loaded).createUser},
		{name: "CreateGroupMembership", calls: 10_000, goal: 3_000, write: true, next: (*loaded).createMembership},
		{name: "SCIM POST user", calls: 10_000, goal: 3_000, write: true, next: (*loaded).postUser},
		{name: "SCIM PATCH of 100", calls: 1_000, goal: 300, write: true, bulk: true, next: (*loaded).patchMembers},
	}
}

// mixed is everybody's day at once: of a hundred calls, 73 read.
func (l *loaded) mixed() []byte {
	switch n := l.pick.IntN(100); {
	case n < 30:
		return l.describeUser()
	case n < 45:
		return l.getUserID()
	case n < 60:
		return l.isMember()
	case n < 70:
		return l.filter()
	case n < 73:
		return l.aws("ListUsers", allUsers+`}`)
	case n < 83:
		return l.createUser()
	case n < 93:
		return l.createMembership()
	case n < 99:
		return l.postUser()
	}
	return l.patchMembers()
}

func (l *loaded) anyone() int { return l.pick.IntN(l.people) }

func (l *loaded) describeUser() []byte {
	return l.aws("DescribeUser", `{"IdentityStoreId":%q,"UserId":%q}`, benchStore, l.users[l.anyone()])
}

func (l *loaded) getUserID() []byte {
	return l.aws("GetUserId", `{"IdentityStoreId":%q,"AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"userName","AttributeValue":%q}}}`,
		benchStore, l.company.user(l.anyone()).UserName)
}

func (l *loaded) isMember() []byte {
	g := l.pick.IntN(len(l.groups))
	return l.aws("IsMemberInGroups", `{"IdentityStoreId":%q,"GroupIds":[%q],"MemberId":{"UserId":%q}}`,
		benchStore, l.groups[g], l.users[l.member(g, l.pick.IntN(l.perGroup()))])
}

func (l *loaded) filter() []byte {
	f := fmt.Sprintf("userName eq %q", l.company.user(l.anyone()).UserName)
	return l.scim(http.MethodGet, "/Users?filter="+url.QueryEscape(f), nil)
}

// fresh is somebody whom the company did not have.
func (l *loaded) fresh() identity.User {
	l.made++
	return l.company.user(l.people + l.made)
}

func (l *loaded) createUser() []byte {
	u := l.fresh()
	return l.aws("CreateUser", `{"IdentityStoreId":%q,"UserName":%q,"DisplayName":%q,"Name":{"GivenName":%q,"FamilyName":%q},`+
		`"Title":%q,"Emails":[{"Value":%q,"Type":"work","Primary":true}]}`,
		benchStore, u.UserName, u.DisplayName, u.Name.GivenName, u.Name.FamilyName, u.Title, u.Email())
}

func (l *loaded) postUser() []byte {
	u := l.fresh()
	return l.scim(http.MethodPost, "/Users", fmt.Appendf(nil,
		`{"userName":%q,"displayName":%q,"name":{"givenName":%q,"familyName":%q},"title":%q,"active":true,"emails":[{"value":%q,"type":"work","primary":true}]}`,
		u.UserName, u.DisplayName, u.Name.GivenName, u.Name.FamilyName, u.Title, u.Email()))
}

// createMembership gives one group after the other one more member.
func (l *loaded) createMembership() []byte {
	g, k := l.joined%len(l.groups), l.perGroup()+l.joined/len(l.groups)
	l.joined++
	return l.aws("CreateGroupMembership", `{"IdentityStoreId":%q,"GroupId":%q,"MemberId":{"UserId":%q}}`, benchStore, l.groups[g], l.users[l.member(g, k)])
}

// patchMembers adds 100 members to one group after the other, to 100 groups from
// one end of all to the other; the next time round, it removes them.
func (l *loaded) patchMembers() []byte {
	const groups = 100
	g, round := l.patched%groups*(len(l.groups)/groups), l.patched/groups
	l.patched++
	op := [2]string{"add", "remove"}[round%2]
	var members []string
	for k := range identity.MaxMembers {
		members = append(members, fmt.Sprintf(`{"value":%q}`, l.users[l.member(g, l.people-1-k)]))
	}
	return l.scim(http.MethodPatch, "/Groups/"+string(l.groups[g]), fmt.Appendf(nil,
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":%q,"path":"members","value":[%s]}]}`, op, strings.Join(members, ",")))
}

// knownTo reads who is in the store that a server is to serve.
func (c company) knownTo(ctx context.Context, file string) (users, groups []identity.ID, err error) {
	b, err := openBench(ctx, file)
	if err != nil {
		return nil, nil, err
	}
	defer b.center.Close()
	d := directory.New("local", b.driver)
	users, groups = make([]identity.ID, c.people), make([]identity.ID, c.groups)
	for u, err := range d.Users(ctx) {
		var i int
		if err == nil {
			_, err = fmt.Sscanf(u.UserName, "user.%d@", &i)
		}
		if err != nil {
			return nil, nil, err
		}
		users[i] = u.ID
	}
	for g, err := range d.Groups(ctx) {
		var i int
		if err == nil {
			_, err = fmt.Sscanf(g.DisplayName, "group-%d", &i)
		}
		if err != nil {
			return nil, nil, err
		}
		groups[i] = g.ID
	}
	return users, groups, nil
}

// walk goes through all pages of the users, and keeps the tokens of the second
// half.
func (l *loaded) walk(ctx context.Context) error {
	w, err := dial(ctx, l.address)
	if err != nil {
		return err
	}
	defer w.close()
	var tokens []string
	for request := l.aws("ListUsers", allUsers+`}`); ; {
		body, err := w.ok(request)
		if err != nil {
			return err
		}
		var page struct{ NextToken string }
		if at := bytes.LastIndex(body, []byte(`"NextToken":`)); at >= 0 {
			if err := json.Unmarshal(append([]byte("{"), body[at:]...), &page); err != nil {
				return err
			}
		}
		if page.NextToken == "" {
			l.deep = tokens[len(tokens)/2:]
			return nil
		}
		tokens = append(tokens, page.NextToken)
		request = l.aws("ListUsers", allUsers+`,"NextToken":%q}`, page.NextToken)
	}
}
