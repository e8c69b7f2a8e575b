package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"rollcall/icf"
)

// described is an OpenAPI document, as far as tests look at it.
type described struct {
	text  []byte
	Paths map[string]map[string]describedOperation
}

type describedOperation struct {
	ID         string `json:"operationId"`
	Summary    string
	Parameters []struct {
		In, Name string
		Required bool
		Schema   struct{ Enum []string }
		Example  any
	}
	RequestBody *struct {
		Content map[string]struct {
			Examples map[string]struct{ Value json.RawMessage }
		}
	}
	Responses map[string]any
	Security  []map[string][]string
}

func readDescription(t *testing.T, text string) *described {
	t.Helper()
	d := &described{text: []byte(text)}
	if err := json.Unmarshal(d.text, d); err != nil {
		t.Fatal(err)
	}
	return d
}

// requests are every method and path, types filled in.
func (d *described) requests() []string {
	all := map[string]bool{}
	for path, methods := range d.Paths {
		for method := range methods {
			all[strings.ToUpper(method)+" "+strings.ReplaceAll(path, "{type}", icf.Account)] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// mounted are every method and path of every door, by the tables by which they
// answer.
func mounted() []string {
	all := map[string]bool{}
	for door, list := range doors {
		for _, r := range list() {
			path, _, _ := strings.Cut(r.Path, "?")
			if door == "scimdoor" {
				path = "/{tenantId}/scim/v2" + path
			}
			all[r.Method+" "+path] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func TestTheDocumentDescribesEveryRouteOfEveryDoor(t *testing.T) {
	o := newOffice(t)
	got, want := readDescription(t, o.must("openapi").out).requests(), mounted()
	for _, one := range want {
		if !slices.Contains(got, one) {
			t.Errorf("%s is served, and not described", one)
		}
	}
	for _, one := range got {
		if !slices.Contains(want, one) {
			t.Errorf("%s is described, and not served", one)
		}
	}
	if len(want) < 80 {
		t.Errorf("only %d routes", len(want))
	}
}

// What is not described under a described path is not there.
func TestAServerAnswersNoMethodThatIsNotDescribed(t *testing.T) {
	o := newOffice(t)
	o.write("rollcall.yaml", "directories:\n  local: {kind: embedded}\n")
	x := &stranger{t, o.serve()}
	token := o.operatorToken(x.s.env["ROLLCALL_OPERATOR"])
	d := readDescription(t, x.document(token))
	for path, methods := range d.Paths {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			if _, described := methods[strings.ToLower(method)]; described {
				continue
			}
			filled := strings.NewReplacer("{type}", icf.Account, "{name}", "awsiam", "{id}", unknownID, "/{tenantId}/scim/v2", "").Replace(path)
			q, err := http.NewRequestWithContext(t.Context(), method, x.s.env["ROLLCALL_URL"]+filled, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			bearer(token)(q)
			if strings.Contains(path, "/scim/v2") {
				q, _ = http.NewRequestWithContext(t.Context(), method, strings.TrimSuffix(x.s.env["ROLLCALL_SCIM_URL"], "/")+filled, strings.NewReader("{}"))
				bearer(x.s.env["ROLLCALL_SCIM_TOKEN"])(q)
			}
			q.Header.Set("Content-Type", "application/json")
			code, text := answered(t, q)
			if !slices.Contains([]int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusBadRequest, http.StatusForbidden}, code) {
				t.Errorf("%s %s: %d %s", method, path, code, text)
			}
		}
	}
}

func TestOnlyDoorsThatAreServedAreDescribed(t *testing.T) {
	o := newOffice(t)
	o.write("rollcall.yaml", "directories:\n  aws: {kind: aws, region: us-east-1}\n")
	for _, one := range readDescription(t, o.must("openapi").out).requests() {
		if strings.Contains(one, "/scim/") || strings.Contains(one, "/identitystores") || strings.HasSuffix(one, " /") || strings.Contains(one, "/_rollcall") {
			t.Errorf("%s needs an embedded directory", one)
		}
	}
}

// document is what a server says of itself.
func (x *stranger) document(token string) string {
	x.t.Helper()
	q, err := http.NewRequestWithContext(x.t.Context(), http.MethodGet, x.s.env["ROLLCALL_URL"]+"/openapi.json", nil)
	if err != nil {
		x.t.Fatal(err)
	}
	bearer(token)(q)
	code, header, text := answeredWhole(x.t, q)
	if code != http.StatusOK || header.Get("Content-Type") != "application/json" {
		x.t.Fatalf("%d %s", code, text)
	}
	return text
}

// Two validators that others made find nothing wrong.
func TestTheDocumentIsValid(t *testing.T) {
	o := newOffice(t)
	text := o.must("openapi", "--url", "https://rollcall.example.com").out
	o.write("openapi.json", text)
	python := installed(t, "bin/py-venv/bin/python", "-c", "import openapi_spec_validator")
	stand := &stand{}
	stand.run(t, python, "-m", "openapi_spec_validator", filepath.Join(o.folder, "openapi.json"))
	v := validatorOf(t, []byte(text))
	if ok, problems := v.ValidateDocument(); !ok {
		for _, p := range problems {
			t.Errorf("%s: %s", p.Message, p.Reason)
			for _, s := range p.SchemaValidationErrors {
				t.Errorf("  %s: %s", s.FieldPath, s.Reason)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(o.folder, ".rollcall")); err == nil {
		t.Error("a state was made")
	}
}

func validatorOf(t *testing.T, text []byte) validator.Validator {
	t.Helper()
	document, err := libopenapi.NewDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	v, problems := validator.NewValidator(document)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return v
}
