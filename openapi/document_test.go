package openapi_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/fault"
	"rollcall/openapi"
)

// written is a document of one part, read again.
func written(t *testing.T, operations ...openapi.Operation) map[string]any {
	t.Helper()
	text, err := openapi.Document(openapi.Whole{Title: "T", Version: "1", Server: "/", Parts: []openapi.Part{{Tag: openapi.Tag{Name: "door"}, Operations: operations}}})
	if err != nil {
		t.Fatal(err)
	}
	var d map[string]any
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// at walks into a document.
func at(t *testing.T, d any, keys ...string) any {
	t.Helper()
	for _, key := range keys {
		object, is := d.(map[string]any)
		if !is {
			t.Fatalf("there is no %s of %v", key, keys)
		}
		d = object[key]
	}
	return d
}

func answering(status int, s *openapi.Schema) []openapi.Answer {
	return []openapi.Answer{{Status: status, Says: "Done", Contents: []openapi.Content{{Type: openapi.JSON, Schema: s}}}}
}

type inner struct {
	Value string `json:"value,omitempty"`
}

type outer struct {
	inner
	Name   string            `json:"name"`
	When   time.Time         `json:"when"`
	Many   []inner           `json:"many"`
	Also   *outer            `json:"also,omitempty"`
	Any    json.RawMessage   `json:"any,omitempty"`
	Words  map[string]string `json:"words,omitempty"`
	Secret string            `json:"-"`
}

func TestASchemaIsWhatTheTypeIsWrittenAs(t *testing.T) {
	d := written(t, openapi.Operation{Method: http.MethodGet, Path: "/x", ID: "x", Answers: answering(200, openapi.Out[outer]())})
	want := map[string]any{
		"type": "object", "required": []any{"many", "name", "when"},
		"properties": map[string]any{
			"value": map[string]any{"type": "string"},
			"name":  map[string]any{"type": "string"},
			"when":  map[string]any{"type": "string", "format": "date-time"},
			"many":  map[string]any{"type": "array", "items": map[string]any{"$ref": "#/components/schemas/openapi_test.inner"}},
			"also":  map[string]any{"$ref": "#/components/schemas/openapi_test.outer"},
			"any":   map[string]any{},
			"words": map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "string"}},
		},
	}
	if diff := cmp.Diff(want, at(t, d, "components", "schemas", "openapi_test.outer")); diff != "" {
		t.Error(diff)
	}
}

func TestNothingThatIsSentIsRequiredButWhatIsNamed(t *testing.T) {
	d := written(t, openapi.Operation{
		Method: http.MethodPost, Path: "/x", ID: "x", Answers: answering(200, openapi.Text()),
		Body: &openapi.Body{Required: true, Contents: []openapi.Content{{Type: openapi.JSON, Schema: openapi.In[outer]("name")}}},
	})
	got := at(t, d, "components", "schemas", "openapi_test.outerSent", "required")
	if diff := cmp.Diff([]any{"name"}, got); diff != "" {
		t.Error(diff)
	}
}

// What a parameter tells apart is one operation, with what each of them says.
func TestOperationsOfOneMethodAndPathAreOne(t *testing.T) {
	act := func(name string, s *openapi.Schema, more ...openapi.Parameter) openapi.Operation {
		return openapi.Operation{
			Method: http.MethodPost, Path: "/x", ID: "x", Summary: "Do " + name, Parameters: more, Answers: answering(200, s),
			Chosen: openapi.Choice{In: openapi.InQuery, Name: "_action", Value: name},
		}
	}
	needed := openapi.Parameter{In: openapi.InQuery, Name: "mapping", Required: true, Schema: openapi.Text()}
	d := written(t, act("test", openapi.Text()), act("recon", openapi.Number(), needed))
	post := at(t, d, "paths", "/x", "post")
	want := []any{
		map[string]any{"in": "query", "name": "_action", "required": true, "schema": map[string]any{"type": "string", "enum": []any{"test", "recon"}}},
		map[string]any{"in": "query", "name": "mapping", "schema": map[string]any{"type": "string"}}, // for one of them alone
	}
	if diff := cmp.Diff(want, at(t, post, "parameters")); diff != "" {
		t.Error(diff)
	}
	if got := at(t, post, "description"); got != "- `_action` test: Do test\n- `_action` recon: Do recon" {
		t.Error(got)
	}
	either := []any{map[string]any{"type": "string"}, map[string]any{"type": "integer"}}
	if diff := cmp.Diff(either, at(t, post, "responses", "200", "content", openapi.JSON, "schema", "anyOf")); diff != "" {
		t.Error(diff)
	}
}

func TestAnAnswerThatManyHaveIsWrittenOnce(t *testing.T) {
	failing := func(path string) openapi.Operation {
		return openapi.Operation{Method: http.MethodGet, Path: path, ID: path, Answers: answering(404, openapi.Text())}
	}
	other := failing("/c")
	other.Answers[0].Says = "Another"
	d := written(t, failing("/a"), failing("/b"), other)
	for path, want := range map[string]string{"/a": "door.404", "/b": "door.404", "/c": "door.404.2"} {
		if got := at(t, d, "paths", path, "get", "responses", "404", "$ref"); got != "#/components/responses/"+want {
			t.Errorf("%s has %v", path, got)
		}
	}
}

func TestAnIDIsOneMethodAndPath(t *testing.T) {
	one := openapi.Operation{Method: http.MethodGet, Path: "/a", ID: "a"}
	for name, other := range map[string]openapi.Operation{
		"another path by the same id": {Method: http.MethodGet, Path: "/b", ID: "a"},
		"the same path by another id": {Method: http.MethodGet, Path: "/a", ID: "b"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := openapi.Document(openapi.Whole{Parts: []openapi.Part{{Operations: []openapi.Operation{one, other}}}})
			if !fault.Is(err, fault.Internal) {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := openapi.Document(openapi.Whole{Parts: []openapi.Part{{Operations: []openapi.Operation{one}}, {Operations: []openapi.Operation{one}}}}); !fault.Is(err, fault.Internal) {
		t.Errorf("of two doors: %v", err)
	}
}

func TestEveryKindOfFailureHasASentence(t *testing.T) {
	for _, k := range fault.Kinds() {
		got := openapi.WithFailures(nil, func(fault.Kind) int { return 400 }, nil, k)
		if len(got) != 1 || got[0].Says == "" {
			t.Errorf("%s: %+v", k, got)
		}
	}
}
