package openapi

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"
)

// merge is what operations of one method and path are as one.
func (d *document) merge(tag string, variants []Operation) operation {
	first := variants[0]
	o := operation{ID: first.ID, Tags: []string{tag}, Summary: first.Summary, Answers: map[string]answer{}, Who: []map[string][]string{}}
	if len(variants) > 1 {
		o.Summary, o.Says = several(variants)
	}
	var answers []Answer
	requests, responses := said{}, map[int]said{}
	bodies := 0
	for _, v := range variants {
		for _, a := range v.Answers {
			answers = WithAnswer(answers, a)
			if responses[a.Status] == nil {
				responses[a.Status] = said{}
			}
			responses[a.Status].add(v.name(), a.Contents)
		}
		if v.Body != nil {
			if o.Body == nil {
				o.Body = &body{Required: true}
			}
			bodies++
			o.Body.Required = o.Body.Required && v.Body.Required
			o.Body.all = merged(o.Body.all, v.Body.Contents)
			requests.add(v.name(), v.Body.Contents)
		}
	}
	if o.Body != nil {
		o.Body.Required = o.Body.Required && bodies == len(variants)
		o.Body.Content = d.content(o.Body.all, requests)
	}
	for _, a := range answers {
		one := answer{Says: a.Says, Content: d.content(a.Contents, responses[a.Status])}
		if a.Status >= http.StatusBadRequest && len(responses[a.Status]) == 0 {
			one = d.shared(tag+"."+strconv.Itoa(a.Status), one)
		}
		o.Answers[strconv.Itoa(a.Status)] = one
	}
	for _, p := range parameters(variants) {
		p.Schema = d.Components.Schemas.resolve(p.Schema)
		o.Parameters = append(o.Parameters, p)
	}
	for _, together := range first.Who {
		one := map[string][]string{}
		for _, scheme := range together {
			one[scheme] = []string{}
		}
		o.Who = append(o.Who, one)
	}
	return o
}

// shared is a component in place of an answer that many operations have: of that
// name, or the first after it that is free.
func (d *document) shared(name string, a answer) answer {
	for i := 1; ; i++ {
		at := name
		if i > 1 {
			at += "." + strconv.Itoa(i)
		}
		known, taken := d.Components.Answers[at]
		if !taken {
			d.Components.Answers[at] = a
		} else if !reflect.DeepEqual(known, a) {
			continue
		}
		return answer{Ref: "#/components/responses/" + at}
	}
}

// said are examples, by media type and name.
type said map[string]map[string]example

func (s said) add(name string, all []Content) {
	for _, c := range all {
		if c.Example == nil {
			continue
		}
		if s[c.Type] == nil {
			s[c.Type] = map[string]example{}
		}
		s[c.Type][name] = example{c.Example}
	}
}

// name is what an operation's examples are called.
func (o *Operation) name() string {
	if o.Chosen.Value != "" {
		return o.Chosen.Value
	}
	return o.ID[strings.LastIndexByte(o.ID, '.')+1:]
}

// content is contents by media type, with their examples.
func (d *document) content(all []Content, examples said) map[string]media {
	out := map[string]media{}
	for _, c := range all {
		out[c.Type] = media{d.Components.Schemas.resolve(c.Schema), examples[c.Type]}
	}
	return out
}
