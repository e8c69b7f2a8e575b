package awsdoor

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"rollcall/awsjson"
	"rollcall/awsquery"
	"rollcall/fault"
	"rollcall/openapi"
)

// scheme is what descriptions call a signature.
const scheme = "sigv4"

var (
	failure = []openapi.Content{{Type: openapi.JSON, Schema: openapi.Out[awsjson.Exception]()}}
	missed  = regexp.MustCompile(`Value at '(\w+)' failed to satisfy constraint: Member must not be null`)
)

// Describe says what this door serves: the Identity Store's operations as plain
// REST, and POST / for everything else.
func Describe() openapi.Part {
	part := openapi.Part{
		Tag: openapi.Tag{Name: "aws", Says: "AWS's own API of IAM Identity Center, for its CLI and SDKs, and the Identity Store's operations as plain REST beside it. " +
			"Signatures are AWS's, version 4; readers with a read-only key get reads alone."},
		Schemes: map[string]openapi.Scheme{scheme: {
			Type: "apiKey", In: openapi.InHeader, Name: "Authorization", Says: "An AWS signature, version 4, by an access key: rollcall access-key create",
		}},
	}
	for _, r := range routes {
		part.Operations = append(part.Operations, describeREST(r))
	}
	for _, target := range slices.Sorted(maps.Keys(services)) {
		for _, name := range slices.Sorted(maps.Keys(services[target].operations)) {
			part.Operations = append(part.Operations, describeRPC(target, name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(stsActions)) {
		part.Operations = append(part.Operations, describeQuery(name))
	}
	return part
}

// describeREST is one route of the plain REST.
func describeREST(r route) openapi.Operation {
	method, path, _ := strings.Cut(r.pattern, " ")
	shape := shapes[r.operation]
	o := openapi.Operation{
		Method: method, Path: path, ID: "identitystore." + strings.ToLower(r.operation[:1]) + r.operation[1:], Summary: shape.summary, Who: [][]string{{scheme}},
	}
	inPath := slices.Collect(parameters(r.pattern))
	for _, name := range inPath {
		o.Parameters = append(o.Parameters, openapi.Parameter{In: openapi.InPath, Name: name, Says: memberWords[name], Schema: openapi.Text(), Example: examples[name]})
	}
	members := membersOf(shape.input)
	if method == http.MethodGet || method == http.MethodDelete {
		for _, name := range members {
			o.Parameters = append(o.Parameters, queryOf(name)...)
		}
	} else {
		required := slices.DeleteFunc(needed(shape.input), func(name string) bool { return slices.Contains(inPath, name) })
		body := openapi.InType(reflect.TypeOf(shape.input).Elem(), required...)
		o.Body = &openapi.Body{Required: true, Contents: []openapi.Content{{Type: openapi.JSON, Schema: body, Example: shape.example}}}
	}
	done := openapi.Answer{Status: http.StatusOK, Says: "Done"}
	if !r.silent {
		done.Contents = []openapi.Content{{Type: openapi.JSON, Schema: shape.output}}
	}
	o.Answers = append(o.Answers, done,
		openapi.Answer{Status: http.StatusRequestEntityTooLarge, Says: "The body is larger than 1 MiB", Contents: failure})
	kinds := []fault.Kind{fault.Invalid, fault.Unauthenticated, fault.Denied, fault.NotFound, fault.Throttled, fault.Internal}
	if method != http.MethodGet {
		kinds = append(kinds, fault.Conflict, fault.Stale, fault.Quota)
	}
	o.Answers = openapi.WithFailures(o.Answers, func(k fault.Kind) int {
		e := awsjson.Exception{Type: exceptions[k].name}
		return e.TraitStatus()
	}, failure, kinds...)
	return o
}

// membersOf are the names of an input's members.
func membersOf(input awsjson.Input) []string {
	var all []string
	for _, f := range reflect.VisibleFields(reflect.TypeOf(input).Elem()) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			all = append(all, name)
		}
	}
	return all
}

// needed are the members that an input must have: those that an empty one is
// refused for.
func needed(input awsjson.Input) []string {
	e, ok := errors.AsType[*awsjson.Exception](awsjson.Check(input))
	if !ok {
		return nil
	}
	var all []string
	for _, m := range missed.FindAllStringSubmatch(e.Message, -1) {
		all = append(all, strings.ToUpper(m[1][:1])+m[1][1:])
	}
	return all
}

// queryOf is what the query has of a member; nothing of one that goes into a
// body.
func queryOf(member string) []openapi.Parameter {
	if member == "MemberId" {
		member = "UserId"
	}
	p := openapi.Parameter{In: openapi.InQuery, Name: member, Says: memberWords[member], Schema: openapi.Text()}
	switch member {
	case "MaxResults":
		p.Schema = openapi.Number(1, 100)
	case "Extensions":
		p.Schema = openapi.List(openapi.Text())
	}
	probe := loose{}
	if err := probe.query(member, []string{"1"}); err != nil || len(probe) == 0 {
		return nil
	}
	if e := examples[member]; e != nil && member != "IdentityStoreId" {
		p.Example, p.Required = e, true
	}
	return []openapi.Parameter{p}
}

// describeRPC is one operation of awsJson1.1.
func describeRPC(target, name string) openapi.Operation {
	object := &openapi.Schema{Type: "object", Says: "As AWS's service model has it"}
	content := func(s *openapi.Schema) []openapi.Content {
		return []openapi.Content{{Type: awsjson.ContentType, Schema: s}}
	}
	return openapi.Operation{
		Method: http.MethodPost, Path: "/", ID: "aws.call", Summary: services[target].signingName + ", " + name, Who: [][]string{{scheme}},
		Chosen: openapi.Choice{In: openapi.InHeader, Name: awsjson.HeaderTarget, Value: awsjson.Target(target, name)},
		Body:   &openapi.Body{Contents: content(object)},
		Answers: []openapi.Answer{
			{Status: http.StatusOK, Says: "Done", Contents: content(object)},
			{Status: http.StatusBadRequest, Says: "Refused; __type says why", Contents: content(failure[0].Schema)},
			{Status: http.StatusInternalServerError, Says: "A failure of the server", Contents: content(failure[0].Schema)},
		},
	}
}

// describeQuery is one operation of STS.
func describeQuery(name string) openapi.Operation {
	xml := []openapi.Content{{Type: "text/xml", Schema: openapi.Text()}}
	form := openapi.Named("sts.Form", openapi.Schema{Type: "object", Required: []string{"Action", "Version"}, Properties: map[string]*openapi.Schema{
		"Action": openapi.Words(slices.Sorted(maps.Keys(stsActions))...), "Version": openapi.Words(awsquery.Version),
	}})
	return openapi.Operation{
		Method: http.MethodPost, Path: "/", ID: "aws.call", Summary: "sts, " + name + ", as a form", Who: [][]string{{scheme}},
		Chosen: openapi.Choice{In: openapi.InBody, Name: "Action", Value: name},
		Body:   &openapi.Body{Contents: []openapi.Content{{Type: "application/x-www-form-urlencoded", Schema: form}}},
		Answers: []openapi.Answer{
			{Status: http.StatusOK, Says: "Done", Contents: xml},
			{Status: http.StatusBadRequest, Says: "Refused; Code says why", Contents: xml},
			{Status: http.StatusForbidden, Says: "Not let in; Code says why", Contents: xml},
			{Status: http.StatusNotFound, Says: "No form", Contents: xml},
			{Status: http.StatusInternalServerError, Says: "A failure of the server", Contents: xml},
		},
	}
}

// document is a value of examples that is JSON already.
func document(text string) json.RawMessage { return json.RawMessage(text) }
