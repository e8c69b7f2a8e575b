package main

import (
	"fmt"
	"net/http"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"rollcall/awsjson"
	"rollcall/awsjson/sigv4"
	"rollcall/awsquery"
	"rollcall/identitycentertest"
)

// api is a service whose operations the page of compatibility lists.
type api struct {
	title, signingName string
	target             string // what X-Amz-Target has before the dot; empty for the query protocol
	client             any    // of the SDK
	notes              string // of operations, a line each: names, a colon, the note
	rest               string // why what is not served and has no note is not
}

var apis = []api{
	{"Identity Store", "identitystore", "AWSIdentityStore", (*identitystore.Client)(nil), `
		ListIdentityStores DescribeIdentityStore UpdateIdentityStore: in the SDKs since September 2026
		UpdateUser UpdateGroup DeleteUser DeleteGroup: with Revision`, ""},
	{
		"sso-admin", "sso", "SWBExternalService", (*ssoadmin.Client)(nil), `
		CreateInstance DeleteInstance: an instance comes with its store, and stays with it
		CreateAccountAssignment DeleteAccountAssignment ProvisionPermissionSet AddRegion RemoveRegion: asynchronous, --assignment-delay
		ListAccountAssignmentsForPrincipal ListApplicationAssignmentsForPrincipal: a user's groups count too, --behave own-assignments-only
		ListApplicationProviders DescribeApplicationProvider: a few of AWS's providers`,
		"What is not served is about signing in to applications, which nobody does here.",
	},
	{
		"Organizations", "organizations", "AWSOrganizationsV20161128", (*organizations.Client)(nil), `
		ListDelegatedAdministrators: nothing is delegated
		ListAWSServiceAccessForOrganization: Identity Center's own
		ListTagsForResource: nothing has tags
		DescribeOrganization: for every account of the organization; the others for its management account`,
		"What is not served makes or moves accounts and units, which are seeded from the configuration here, or is about policies and\n" +
			"delegation, of which there are none.",
	},
	{
		"STS", "sts", "", (*sts.Client)(nil), `
		AssumeRole: roles have no policies: every key may take every role
		GetCallerIdentity: keys act in a role, as sessions do`,
		"What is not served is `InvalidAction`.",
	},
}

func (a api) note(operation string) string {
	for line := range strings.Lines(a.notes) {
		names, note, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if slices.Contains(strings.Fields(names), operation) {
			return flag.ReplaceAllString(note, "`$0`")
		}
	}
	return ""
}

// flag is a switch in a note, which ends with it.
var flag = regexp.MustCompile(`--.*`)

// operations are those of the checked-in list.
func (a api) operations(t *testing.T) []string {
	t.Helper()
	list, err := os.ReadFile("door/awsdoor/testdata/operations.txt")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(list)) {
		if words := strings.Fields(line); len(words) > 2 && words[0] == a.signingName {
			names = append(names, words[1])
		}
	}
	slices.Sort(names)
	return names
}

// The list is that of the SDK: what its client can be asked for.
func TestTheOperationsListedAreThoseOfTheSDK(t *testing.T) {
	for _, a := range apis {
		var want []string
		client := reflect.TypeOf(a.client)
		for i := range client.NumMethod() {
			m := client.Method(i)
			if m.Type.IsVariadic() && m.Type.NumIn() == 4 && m.Type.NumOut() == 2 {
				want = append(want, m.Name)
			}
		}
		if got := a.operations(t); !slices.Equal(got, want) || len(got) == 0 {
			t.Errorf("%s: door/awsdoor/testdata/operations.txt has\n%v, the SDK\n%v", a.title, got, want)
		}
	}
}

// serves asks a running server whether it knows an operation.
func (a api) serves(t *testing.T, srv *identitycentertest.Server, operation string) bool {
	t.Helper()
	body, header, unknown := `{}`, http.Header{awsjson.HeaderTarget: {a.target + "." + operation}}, "UnknownOperationException"
	if a.target == "" {
		body, header, unknown = "Action="+operation+"&Version="+awsquery.Version, http.Header{"Content-Type": {awsquery.FormType}}, "<Code>InvalidAction<"
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	k, err := srv.Config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sigv4.Sign(r, []byte(body), sigv4.Credentials{AccessKey: k.AccessKeyID, Secret: k.SecretAccessKey}, identitycentertest.Region, a.signingName, time.Now())
	_, answer := answered(t, r)
	return !strings.Contains(answer, unknown)
}

// scimOperations are those of the SCIM endpoint, as AWS's developer guide has
// them, and below them what other providers have. USER and GROUP are ids.
var scimOperations = []struct{ name, method, path, note string }{
	{"CreateUser", "POST", "Users", ""},
	{"GetUser", "GET", "Users/USER", ""},
	{"ListUsers", "GET", "Users", "plain and by cursor"},
	{"PutUser", "PUT", "Users/USER", ""},
	{"PatchUser", "PATCH", "Users/USER", ""},
	{"DeleteUser", "DELETE", "Users/USER", ""},
	{"CreateGroup", "POST", "Groups", ""},
	{"GetGroup", "GET", "Groups/GROUP", "never with its members"},
	{"ListGroups", "GET", "Groups", "never with their members"},
	{"PatchGroup", "PATCH", "Groups/GROUP", "100 members at most"},
	{"DeleteGroup", "DELETE", "Groups/GROUP", ""},
	{"ServiceProviderConfig", "GET", "ServiceProviderConfig", ""},
	{"ListResourceTypes", "GET", "ResourceTypes", ""},
	{"ListSchemas", "GET", "Schemas", ""},
	{"GetSchema", "GET", "Schemas/urn:ietf:params:scim:schemas:core:2.0:User", ""},
	{"(replacing a group)", "PUT", "Groups/GROUP", "AWS has none: 501"},
	{"(bulk)", "POST", "Bulk", "AWS has none"},
	{"(search)", "POST", "Users/.search", "AWS has none"},
	{"(me)", "GET", "Me", "AWS has none"},
}

// compatibility is the part of the page that is made from the program.
func compatibility(t *testing.T) string {
	t.Helper()
	srv := identitycentertest.New(t)
	var counts, tables strings.Builder
	for _, a := range apis {
		served, all := 0, a.operations(t)
		fmt.Fprintf(&tables, "\n## %s\n", a.title)
		if a.rest != "" {
			fmt.Fprintf(&tables, "\n%s\n", a.rest)
		}
		tables.WriteString("\n| operation | served | |\n|---|---|---|\n")
		for _, operation := range all {
			is := a.serves(t, srv, operation)
			if is {
				served++
			}
			tables.WriteString(tableRow(operation, yes(is), a.note(operation)))
		}
		fmt.Fprintf(&counts, "| %s | %d of %d |\n", a.title, served, len(all))
	}
	fmt.Fprintf(&tables, "\n## SCIM\n\n| operation | request | served | |\n|---|---|---|---|\n")
	ids := strings.NewReplacer("USER", srv.User("ann"), "GROUP", srv.Group("staff"))
	served, all := 0, 0
	for _, o := range scimOperations {
		is := scimServes(t, srv, o.method, ids.Replace(o.path))
		if is {
			served++
		}
		if !strings.HasPrefix(o.name, "(") {
			all++
		}
		tables.WriteString(tableRow(o.name, "`"+o.method+" /"+o.path+"`", yes(is), o.note))
	}
	fmt.Fprintf(&counts, "| SCIM | %d of %d |\n", served, all)
	return counts.String() + tables.String()
}

func tableRow(cells ...string) string {
	return strings.ReplaceAll("| "+strings.Join(cells, " | ")+" |\n", "  ", " ")
}

// scimServes asks whether a path has a method.
func scimServes(t *testing.T, srv *identitycentertest.Server, method, path string) bool {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, srv.SCIMURL+path, strings.NewReader(`{`)) // no operation takes that, so none does anything
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+srv.SCIMToken)
	r.Header.Set("Content-Type", "application/scim+json")
	status, _ := answered(t, r)
	return !slices.Contains([]int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented}, status)
}

// sdkVersions are those of the clients in go.mod.
func sdkVersions(t *testing.T) string {
	t.Helper()
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, a := range apis {
		name := path.Base(reflect.TypeOf(a.client).Elem().PkgPath())
		_, rest, found := strings.Cut(string(mod), "/service/"+name+" v")
		if !found {
			t.Fatalf("go.mod has no %s", name)
		}
		all = append(all, name+" v"+strings.Fields(rest)[0])
	}
	return strings.Join(all, ", ")
}

const deviationsHead = "## Deliberate deviations\n"

// The tables of the page are made by asking a running server; the deviations
// below them are written by hand and stay.
func TestThePageOfCompatibilityIsCurrent(t *testing.T) {
	const file = "docs/compatibility.md"
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, deviations, found := strings.Cut(string(old), deviationsHead)
	if !found {
		t.Fatalf("%s: the heading %q is gone", file, strings.TrimSpace(deviationsHead))
	}
	current(t, file, "# What is served of AWS\n\n"+
		"The tables of this page are written by a test, which asks a running server for every operation that AWS's own SDKs for Go\n"+
		"have ("+sdkVersions(t)+"). What is not served answers\n"+
		"`UnknownOperationException`, as AWS does where it lacks an operation. How each one answers, to the letter:\n"+
		"[AWS's API](../door/awsdoor/README.md), [SCIM](../door/scimdoor/README.md).\n\n"+
		"| | served |\n|---|---|\n"+compatibility(t)+"\n"+deviationsHead+deviations)
}

// Every switch that the page names is one of serve's.
func TestThePageOfCompatibilityNamesSwitchesThatExist(t *testing.T) {
	page, err := os.ReadFile("docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	commands, err := os.ReadFile("docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for line := range strings.Lines(string(page)) {
		for i, part := range strings.Split(line, "`") {
			if i%2 == 0 || !strings.HasPrefix(part, "--") {
				continue
			}
			named++
			flag, value, _ := strings.Cut(part, " ")
			if !strings.Contains(string(commands), "`"+flag) || (flag == "--behave" && !strings.Contains(string(commands), "    "+value+" ")) {
				t.Errorf("docs/compatibility.md names %q, which serve does not have: %s", part, strings.TrimSpace(line))
			}
		}
	}
	if named == 0 {
		t.Error("no switch is named")
	}
}
