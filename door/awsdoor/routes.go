package awsdoor

import (
	"net/http"
	"slices"
	"strings"

	"rollcall/awsjson"
	"rollcall/awsquery"
	"rollcall/caller"
)

// Routes are every request that this door answers, but for the GETs that STS
// takes beside its POSTs.
func Routes() []caller.Route {
	var all []caller.Route
	for target, s := range services {
		for name := range s.operations {
			all = append(all, caller.Route{
				Method: http.MethodPost, Path: "/", Body: "{}", Signed: s.signingName, Writes: !caller.Reads(name),
				Header: map[string]string{awsjson.HeaderTarget: awsjson.Target(target, name), "Content-Type": "application/x-amz-json-1.1"},
			})
		}
	}
	for name := range stsActions {
		all = append(all, caller.Route{
			Method: http.MethodPost, Path: "/", Body: "Action=" + name + "&Version=" + awsquery.Version, Signed: awsquery.SigningName,
			Header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
		})
	}
	for _, r := range routes {
		method, path, _ := strings.Cut(r.pattern, " ")
		all = append(all, caller.Route{Method: method, Path: path, Body: "{}", Signed: awsjson.SigningName, Writes: !caller.Reads(r.operation)})
	}
	slices.SortFunc(all, func(a, b caller.Route) int {
		return strings.Compare(a.Path+a.Header[awsjson.HeaderTarget]+a.Method+a.Body, b.Path+b.Header[awsjson.HeaderTarget]+b.Method+b.Body)
	})
	return all
}
