// Package openapi is as much of OpenAPI 3.1 as it takes to say what doors
// answer: each door describes its own operations out of the table by which it
// answers them, and [Document] puts the descriptions of all doors together.
//
// It serves nothing, and validates nothing that is sent or answered.
package openapi

// Version is the version of the specification that a [Document] follows. 3.1
// is the newest that validators and generators commonly read.
const Version = "3.1.1"

// Operation is one request as its door describes it. OpenAPI has one operation
// for a method and a path; doors tell requests apart by a parameter or header
// too. Such operations share their ID, and are shown as one.
type Operation struct {
	Method, Path string // what a client has to fill in stands in braces
	// ID names the operation for generators: "approvals.decide".
	ID string
	// Chosen is what tells it from others of the same method and path; the zero
	// value is none.
	Chosen     Choice
	Summary    string // a sentence, without its full stop
	Parameters []Parameter
	Body       *Body    // nil for none
	Answers    []Answer // every status that there may be
	// Who lists who may come in: one of them is enough, and each needs all of
	// its schemes. Nil is anybody.
	Who [][]string
}

// Choice is a parameter whose value names the operation; without a value it is
// enough that it is there.
type Choice struct{ In, Name, Value string }

// The places of parameters, and of choices that are in a body.
const (
	InPath   = "path"
	InQuery  = "query"
	InHeader = "header"
	InBody   = "body"
)

// Parameter is a part of a request beside its body. Those in the path are
// required.
type Parameter struct {
	In       string  `json:"in"`
	Name     string  `json:"name"`
	Says     string  `json:"description,omitempty"`
	Required bool    `json:"required,omitempty"`
	Schema   *Schema `json:"schema"`
	Example  any     `json:"example,omitempty"`
}

// Body is what a request carries, in one of its contents.
type Body struct {
	Required bool
	Contents []Content
}

// Answer is one status, and what it carries: one of its contents, none if it
// has no body.
type Answer struct {
	Status   int
	Says     string
	Contents []Content
}

// Content is a body in one media type. A nil schema is any bytes.
type Content struct {
	Type    string // "application/json"
	Schema  *Schema
	Example any
}

// JSON is the media type of most bodies.
const JSON = "application/json"

// Text is a schema of any text.
func Text() *Schema { return &Schema{Type: "string"} }

// Tag is a door, as a heading.
type Tag struct {
	Name string `json:"name"`
	Says string `json:"description"`
}

// Scheme is a way to say who is asking (OpenAPI 3.1, Security Scheme Object).
type Scheme struct {
	Type   string `json:"type"`             // http or apiKey
	Scheme string `json:"scheme,omitempty"` // of http: bearer or basic
	In     string `json:"in,omitempty"`     // of apiKey
	Name   string `json:"name,omitempty"`   // of apiKey
	Says   string `json:"description,omitempty"`
}

// Part is what one door serves: its heading, its ways to say who is asking, by
// the names that operations have for them, and its operations.
type Part struct {
	Tag        Tag
	Schemes    map[string]Scheme
	Operations []Operation
}

// Whole is everything that a document says.
type Whole struct {
	Title, Says, Version string
	License              string // its SPDX identifier
	Server               string // the URL that paths are below
	Parts                []Part
}

// The ids that examples have. They have the form of real ones, and name nothing.
const (
	ExampleStore      = "d-1234567890"
	ExampleUser       = "94482488-3041-7026-18f3-be45837cd0e4"
	ExampleGroup      = "b4c8d4f8-9011-70c7-8b5e-7c1a3f0d2e96"
	ExampleMembership = "1448e4a8-70d1-70a3-5a9c-2b6d0f3c8e17"
)
