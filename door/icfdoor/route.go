package icfdoor

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rollcall/caller"
	"rollcall/icf"
)

// resource is what a path names.
type resource string

const (
	theSystem    resource = "system"
	theConnector resource = "connector"
	aCollection  resource = "collection"
	anObject     resource = "object"
	theConfigs   resource = "configs"
	aConfig      resource = "config"
	theRecons    resource = "recons"
	aRecon       resource = "recon"
	theVersion   resource = "version"
)

// operation is what is asked of a resource: who may, and what it does.
type operation struct {
	role caller.Role
	do   func(d *Door, r *request) (*answer, error)
}

// routes are every operation, by resource and CREST verb; an action's verb is
// its name.
var routes = map[resource]map[string]operation{
	theSystem: {
		"test":                 {caller.Reader, (*Door).testAll},
		"availableConnectors":  {caller.Reader, (*Door).availableConnectors},
		"createCoreConfig":     {caller.Reader, (*Door).createCoreConfig},
		"createFullConfig":     {caller.Reader, (*Door).createFullConfig},
		"createConfiguration":  {caller.Reader, (*Door).createConfiguration},
		"testConfig":           {caller.Admin, (*Door).testConfig},
		"testConnectorServers": {caller.Reader, (*Door).testConnectorServers},
		"liveSync":             {caller.Worker, (*Door).liveSyncOf},
	},
	theConnector: {
		"test":     {caller.Reader, (*Door).test},
		"script":   {caller.Worker, (*Door).script},
		"liveSync": {caller.Worker, (*Door).liveSyncAll},
	},
	aCollection: {
		verbQuery:      {caller.Reader, (*Door).query},
		verbCreate:     {caller.Worker, (*Door).create},
		"liveSync":     {caller.Worker, (*Door).liveSync},
		"authenticate": {caller.Worker, (*Door).authenticate501},
	},
	anObject: {
		verbRead:   {caller.Reader, (*Door).read},
		verbUpdate: {caller.Worker, (*Door).update},
		verbPatch:  {caller.Worker, (*Door).patch},
		verbDelete: {caller.Worker, (*Door).delete},
	},
	theConfigs: {verbQuery: {caller.Reader, (*Door).queryConfigs}, verbRead: {caller.Reader, (*Door).listConfigs}},
	aConfig: {
		verbRead:   {caller.Reader, (*Door).readConfig},
		verbUpdate: {caller.Admin, (*Door).putConfig},
		verbDelete: {caller.Admin, (*Door).deleteConfig},
	},
	theRecons:  {verbRead: {caller.Reader, (*Door).recons}, verbQuery: {caller.Reader, (*Door).recons}, "recon": {caller.Worker, (*Door).startRecon}},
	aRecon:     {verbRead: {caller.Reader, (*Door).recon}, "cancel": {caller.Worker, (*Door).cancelRecon}},
	theVersion: {verbRead: {caller.Reader, (*Door).version}},
}

// paths are those of each resource. The configuration of the mappings is one
// beside those of connectors, and only read.
var paths = map[resource]string{
	theSystem: "/system", theConnector: "/system/{name}", aCollection: "/system/{name}/{type}", anObject: "/system/{name}/{type}/{id}",
	theConfigs: "/config", aConfig: "/config/" + provisioners + "{name}", theRecons: "/recon", aRecon: "/recon/{id}", theVersion: "/info/version",
}

const mappingsPath = "/config/sync"

var methods = map[string]string{
	verbRead: http.MethodGet, verbQuery: http.MethodGet, verbCreate: http.MethodPost, verbUpdate: http.MethodPut, verbPatch: http.MethodPatch, verbDelete: http.MethodDelete,
}

// methodOf is the method of a verb: actions are sent with POST.
func methodOf(verb string) string {
	if m, there := methods[verb]; there {
		return m
	}
	return http.MethodPost
}

// placesOf are the paths of a resource, with the context path and, for those
// that are bare, without.
func placesOf(r resource) []string {
	all := []string{"/" + contextPath + paths[r]}
	if root := strings.Split(paths[r], "/")[1]; slices.Contains(bare, root) {
		all = append(all, paths[r])
	}
	return all
}

// Routes are every request that this door answers.
func Routes() []caller.Route {
	var all []caller.Route
	add := func(path, verb string, role caller.Role) {
		one := caller.Route{
			Method: methodOf(verb), Path: strings.ReplaceAll(path, "{type}", icf.Account), Body: "{}", Role: role,
			Header: map[string]string{"Content-Type": "application/json"},
		}
		switch {
		case verb == verbQuery:
			one.Path += "?_queryFilter=true"
		case methods[verb] == "":
			one.Path += "?_action=" + verb
		}
		all = append(all, one)
	}
	for _, r := range slices.Sorted(maps.Keys(routes)) {
		for _, verb := range slices.Sorted(maps.Keys(routes[r])) {
			for _, path := range placesOf(r) {
				add(path, verb, routes[r][verb].role)
			}
		}
	}
	add("/"+contextPath+mappingsPath, verbRead, routes[aConfig][verbRead].role)
	return all
}

// The verbs of CREST; actions go by their own names.
const (
	verbRead   = "READ"
	verbQuery  = "QUERY"
	verbCreate = "CREATE"
	verbUpdate = "UPDATE"
	verbPatch  = "PATCH"
	verbDelete = "DELETE"
)

// place is a path, read.
type place struct {
	resource   resource
	connector  string
	objectType string
	id         string // of an object, a configuration or a reconciliation
	query      string // what a slip has put into the path: see [Connector.LenientPaths]
}

// String is the place as messages name it.
func (p place) String() string {
	switch p.resource {
	case theConnector:
		return "system/" + p.connector
	case aCollection, anObject:
		return "system/" + p.connector + "/" + p.objectType
	case aConfig:
		return "config/" + p.id
	case aRecon:
		return "recon/" + p.id
	}
	return strings.TrimSuffix(string(p.resource), "s")
}

// locate reads a path. It fails with 404.
func locate(u *url.URL) (place, error) {
	var all []string
	for s := range strings.SplitSeq(strings.Trim(u.EscapedPath(), "/"), "/") {
		plain, err := url.PathUnescape(s)
		if err != nil || plain == "" {
			return place{}, notFound(u.Path)
		}
		all = append(all, plain)
	}
	if all[0] == contextPath {
		all = all[1:]
	}
	if len(all) == 0 || !slices.Contains(roots, all[0]) {
		return place{}, notFound(u.Path)
	}
	rest := all[1:]
	switch all[0] {
	case "system":
		return locateObject(u, rest)
	case "config":
		if len(rest) == 0 {
			return place{resource: theConfigs}, nil
		}
		return place{resource: aConfig, id: strings.Join(rest, "/")}, nil
	case "recon":
		switch len(rest) {
		case 0:
			return place{resource: theRecons}, nil
		case 1:
			return place{resource: aRecon, id: rest[0]}, nil
		}
	case "info":
		if slices.Equal(rest, []string{"version"}) {
			return place{resource: theVersion}, nil
		}
	}
	return place{}, notFound(u.Path)
}

func locateObject(u *url.URL, rest []string) (place, error) {
	p := place{resource: theSystem}
	if len(rest) > 3 {
		return p, notFound(u.Path)
	}
	for i, s := range rest {
		switch i {
		case 0:
			p.resource, p.connector = theConnector, s
		case 1:
			p.resource, p.objectType = aCollection, s
			if name, query, slip := strings.Cut(s, "___query"); slip && strings.Contains(query, "=") {
				p.objectType, p.query = name+"__", "_query"+query
			}
		case 2:
			p.resource, p.id = anObject, s
		}
	}
	if p.objectType != "" && !slices.Contains(icf.Types(), p.objectType) {
		return p, notFound(u.Path)
	}
	return p, nil
}

func notFound(path string) error {
	return icf.NewError(http.StatusNotFound, "Resource '"+strings.TrimPrefix(strings.Trim(path, "/"), contextPath+"/")+"' not found")
}

// find returns the operation of a verb on a resource. What the resource never
// does is refused as CREST refuses it.
func find(p place, verb string) (operation, error) {
	if op, there := routes[p.resource][verb]; there {
		return op, nil
	}
	path := p.String()
	switch {
	case p.resource == aCollection && verb != verbQuery && verb == strings.ToUpper(verb):
		return operation{}, badRequest("The resource collection %s cannot be %s", path, done[verb])
	case p.resource == anObject && verb == verbQuery:
		return operation{}, badRequest("The resource instance %s/%s cannot be queried", path, p.id)
	case p.resource == theConnector || p.resource == theSystem:
		if word := done[verb]; word != "" {
			return operation{}, icf.NewError(http.StatusNotImplemented, fmt.Sprintf("%s operations are not supported", nouns[verb]))
		}
	case done[verb] != "":
		return operation{}, icf.NewError(http.StatusNotImplemented, fmt.Sprintf("%s operations are not supported on %s", nouns[verb], path))
	}
	return operation{}, badRequest("Unsupported actionId: %s", verb)
}

var (
	done  = map[string]string{verbRead: "read", verbQuery: "queried", verbCreate: "created", verbUpdate: "updated", verbPatch: "patched", verbDelete: "deleted"}
	nouns = map[string]string{verbRead: "Read", verbQuery: "Query", verbCreate: "Create", verbUpdate: "Update", verbPatch: "Patch", verbDelete: "Delete"}
)

func badRequest(format string, args ...any) error {
	return icf.NewError(http.StatusBadRequest, fmt.Sprintf(format, args...))
}
