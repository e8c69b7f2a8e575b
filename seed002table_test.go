package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"rollcall/emulate"
	"rollcall/identitycentertest"
	"rollcall/source/ldapsource/ldaptest"
)

// said is one request to an Identity Center, and how it was answered.
type said struct {
	method, path, query string // the path below the tenant's base
	body                map[string]any
	status              int
}

// recorder stands before an Identity Center and notes what is said over SCIM.
type recorder struct {
	mu  sync.Mutex
	all []said
}

func (w *recorder) front(t *testing.T, srv *identitycentertest.Server) (base string) {
	t.Helper()
	to, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(to) }}
	below := strings.TrimPrefix(srv.SCIMURL, srv.URL)
	s := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			out.WriteHeader(http.StatusBadGateway)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(text))
		one := said{method: r.Method, path: strings.TrimPrefix(r.URL.Path, below), query: r.URL.RawQuery}
		_ = json.Unmarshal(text, &one.body) // a body that is none is none
		noted := &noting{ResponseWriter: out}
		proxy.ServeHTTP(noted, r)
		one.status = noted.status
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all = append(w.all, one)
	}))
	t.Cleanup(s.Close)
	return s.URL + below
}

type noting struct {
	http.ResponseWriter
	status int
}

func (n *noting) WriteHeader(status int) {
	n.status = status
	n.ResponseWriter.WriteHeader(status)
}

// take is what was said since it was asked last.
func (w *recorder) take() []said {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.all
	w.all = nil
	return all
}

// writes are those that change something, as "POST Users alice@corp.test".
func writes(all []said) (texts []string) {
	for _, s := range all {
		if s.method == http.MethodGet {
			continue
		}
		text := s.method + " " + s.path
		for _, name := range []string{"userName", "displayName"} {
			if value, is := s.body[name].(string); is {
				text += " " + value
				break
			}
		}
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return texts
}

// table is the acceptance table of AWS's sample, row by row: a domain, and an
// Identity Center that is reached as the sample reaches it, by SCIM alone.
type table struct {
	*domain
	heard  *recorder
	center *identitycentertest.Server
}

const tableConfig = `default_directory: aws
directories:
  aws: {kind: aws, api: none, rate: {limit: 1000/sec, read: 1000/sec, write: 1000/sec, share: 100}, store: %s, region: us-east-1, scim: {url: "%s", token: "file:%s/token"}}
sources:
  corp:
    kind: ldap
    servers: %s
    base: OU=AWS,DC=corp,DC=test
    bind: {user: %s, password: "file:%s/password"}
    tls: {ca: %s}
    anchor: objectSid
syncs:
  corp:
    source: corp
    directory: aws
    mapping: {preset: seed-002}
    scope: {members_of: [aws-users], include_groups: ["aws-*"], exclude_groups: [aws-users]}
    actions: {users: {source-missing: delete, unqualified: delete}}
    grace: 1s
`

// Its last two rows are shown elsewhere: the schedule by package work and
// TestD13ARunCanBeTriedAndSaysHowItEnded, its settings' names by those of
// config from-ssm.
func TestSeed002AcceptanceTable(t *testing.T) {
	t.Parallel()
	d := &table{domain: &domain{ad: ldaptest.StartSamba(t, sample), office: newOffice(t)}, heard: new(recorder), center: identitycentertest.New(t)}
	at := d.heard.front(t, d.center)
	for name, text := range map[string]string{
		"rollcall.yaml": fmt.Sprintf(tableConfig, d.center.IdentityStoreID, at, d.folder, d.ad.LDAPS, d.ad.Admin, d.folder, d.ad.CA), "token": d.center.SCIMToken, "password": d.ad.Password,
	} {
		d.write(name, text)
	}
	for _, row := range []struct {
		name string
		test func(*table)
	}{ // each begins where the one before it ended
		{"group create, user create, disabled flag", (*table).rowCreate},
		{"no change", (*table).rowNoChange},
		{"user match", (*table).rowUserMatch},
		{"membership diff", (*table).rowMembershipDiff},
		{"error isolation", (*table).rowErrorIsolation},
		{"nested", (*table).rowNested},
		{"rename", (*table).rowRename},
		{"filter escaping", (*table).rowFilterEscaping},
		{"paging", (*table).rowPaging},
		{"leaver", (*table).rowLeaver},
		{"empty source", (*table).rowEmptySource},
		{"401", (*table).rowTokenExpired},
	} {
		if !t.Run(row.name, func(t *testing.T) { d.t = t; row.test(d) }) {
			return
		}
	}
}

// wrote runs the sync, holds its exit status and its writes, and returns all
// that was said.
func (d *table) wrote(status int, want ...string) ([]said, string) {
	d.t.Helper()
	d.heard.take()
	r := d.run("sync", "run", "corp")
	all := d.heard.take()
	slices.Sort(want)
	if got := writes(all); r.status != status || !slices.Equal(got, want) {
		d.t.Fatalf("status %d, want %d; it wrote\n%s\nwant\n%s\n%s", r.status, status, strings.Join(got, "\n"), strings.Join(want, "\n"), r.errors)
	}
	return all, r.errors
}

// sent is the body of a write, as text that compares.
func (d *table) sent(all []said, method, path, name string) string {
	d.t.Helper()
	for _, s := range all {
		if s.method == method && s.path == path && (name == "" || s.body["userName"] == name || s.body["displayName"] == name) {
			text, err := json.Marshal(s.body)
			if err != nil {
				d.t.Fatal(err)
			}
			return string(text)
		}
	}
	d.t.Fatalf("nobody sent %s %s %s", method, path, name)
	return ""
}

func (d *table) says(text string, want ...string) {
	d.t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			d.t.Errorf("no %s in\n%s", w, text)
		}
	}
}

// idOf is the id of a user or a group.
func (d *table) idOf(noun, name string) string {
	d.t.Helper()
	var one struct{ ID string }
	d.ask(&one, noun, "show", name)
	return one.ID
}

func (d *table) rowCreate() {
	all, _ := d.wrote(0, "POST Groups aws-admins", "POST Groups aws-dev", "POST Users alice@corp.test", "POST Users bob@corp.test", "POST Users carol@corp.test")
	d.says(d.sent(all, "POST", "Users", "alice@corp.test"), `"externalId":"S-1-5-21-`, `"active":true`, `"displayName":"Alice Example"`,
		`"name":{"familyName":"Example","formatted":"Alice Example","givenName":"Alice"}`, `"emails":[{"primary":true,"type":"work","value":"alice@corp.test"}]`,
		`"title":"Engineer"`, `"department":"Platform"`, `"organization":"Corp"`)
	d.says(d.sent(all, "POST", "Users", "bob@corp.test"), `"active":false`)
}

func (d *table) rowNoChange() { d.wrote(0) }

// Whoever was there before Rollcall is correlated by their SID and shown;
// somebody says that they are the same, and then they are updated.
func (d *table) rowUserMatch() {
	if err := os.RemoveAll(filepath.Join(d.folder, ".rollcall")); err != nil {
		d.t.Fatal(err)
	}
	alice := d.idOf("user", "alice@corp.test")
	d.wrote(0)
	d.must("directory", "adopt", "corp", "--yes")
	d.ad.Modify(d.t, modify("Alice", "replace: title\ntitle: Lead"))
	d.wrote(0, "PATCH Users/"+alice)
}

func (d *table) rowMembershipDiff() {
	alice, admins, dev := d.idOf("user", "alice@corp.test"), d.idOf("group", "aws-admins"), d.idOf("group", "aws-dev")
	d.center.Group("local-x", alice)
	d.center.Member(admins, alice)
	d.must("membership", "remove", "aws-dev", "alice@corp.test")
	all, _ := d.wrote(0, "PATCH Groups/"+admins, "PATCH Groups/"+dev)
	d.says(d.sent(all, "PATCH", "Groups/"+admins, ""), `"op":"remove"`, alice)
	d.says(d.sent(all, "PATCH", "Groups/"+dev, ""), `"op":"add"`, alice)
	d.wrote(0)
}

func joins(name string) string {
	return strings.ReplaceAll(samplePerson(name, "userAccountControl: 544\n"), "\nobjectClass", "\nchangetype: add\nobjectClass")
}

// The second user that is created is answered with 500: nobody else has any of
// their data, and they are named. The next run makes them.
func (d *table) rowErrorIsolation() {
	d.ad.Modify(d.t, joins("dan")+joins("eve")+modify("aws-users", member("add", "Dan"))+modify("aws-users", member("add", "Eve")))
	var faults []emulate.Fault
	for call := 2; call < 10; call++ { // all but the first: once more would be a success
		faults = append(faults, emulate.Fault{Service: emulate.SCIM, Operation: "CreateUser", Kind: emulate.Error, Call: call})
	}
	d.center.Faults(faults...)
	d.heard.take()
	r := d.run("sync", "run", "corp")
	d.center.Faults()
	for _, one := range slices.Compact(writes(d.heard.take())) {
		if one != "POST Users dan@corp.test" && one != "POST Users eve@corp.test" {
			d.t.Errorf("it wrote %s", one)
		}
	}
	var users []struct{ UserName, DisplayName string }
	d.ask(&users, "user", "list")
	failed := "dan"
	for _, u := range users {
		given, _, _ := strings.Cut(u.UserName, "@")
		if !strings.EqualFold(u.DisplayName, given+" Example") {
			d.t.Errorf("%s is called %s", u.UserName, u.DisplayName)
		}
		if given == "dan" {
			failed = "eve"
		}
	}
	if len(users) != 4 {
		d.t.Errorf("%d users, want 4", len(users))
	}
	if r.status != 3 || !strings.Contains(r.errors, failed+"@corp.test") {
		d.t.Errorf("status %d, want 3 and %s:\n%s", r.status, failed, r.errors)
	}
	d.wrote(0, "POST Users "+failed+"@corp.test")
}

func (d *table) rowNested() {
	d.ad.Modify(d.t, joins("frank")+strings.ReplaceAll(sampleGroup("team", "Frank", "aws-users"), "\nobjectClass", "\nchangetype: add\nobjectClass")+modify("aws-users", member("add", "team")))
	d.wrote(0, "POST Users frank@corp.test")
	d.wrote(0)
}

func (d *table) rowRename() {
	dev := d.idOf("group", "aws-dev")
	d.ad.Modify(d.t, "dn: CN=aws-dev,"+sampleBase+"\nchangetype: modrdn\nnewrdn: CN=aws-developers\ndeleteoldrdn: 1\n")
	all, _ := d.wrote(0, "PATCH Groups/"+dev)
	d.says(d.sent(all, "PATCH", "Groups/"+dev, ""), "displayName", "aws-developers")
	d.wrote(0)
}

// A sync looks nobody up by name; a command that names a group does.
func (d *table) rowFilterEscaping() {
	d.ad.Modify(d.t, "dn: CN=aws-\\22x\\22&y,"+sampleBase+"\nchangetype: add\nobjectClass: group\nsAMAccountName: aws-xy\n\n")
	d.wrote(0, `POST Groups aws-"x"&y`)
	d.idOf("group", `aws-"x"&y`)
	all := d.heard.take()
	if !slices.ContainsFunc(all, func(s said) bool {
		return s.path == "Groups" && s.query == "filter=displayName%20eq%20%22aws-%5C%22x%5C%22%26y%22"
	}) {
		d.t.Errorf("it was looked for in another way: %v", all)
	}
	d.wrote(0)
}

func (d *table) rowPaging() {
	var ldif strings.Builder
	var want []string
	for i := range 130 {
		name := fmt.Sprintf("aws-%03d", i)
		ldif.WriteString(strings.ReplaceAll(sampleGroup(name), "\nobjectClass", "\nchangetype: add\nobjectClass"))
		want = append(want, "POST Groups "+name)
	}
	d.ad.Modify(d.t, ldif.String())
	d.wrote(0, want...)
	d.wrote(0)
}

func (d *table) rowLeaver() {
	alice := d.idOf("user", "alice@corp.test")
	d.ad.Modify(d.t, modify("aws-users", member("delete", "Alice"))+modify("aws-developers", member("delete", "Alice")))
	d.heard.take()
	d.must("sync", "run", "corp")
	all := d.heard.take()
	d.says(d.sent(all, "PATCH", "Users/"+alice, ""), "active", "false")
	until(d.t, "she is deleted after the grace period", func() bool {
		d.must("sync", "run", "corp")
		return slices.Contains(writes(d.heard.take()), "DELETE Users/"+alice)
	})
}

func (d *table) rowEmptySource() {
	d.ad.Modify(d.t, modify("aws-users", "delete: member"))
	_, text := d.wrote(5)
	d.says(text, "empty-source")
}

func (d *table) rowTokenExpired() {
	d.write("token", "expired")
	all, text := d.wrote(7)
	d.says(text, "token", "Automatic provisioning")
	if all[0].status != http.StatusUnauthorized || slices.ContainsFunc(all, func(c said) bool { return c.status < http.StatusBadRequest }) {
		d.t.Errorf("it went on: %v", all) // a read that was under way beside it is given up
	}
}
