package main

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall/caller"
	"rollcall/source/ldapsource/ldaptest"
)

// vault is an office full of secrets, and everything that was seen of it.
type vault struct {
	*office
	t       *testing.T
	s       *served
	secrets map[string]string // by what they are
	seen    map[string]string // by where
}

const vaultConfig = `
directories:
  local: {kind: embedded}
  aws: {kind: aws, region: us-east-1, store: %s, instance: %q, rate: {limit: 100000/sec, share: 100}, endpoint_url: %q, access_key: {id: 'env:THERE_AWS_ACCESS_KEY_ID', secret: 'env:THERE_AWS_SECRET_ACCESS_KEY'}, scim: {url: %q, token: 'env:THERE_ROLLCALL_SCIM_TOKEN'}}
  refused: {kind: aws, region: us-east-1, store: %[1]s, endpoint_url: %[3]q, access_key: {id: 'env:THERE_AWS_ACCESS_KEY_ID', secret: 'env:PLANTED_KEY'}, scim: {url: %[4]q, token: 'env:PLANTED_TOKEN'}}
default_directory: local
sources:
  corp: {kind: ldap, servers: %[5]q, base: "dc=example,dc=com", bind: {user: "cn=reader,dc=example,dc=com", password: 'env:PLANTED_BIND'}, tls: {mode: none}}
  barred: {kind: ldap, servers: %[5]q, base: "dc=example,dc=com", bind: {user: "cn=reader,dc=example,dc=com", password: 'env:PLANTED_WRONG_BIND'}, tls: {mode: none}}
syncs:
  corp: {source: corp, directory: aws, mapping: {preset: inetorgperson}, groups: ignore}
  barred: {source: barred, directory: aws, mapping: {preset: inetorgperson}, groups: ignore}
  refused: {source: corp, directory: refused, mapping: {preset: inetorgperson}, groups: ignore}
notify:
  ops: {kind: webhook, url: 'env:PLANTED_URL', secret: 'env:PLANTED_WEBHOOK'}
connectors:
  awsiam: {directory: aws, scripts: {all: {source: 'JSON.stringify([connector, configuration, arguments])'}}}
  refused: {directory: refused}
`

func newVault(t *testing.T) *vault {
	t.Helper()
	slapd := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	slapd.Add(t, "dn: cn=reader,dc=example,dc=com\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: planted-bind-word\n\n"+
		"dn: uid=ann,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: ann\ncn: Ann Lee\nsn: Lee\ngivenName: Ann\n\n")
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }))
	t.Cleanup(hook.Close)
	v := &vault{office: newOffice(t), t: t, seen: map[string]string{}, secrets: map[string]string{
		"a bind password": "planted-bind-word", "a wrong bind password": "planted-bind-wrong", "a wrong secret key": "planted-key-wrong-0000000000000000000000",
		"a wrong SCIM token": "planted-token-wrong", "a webhook's secret": "planted-webhook-secret", "a webhook's URL": "planted-path-of-a-hook",
		"a client's secret key": "planted-client-key-00000000000000000000", "a client's proxy password": "planted-proxy-word", "an operator's password": "planted-operator-word",
	}}
	_, _, there := v.behind("faults: []\n")
	for name, value := range map[string]string{
		"BIND": v.secrets["a bind password"], "WRONG_BIND": v.secrets["a wrong bind password"], "KEY": v.secrets["a wrong secret key"], "TOKEN": v.secrets["a wrong SCIM token"],
		"WEBHOOK": v.secrets["a webhook's secret"], "URL": hook.URL + "/" + v.secrets["a webhook's URL"],
	} {
		t.Setenv("PLANTED_"+name, value)
	}
	v.secrets["AWS's secret key"], v.secrets["AWS's SCIM token"] = there.env["AWS_SECRET_ACCESS_KEY"], there.env["ROLLCALL_SCIM_TOKEN"]
	v.write("rollcall.yaml", fmt.Sprintf(vaultConfig, there.env["ROLLCALL_IDENTITY_STORE_ID"], there.env["ROLLCALL_INSTANCE_ARN"], there.env["ROLLCALL_URL"], there.env["ROLLCALL_SCIM_URL"], slapd.URL))
	v.s = v.serve("--log-format", "json", "--access-log", filepath.Join(v.folder, ".rollcall", "access.jsonl"))
	env := v.s.env
	v.secrets["an access key's secret"], v.secrets["a SCIM token"], v.secrets["the first operator's password"] = env["AWS_SECRET_ACCESS_KEY"], env["ROLLCALL_SCIM_TOKEN"], env["ROLLCALL_PASSWORD"]
	return v
}

// types runs a command, whatever its status, and keeps what it prints.
func (v *vault) types(args ...string) {
	r := v.run(args...)
	v.seen[strings.Join(args, " ")] = r.out + r.errors
}

// asks makes a request, and keeps the answer with its headers.
func (v *vault) asks(method, path, body string, who func(*http.Request)) {
	v.t.Helper()
	x := &stranger{v.t, v.s}
	code, text := x.ask("", caller.Route{Method: method, Path: path, Body: body, Header: map[string]string{"Content-Type": "application/json"}}, who)
	v.seen[fmt.Sprintf("%s %s %d", method, path, code)] += text
}

// forms are how a secret may look where it got to.
func forms(secret string) []string {
	return []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)), strings.TrimRight(base64.RawURLEncoding.EncodeToString([]byte(secret)), "=")}
}

// A secret that is planted in any place that takes one is in no answer, log,
// plan, journal or database, not even where it is refused.
func TestPlantedSecretsAreNowhere(t *testing.T) {
	v := newVault(t)
	operator := v.operatorToken(v.s.env["ROLLCALL_OPERATOR"])
	v.secrets["an operator's token"] = operator
	typed, _, _ := v.command("operator", "create", "olga", "--role", "admin")
	typed.Stdin = strings.NewReader(v.secrets["an operator's password"] + "\n")
	if err := typed.Run(); err != nil {
		t.Fatal(err)
	}
	olga := func(q *http.Request) { q.SetBasicAuth("olga", v.secrets["an operator's password"]) }
	properties := `{"connectorRef":{"connectorName":"org.forgerock.openicf.connectors.awsiam.AwsIamConnector"},"configurationProperties":{"accessKey":"AKIAIOSFODNN7EXAMPLE",` +
		`"secretKey":"` + v.secrets["a client's secret key"] + `","roleArn":"arn:aws:iam::111122223333:role/R","roleSessionName":"sess","region":"us-east-1","identityStoreId":"d-1234567890",` +
		`"proxyHost":"127.0.0.1","proxyPort":"1","proxyUsername":"u","proxyPassword":"` + v.secrets["a client's proxy password"] + `"}}`
	v.asks("PUT", "/openidm/config/provisioner.openicf/planted", properties, olga)
	v.asks("PUT", "/openidm/config/provisioner.openicf/broken", strings.Replace(properties, `"proxyPort":"1"`, `"proxyPort":"x"`, 1), olga)
	v.asks("POST", "/openidm/system?_action=testConfig", properties, olga)
	for _, path := range []string{"/openidm/config/provisioner.openicf/planted", "/openidm/config", "/openidm/system/refused/__ACCOUNT__?_queryFilter=true", "/metrics"} {
		v.asks("GET", path, "", bearer(operator))
	}
	for _, path := range []string{"/openidm/system?_action=test", "/openidm/system/awsiam?_action=script&scriptId=all", "/xsoar/test-module"} {
		v.asks("POST", path, "{}", bearer(operator))
	}
	v.asks("POST", "/xsoar/iam-create-user", seedUser, bearer(operator))
	v.asks("GET", strings.TrimPrefix(v.s.env["ROLLCALL_SCIM_URL"], v.s.env["ROLLCALL_URL"])+"Users", "", bearer(v.secrets["a SCIM token"]))
	for _, line := range []string{
		"sync run corp", "sync run barred", "sync run refused", "plan corp", "doctor", "config show", "config check", "run list --output json", "journal export", "journal verify",
		"operator list --output json", "operator tokens olga --output json", "token list --output json", "access-key list --output json", "directory events --output json", "directory list --output json",
		"user list --directory refused", "user list --directory aws", "iam-get-user user-profile={\"username\":\"ann\"} --directory refused --strict", "map test corp ann", "drift corp", "schedule", "schedule run barred",
	} {
		v.types(strings.Fields(line)...)
	}
	if !strings.Contains(v.seen["sync run corp"], "create user ann") || !strings.Contains(v.seen["user list --directory aws"], "Ann Lee") {
		t.Errorf("the sync says %s", v.seen["sync run corp"])
	}
	for range 100 { // the service tries the sync that is barred, and tells of it
		if strings.Contains(v.s.complaints(), "barred") {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	v.s.stop()
	v.seen["the server's log"] = v.s.complaints()
	v.keep(filepath.Join(v.folder, ".rollcall"))
	access := v.seen[filepath.Join(v.folder, ".rollcall", "access.jsonl")]
	for _, want := range []string{
		`"by":"olga","method":"PUT","path":"/openidm/config/provisioner.openicf/planted"`, `"by":"` + v.s.env["ROLLCALL_OPERATOR"] + `","method":"POST","path":"/xsoar/iam-create-user"`,
		`,"service":"scim","operation":"ListUsers","method":"GET"`,
	} {
		if !strings.Contains(access, want) {
			t.Errorf("the access log has no %s:\n%s", want, access)
		}
	}
	for what, secret := range v.secrets {
		if len(secret) < 6 {
			t.Fatalf("%s is too short to be looked for", what)
		}
		for where, text := range v.seen {
			for _, form := range forms(secret) {
				if strings.Contains(text, form) {
					t.Errorf("%s is in %s", what, where)
				}
			}
		}
	}
}

// keep reads every file below a folder.
func (v *vault) keep(folder string) {
	v.t.Helper()
	err := filepath.WalkDir(folder, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		v.seen[file] = string(text)
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
	if len(v.seen[filepath.Join(folder, "state.db")]) == 0 {
		v.t.Error("there is no state")
	}
}
