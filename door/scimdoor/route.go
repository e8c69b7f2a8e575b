package scimdoor

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rollcall/caller"
)

// request is one call on its way: the HTTP request, and what routing read
// from its path.
type request struct {
	*http.Request
	id string // the last segment of paths that end in one
}

// action answers one operation.
type action func(d *Door, r request) (answer, error)

// route is one path below /scim/v2 and the operations on it, by method.
type route struct {
	collection string // first segment, exactly as it is written
	single     bool   // a second segment, an id, follows
	operations map[string]operation
}

// operation is what AWS calls it, and what it does.
type operation struct {
	name string
	do   action
}

// routes are every operation of the endpoint (aws-contract 7.1).
var routes = []route{
	{"Users", false, map[string]operation{
		http.MethodGet: {"ListUsers", (*Door).listUsers}, http.MethodPost: {"CreateUser", (*Door).createUser},
	}},
	{"Users", true, map[string]operation{
		http.MethodGet: {"GetUser", (*Door).user}, http.MethodPut: {"PutUser", (*Door).putUser},
		http.MethodPatch: {"PatchUser", (*Door).patchUser}, http.MethodDelete: {"DeleteUser", (*Door).deleteUser},
	}},
	{"Groups", false, map[string]operation{
		http.MethodGet: {"ListGroups", (*Door).listGroups}, http.MethodPost: {"CreateGroup", (*Door).createGroup},
	}},
	{"Groups", true, map[string]operation{
		http.MethodGet: {"GetGroup", (*Door).group}, http.MethodPatch: {"PatchGroup", (*Door).patchGroup},
		http.MethodPut: {"PutGroup", (*Door).putGroup}, http.MethodDelete: {"DeleteGroup", (*Door).deleteGroup},
	}},
	{"ServiceProviderConfig", false, map[string]operation{http.MethodGet: {"ServiceProviderConfig", (*Door).serviceProviderConfig}}},
	{"ResourceTypes", false, map[string]operation{http.MethodGet: {"ListResourceTypes", (*Door).resourceTypes}}},
	{"Schemas", false, map[string]operation{http.MethodGet: {"ListSchemas", (*Door).schemas}}},
	{"Schemas", true, map[string]operation{http.MethodGet: {"GetSchema", (*Door).schema}}},
}

// path is that of a route, below a tenant's root.
func (r *route) path() string {
	if r.single {
		return "/" + r.collection + "/{id}"
	}
	return "/" + r.collection
}

// Routes are every request that this door answers, below a tenant's root.
func Routes() []caller.Route {
	var all []caller.Route
	for _, r := range routes {
		for _, method := range slices.Sorted(maps.Keys(r.operations)) {
			all = append(all, caller.Route{Method: method, Path: r.path(), Body: "{}"})
		}
	}
	return all
}

// Operations are the names that [Options.Admit] is asked about, sorted: AWS's
// own (aws-contract 9.1), and PutGroup, which AWS refuses.
func Operations() []string {
	var all []string
	for _, r := range routes {
		for _, o := range r.operations {
			all = append(all, o.name)
		}
	}
	slices.Sort(all)
	return all
}

// segments cuts a path into its unescaped segments. Empty ones are left out:
// the console shows the address with a slash at its end, and clients join it
// with another.
func segments(u *url.URL) ([]string, bool) {
	var all []string
	for s := range strings.SplitSeq(u.EscapedPath(), "/") {
		if s == "" {
			continue
		}
		plain, err := url.PathUnescape(s)
		if err != nil {
			return nil, false
		}
		all = append(all, plain)
	}
	return all, true
}

// splitPath reads /{tenant}/scim/v2/… into the tenant and the rest.
func splitPath(u *url.URL) (tenant string, rest []string, ok bool) {
	all, ok := segments(u)
	if !ok || len(all) < 3 || all[1] != "scim" || all[2] != "v2" {
		return "", nil, false
	}
	return all[0], all[3:], true
}

// find returns the operation of a method on a path below /scim/v2. Without
// one, allow lists the methods that the path has; none means there is no such
// path.
func find(method string, rest []string) (op operation, id string, allow []string) {
	if len(rest) == 0 || len(rest) > 2 {
		return operation{}, "", nil
	}
	for _, r := range routes {
		if r.collection != rest[0] || r.single != (len(rest) == 2) {
			continue
		}
		if op, ok := r.operations[method]; ok {
			if r.single {
				id = rest[1]
			}
			return op, id, nil
		}
		for m := range r.operations {
			allow = append(allow, m)
		}
		slices.Sort(allow)
	}
	return operation{}, "", allow
}
