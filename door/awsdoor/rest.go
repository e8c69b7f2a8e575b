package awsdoor

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"rollcall/awsjson"
	"rollcall/caller"
)

// route is one operation of the Identity Store as plain REST. AWS has no such
// paths: readers of a guide that says it does will try them. What stands in
// braces is a member of the operation's input.
type route struct {
	pattern   string
	operation string
	silent    bool // success has no body
}

const restRoot = "/identitystores"

var routes = []route{
	{"GET " + restRoot, "ListIdentityStores", false},
	{"GET " + restRoot + "/{IdentityStoreId}", "DescribeIdentityStore", false},
	{"PUT " + restRoot + "/{IdentityStoreId}", "UpdateIdentityStore", true},

	{"POST " + restRoot + "/{IdentityStoreId}/users", "CreateUser", false},
	{"GET " + restRoot + "/{IdentityStoreId}/users", "ListUsers", false},
	{"POST " + restRoot + "/{IdentityStoreId}/users/$resolve", "GetUserId", false},
	{"GET " + restRoot + "/{IdentityStoreId}/users/{UserId}", "DescribeUser", false},
	{"PUT " + restRoot + "/{IdentityStoreId}/users/{UserId}", "UpdateUser", true},
	{"DELETE " + restRoot + "/{IdentityStoreId}/users/{UserId}", "DeleteUser", true},

	{"POST " + restRoot + "/{IdentityStoreId}/groups", "CreateGroup", false},
	{"GET " + restRoot + "/{IdentityStoreId}/groups", "ListGroups", false},
	{"POST " + restRoot + "/{IdentityStoreId}/groups/$resolve", "GetGroupId", false},
	{"GET " + restRoot + "/{IdentityStoreId}/groups/{GroupId}", "DescribeGroup", false},
	{"PUT " + restRoot + "/{IdentityStoreId}/groups/{GroupId}", "UpdateGroup", true},
	{"DELETE " + restRoot + "/{IdentityStoreId}/groups/{GroupId}", "DeleteGroup", true},

	{"POST " + restRoot + "/{IdentityStoreId}/memberships", "CreateGroupMembership", false},
	{"GET " + restRoot + "/{IdentityStoreId}/memberships", "ListGroupMemberships", false},
	{"GET " + restRoot + "/{IdentityStoreId}/memberships-for-member", "ListGroupMembershipsForMember", false},
	{"POST " + restRoot + "/{IdentityStoreId}/memberships/$resolve", "GetGroupMembershipId", false},
	{"POST " + restRoot + "/{IdentityStoreId}/memberships/$check", "IsMemberInGroups", false},
	{"GET " + restRoot + "/{IdentityStoreId}/memberships/{MembershipId}", "DescribeGroupMembership", false},
	{"DELETE " + restRoot + "/{IdentityStoreId}/memberships/{MembershipId}", "DeleteGroupMembership", true},
}

func (s *Server) mountREST(mux *http.ServeMux) {
	for _, r := range routes {
		mux.HandleFunc(r.pattern, func(w http.ResponseWriter, q *http.Request) { s.serveREST(w, q, r) })
	}
	mux.HandleFunc(restRoot+"/", func(w http.ResponseWriter, q *http.Request) { s.serveREST(w, q, route{}) })
}

// serveREST answers a route; the zero one is every path that is none.
func (s *Server) serveREST(w http.ResponseWriter, q *http.Request, r route) {
	a := response{id: uuid.NewString(), status: http.StatusOK, contentType: "application/json", empty: r.silent}
	out, err := s.rest(w, q, r, a.id)
	if a.shape = out; err != nil {
		e := s.exceptionOf(q, a.id, nil, err)
		// REST has no other place than the status to say how it went, so the
		// model's own is the one.
		a.status, a.shape, a.empty = e.TraitStatus(), e, false
	}
	s.reply(w, q, a)
}

func (s *Server) rest(w http.ResponseWriter, q *http.Request, r route, id string) (any, error) {
	if r.operation != "" {
		caller.NoteOperation(q.Context(), awsjson.SigningName, r.operation)
	}
	body, err := readBody(w, q)
	if err != nil {
		return nil, err
	}
	who, err := s.authenticate(q, body, awsjson.SigningName)
	if err != nil {
		return nil, err
	}
	op, ok := identityStore[r.operation]
	if !ok {
		return nil, &awsjson.Exception{Type: awsjson.TypeUnknownOperation}
	}
	if body, err = members(q, r, body); err != nil {
		return nil, err
	}
	return s.run(q, op, call{who, s.Origin(q), awsjson.SigningName, r.operation, id}, body)
}

// members puts an operation's input together from path, query and body.
func members(q *http.Request, r route, body []byte) ([]byte, error) {
	in := loose{}
	if err := in.decode(body); err != nil {
		return nil, err
	}
	for name := range parameters(r.pattern) {
		if err := in.set(name, q.PathValue(name)); err != nil {
			return nil, err
		}
	}
	for name, values := range q.URL.Query() {
		if err := in.query(name, values); err != nil {
			return nil, err
		}
	}
	return awsjson.Encode(in)
}

// parameters yields the names in braces.
func parameters(pattern string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(pattern, "/") {
			if name, ok := strings.CutPrefix(part, "{"); ok && !yield(strings.TrimSuffix(name, "}")) {
				return
			}
		}
	}
}

// loose is an input whose members are not looked at yet.
type loose map[string]json.RawMessage

func (in *loose) decode(body []byte) error {
	var probe struct{}
	if err := awsjson.Decode(body, &probe); err != nil || len(body) == 0 {
		return err
	}
	return json.Unmarshal(body, in)
}

// set gives a member a text; one that the body has, too, must be the same.
func (in loose) set(name, value string) error {
	document, err := awsjson.Encode(value)
	if err != nil {
		return err
	}
	said := ""
	if already, ok := in[name]; ok && (json.Unmarshal(already, &said) != nil || said != value) {
		return awsjson.Invalid(strings.ToLower(name[:1])+name[1:], "Member must be the same in the path and in the body")
	}
	in[name] = document
	return nil
}

// query gives a member what the query says. Members that are no texts are
// written as texts there.
func (in loose) query(name string, values []string) error {
	var err error
	switch name {
	case "MaxResults":
		n, bad := strconv.Atoi(values[0])
		if bad != nil {
			return awsjson.Invalid("maxResults", "Member must be a number")
		}
		in[name], err = awsjson.Encode(n)
	case "Extensions":
		in[name], err = awsjson.Encode(values)
	case "MemberId", "UserId":
		in["MemberId"], err = awsjson.Encode(awsjson.MemberID{UserID: &values[0]})
	case "NextToken", "GroupId", "Revision":
		in[name], err = awsjson.Encode(values[0])
	}
	return err
}
