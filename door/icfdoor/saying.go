package icfdoor

import (
	"net/http"

	"rollcall/icf"
	"rollcall/openapi"
)

func anyObject() *openapi.Schema { return &openapi.Schema{Type: "object"} }

func texts(names ...string) map[string]*openapi.Schema {
	all := map[string]*openapi.Schema{}
	for _, name := range names {
		all[name] = openapi.Text()
	}
	return all
}

// optional are properties that there may be, beside those that there are.
func optional(s *openapi.Schema, name string, is *openapi.Schema) *openapi.Schema {
	s.Properties[name] = is
	return s
}

func query(name, says string, required bool) openapi.Parameter {
	return openapi.Parameter{In: openapi.InQuery, Name: name, Says: says, Required: required, Schema: openapi.Text()}
}

var (
	objectTypes = openapi.Words(icf.Types()...)
	objects     = &openapi.Schema{AnyOf: []*openapi.Schema{icf.Shape(icf.Account, false), icf.Shape(icf.Group, false)}}
	attributes  = &openapi.Schema{AnyOf: []*openapi.Schema{icf.Shape(icf.Account, true), icf.Shape(icf.Group, true)}}
	failure     = []openapi.Content{{Type: openapi.JSON, Schema: openapi.Out[icf.Error]()}}

	envelopeOf = func(name string, items *openapi.Schema) *openapi.Schema {
		s := openapi.Object(texts("totalPagedResultsPolicy"))
		for _, n := range []string{"resultCount", "totalPagedResults", "remainingPagedResults"} {
			s.Properties[n] = openapi.Number()
		}
		s.Properties["result"] = openapi.List(items)
		s.Properties["pagedResultsCookie"] = openapi.OrNull(openapi.Text())
		s.Properties["error"] = failure[0].Schema // of a directory that failed under way
		s.Required = append(s.Required, "result", "resultCount", "pagedResultsCookie")
		return openapi.Named("icf."+name, *s)
	}
	connectorStatus = openapi.Named("icf.Status", *optional(openapi.Object(map[string]*openapi.Schema{
		"name": openapi.Text(), "enabled": {Type: "boolean"}, "config": openapi.Text(), "connectorRef": anyObject(), "displayName": openapi.Text(),
		"objectTypes": openapi.List(openapi.Text()), "ok": {Type: "boolean"},
	}), "error", openapi.Text()))
	someRecon = openapi.Named("icf.Recon", *optional(optional(openapi.Object(map[string]*openapi.Schema{
		"_id": openapi.Text(), "mapping": openapi.Text(), "stage": openapi.Text(), "stageDescription": openapi.Text(),
		"state": openapi.Words(ReconActive, ReconCanceled, ReconFailed, ReconSuccess), "progress": anyObject(),
		"situationSummary": {Type: "object", Additional: openapi.Number(0)}, "started": openapi.Text(), "ended": openapi.Text(),
	}), "plan", openapi.Text()), "error", openapi.Text()))
	configuration = openapi.Named("icf.Configuration", openapi.Schema{
		Type: "object", Says: "The configuration of a connector, as createFullConfig makes it", Additional: &openapi.Schema{},
		Properties: map[string]*openapi.Schema{
			"_id": openapi.Text(), "name": openapi.Text(), "connectorRef": anyObject(), "configurationProperties": anyObject(), "enabled": {Type: "boolean"},
		},
	})
	deltas = openapi.Named("icf.Deltas", *openapi.Object(map[string]*openapi.Schema{
		"_id": openapi.Text(), "_rev": openapi.Text(), "connectorData": anyObject(),
		"deltas": openapi.List(openapi.Object(map[string]*openapi.Schema{"type": openapi.Words("CREATE", "UPDATE", "DELETE"), "uid": openapi.Text()})),
	}))

	someRef    = map[string]any{"connectorRef": map[string]string{"connectorName": icf.ConnectorName, "bundleName": icf.BundleName, "bundleVersion": icf.BundleVersion}}
	someConfig = map[string]any{
		"name": "test", "connectorRef": someRef["connectorRef"], "configurationProperties": map[string]string{icf.PropertyDirectory: "local"},
	}
	someAccount = map[string]any{
		icf.AttrName: "bob", "displayName": "Bob Ray", "name": map[string]string{"givenName": "Bob", "familyName": "Ray"},
		"emails": []any{map[string]any{"value": "bob@example.com", "type": "work", "primary": true}},
	}
	startsAnywhere = words{summary: "What changed since the last time, of the type that source names", params: []openapi.Parameter{
		{In: openapi.InQuery, Name: "source", Says: "system/NAME/TYPE", Required: true, Schema: openapi.Text(), Example: "system/awsiam/" + icf.Account},
	}, answer: deltas}
)

// sayings are what every operation says of itself, by resource and verb.
var sayings = map[resource]map[string]words{
	theSystem: {
		"test":                 {summary: "Say of every connector whether its directory answers", answer: openapi.List(connectorStatus)},
		"availableConnectors":  {summary: "The connector that there is", answer: openapi.Object(map[string]*openapi.Schema{"connectorRef": openapi.List(anyObject())})},
		"createCoreConfig":     {summary: "What a configuration begins with", body: anyObject(), needed: true, sends: someRef, answer: configuration},
		"createFullConfig":     {summary: "A configuration, with the schema", body: configuration, needed: true, sends: someConfig, answer: configuration},
		"createConfiguration":  {summary: "All three steps of making a configuration, as what is in the body says", body: anyObject(), sends: someRef, answer: configuration},
		"testConfig":           {summary: "Say whether a configuration would work", body: configuration, needed: true, sends: someConfig, answer: testResult},
		"testConnectorServers": {summary: "The remote connector servers: none", answer: openapi.Object(map[string]*openapi.Schema{"openicf": openapi.List(anyObject())})},
		"liveSync":             startsAnywhere,
	},
	theConnector: {
		"test": {summary: "Say whether the directory answers", answer: connectorStatus},
		"script": {summary: "Run a configured script; what is in the body and in other parameters are its arguments", params: []openapi.Parameter{
			query("scriptId", "The script", true), query("scriptExecuteMode", "Not resource", false), query("scriptVariablePrefix", "What names of arguments begin with", false),
		}, body: anyObject(), answer: openapi.Object(map[string]*openapi.Schema{"actions": openapi.List(anyObject())})},
		"liveSync": {summary: "What changed since the last time, of every type", answer: deltas},
	},
	aCollection: {
		verbQuery:      {summary: "The objects that match; one of _queryFilter, _queryExpression and _queryId is needed", answer: envelopeOf("Found", objects)},
		verbCreate:     {summary: "Create an object; the _action may be left out", body: attributes, needed: true, sends: someAccount, status: http.StatusCreated, answer: objects},
		"liveSync":     {summary: "What changed since the last time", answer: deltas},
		"authenticate": {summary: "Not served: 501, as of the original"},
	},
	anObject: {
		verbRead:   {summary: "Read an object", answer: objects},
		verbUpdate: {summary: "Set the attributes that are there, and leave the others", body: attributes, needed: true, sends: map[string]string{"displayName": "Ann Maria Lee"}, answer: objects},
		verbPatch: {
			summary: "Change single attributes: all of it or nothing", body: openapi.List(openapi.In[icf.Operation]("operation", "field")), needed: true,
			sends: []any{map[string]string{"operation": "replace", "field": "displayName", "value": "Ann M. Lee"}}, answer: objects,
		},
		verbDelete: {summary: "Delete an object, and answer what it was; a user is disabled first", answer: objects},
	},
	theConfigs: {
		verbQuery: {summary: "Configurations whose ids match", answer: envelopeOf("Configurations", anyObject())},
		verbRead:  {summary: "The ids of all configurations", answer: openapi.Object(map[string]*openapi.Schema{"configurations": openapi.List(openapi.Object(texts("_id", "pid", "factoryPid")))})},
	},
	aConfig: {
		verbRead:   {summary: "The configuration of a connector", answer: configuration},
		verbUpdate: {summary: "Keep the configuration of a connector that a client makes", body: configuration, needed: true, sends: someConfig, answer: configuration},
		verbDelete: {summary: "Forget the configuration of a connector that a client made", answer: configuration},
	},
	theRecons: {
		verbRead:  {summary: "The reconciliations of this server, the last first", answer: recons},
		verbQuery: {summary: "The same, whatever the query", answer: recons},
		"recon": {summary: "Carry out a configured sync", params: []openapi.Parameter{
			query("mapping", "The sync", true), {In: openapi.InQuery, Name: "waitForCompletion", Says: "Answer once it has ended", Schema: openapi.Words("true", "false")},
		}, answer: openapi.Object(texts("_id", "state"))},
	},
	aRecon: {
		verbRead: {summary: "One reconciliation, as it stands", answer: someRecon},
		"cancel": {summary: "Stop a reconciliation; what is under way is finished", answer: openapi.Object(texts("_id", "action", "status"))},
	},
	theVersion: {verbRead: {summary: "Which system answers", answer: openapi.Object(texts("_id", "productVersion", "productName"))}},
}

var (
	recons     = openapi.Object(map[string]*openapi.Schema{"reconciliations": openapi.List(someRecon)})
	testResult = optional(openapi.Object(map[string]*openapi.Schema{"name": openapi.Text(), "ok": {Type: "boolean"}}), "error", openapi.Text())
)
