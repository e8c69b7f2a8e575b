package scimdoor_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/door/scimdoor"
)

// deviation is something that a compliance suite finds wrong and AWS does all
// the same. An empty field fits everything.
type deviation struct {
	check, resource, reason string // reason: how it begins
	why                     string // with the section of the AWS contract
}

// masking are the two deviations that end most checks before they begin.
var masking = []deviation{
	{"", "", "Server response payload validation error 3 validation errors for Error schema", "7.10: schema, exceptionRequestId and timeStamp in errors"},
	{"", "", "The resource type 'User' requires the extension", "7.4: ResourceTypes calls the extension required"},
}

// deviations are all others.
var deviations = []deviation{
	{"query_resource_type_by_id", "", "The specified", "7.1: ResourceTypes are listed, not read one by one"},
	{"search_with_attributes", "", "The specified", "7.1: there is no /.search"},
	{"object_replacement", "Group", "The operation is not supported", "7.1: groups are not replaced"},
	{"object_query_with_attributes", "User", "GET /Resource/{id}: excluded attribute", "7.5: excludedAttributes is not supported"},
	{"object_list_with_attributes", "User", "GET /Resource: excluded attribute", "7.5: excludedAttributes is not supported"},
	{"check_remove_attribute", "User", "Failed to remove attribute 'active'", "7.7: active cannot be removed"},
	{"check_replace_attribute", "User", "Failed to replace attribute 'emails'", "7.3: the e-mail must be primary, and the suite sends one that is not"},
	{"check_replace_attribute", "User", "PATCH modify() returned unexpected value for 'phoneNumbers'", "13 (7): primary false and no primary are one"},
	{"check_replace_attribute", "User", "PATCH modify() returned unexpected value for 'roles'", "13 (7): primary false and no primary are one"},
	// The suite names a member by its meta.location, of which there is none.
	{"object_query_with_attributes", "Group", "The specified", "7.4: no meta.location"},
	{"object_list_with_attributes", "Group", "The specified", "7.4: no meta.location"},
	{"check_add_attribute", "Group", "Failed to add attribute 'members': The specified", "7.4: no meta.location"},
	{"check_remove_attribute", "Group", "The specified", "7.4: no meta.location"},
	{"check_replace_attribute", "Group", "Failed to replace attribute 'members': removing or replacing", "7.9: members are not replaced"},
}

// finding is a line of testdata/scim2tester.py.
type finding struct{ Status, Check, Resource, Reason string }

func (f finding) is(d deviation) bool {
	return (d.check == "" || d.check == f.Check) && (d.resource == "" || d.resource == f.Resource) && strings.HasPrefix(f.Reason, d.reason)
}

func TestAComplianceSuiteFindsOnlyWhatAWSDoesToo(t *testing.T) {
	python := suite(t)
	door := scimdoor.New(directory.New("local", memdir.New(store)), keys{}, scimdoor.Options{})
	for name, tt := range map[string]struct {
		door  http.Handler
		known []deviation
		least int // checks that pass: a suite that stops early finds nothing
	}{
		"as it is":                      {door, masking, 20},
		"without what hides the others": {mended(door), deviations, 90},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(tt.door)
			defer server.Close()
			compare(t, run(t, python, server.URL+"/"+tenant+"/scim/v2"), tt.known, tt.least)
		})
	}
}

func compare(t *testing.T, found []finding, known []deviation, least int) {
	t.Helper()
	seen, passed := map[deviation]bool{}, 0
	for _, f := range found {
		switch f.Status {
		case "SUCCESS", "COMPLIANT", "ACCEPTABLE", "SKIPPED":
			passed++
			continue
		}
		excused := false
		for _, d := range known {
			if f.is(d) {
				excused, seen[d] = true, true
			}
		}
		if !excused {
			t.Errorf("new finding: %s %s %s: %s", f.Status, f.Check, f.Resource, f.Reason)
		}
	}
	for _, d := range known {
		if !seen[d] {
			t.Errorf("%s %s %q is no longer found; take it off the list (%s)", d.check, d.resource, d.reason, d.why)
		}
	}
	if passed < least {
		t.Errorf("%d checks passed, want at least %d: did the suite run to its end?", passed, least)
	}
}

// suite is the interpreter that has scim2-tester.
func suite(t *testing.T) string {
	t.Helper()
	python, err := filepath.Abs("../../bin/py-venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import scim2_tester, httpx2").CombinedOutput(); err != nil {
		const missing = "scim2-tester is not installed in bin/py-venv; mend: scripts/install-test-deps"
		if os.Getenv("CI") != "" {
			t.Fatalf("%s (%v)\n%s", missing, err, out)
		}
		t.Skip(missing)
	}
	return python
}

func run(t *testing.T, python, url string) []finding {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), python, "testdata/scim2tester.py", url, secret)
	cmd.Env = append(os.Environ(), "PYTHONHASHSEED=0", "NO_PROXY=*")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("scim2-tester: %v\n%s", err, complaints.String())
	}
	var all []finding
	for line := range strings.Lines(string(out)) {
		var f finding
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		all = append(all, f)
	}
	return all
}

// mended is a door without the deviations of masking.
func mended(door http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		door.ServeHTTP(answer, r)
		body := answer.Body.Bytes()
		var e map[string]any
		if answer.Code >= 400 && json.Unmarshal(body, &e) == nil {
			for _, extra := range []string{"schema", "exceptionRequestId", "timeStamp"} {
				delete(e, extra)
			}
			body, _ = json.Marshal(e)
		}
		if strings.HasSuffix(r.URL.Path, "/ResourceTypes") {
			body = bytes.ReplaceAll(body, []byte(`"required":true`), []byte(`"required":false`))
		}
		maps.Copy(w.Header(), answer.Header())
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body)
	})
}
