package config

import (
	"fmt"
	"strings"
	"testing"
)

// problemsOf writes each problem as "LINE:COLUMN PATH: TEXT".
func problemsOf(text string) []string {
	_, problems := parse([]byte(text), environment)
	var all []string
	for _, p := range problems {
		all = append(all, fmt.Sprintf("%d:%d %s: %s", p.Line, p.Column, p.Path, p.Text))
	}
	return all
}

func TestProblemsAreNamedWhereTheyStand(t *testing.T) {
	for name, test := range map[string]struct {
		file string
		want string // the start of the only problem
	}{
		"unknown key":              {"stat: x\n", `1:1 stat: unknown key; did you mean "state"?`},
		"unknown key, no guess":    {"zzzzzz: x\n", `1:1 zzzzzz: unknown key; there is state, default_directory,`},
		"key twice":                {"state: sqlite:a\nstate: sqlite:b\n", `2:1 state: this key is there already, in line 1`},
		"not YAML":                 {"state: [\n", `1:8 : not YAML: `},
		"two documents":            {"state: sqlite:a\n---\nstate: sqlite:b\n", `3:1 : a second document`},
		"a list for the file":      {"- a\n", `1:1 : want keys with values`},
		"a text for a section":     {"sources: none\n", `1:10 sources: want keys with values`},
		"a list for a text":        {"state: [a]\n", `1:8 state: want a text`},
		"a number for a text":      {"default_directory: 7\n", `1:20 default_directory: want a text; put it in quotes`},
		"an alias":                 {"state: &a sqlite:x.db\n", `1:8 state: anchors, aliases and tags have no meaning here`},
		"a complex key":            {"null: b\n", `1:1 : a key must be a plain text`},
		"variable not set":         {"state: sqlite:${NOPE}\n", `1:8 state: the environment variable NOPE is not set`},
		"variable not closed":      {"state: sqlite:${NOPE\n", `1:8 state: ${ without its }`},
		"variable without a name":  {"state: sqlite:${}\n", `1:8 state: ${} names no environment variable`},
		"no such database":         {"state: mysql:x\n", `1:8 state: not a database; write "sqlite:PATH" or`},
		"database without a path":  {"state: 'sqlite:'\n", `1:8 state: a SQLite database is a path`},
		"database without a host":  {"state: postgres:x\n", `1:8 state: not a PostgreSQL URL that names a host`},
		"secret by half a path":    {"state: {url: 'postgres://u@h/d', password: 'file:x'}\n", `1:44 state.password: a secret's file is named by its whole path`},
		"secret in the file":       {"sources:\n  corp: {kind: ldap, servers: 'ldaps://dc1', base: 'dc=x', bind: {user: a, password: geheim}}\n", `2:86 sources.corp.bind.password: a secret is named, not written here`},
		"kind missing":             {"sources:\n  corp: {path: x}\n", `2:3 sources.corp: kind is missing`},
		"kind of another release":  {"sources:\n  corp: {kind: scim, url: x, base: y}\n", `2:16 sources.corp.kind: kind "scim" is not in this version, which has csv, ldap or ldif`},
		"directory kind":           {"directories:\n  a: {kind: okta, url: x}\n", `2:13 directories.a.kind: kind "okta" is not in this version, which has embedded or aws`},
		"name with a blank":        {"sources:\n  'a b': {kind: ldif, path: x}\n", `2:3 sources."a b": a name has letters, digits, - and _`},
		"path missing":             {"sources:\n  corp: {kind: ldif}\n", `2:3 sources.corp: path or paths is missing`},
		"path and paths":           {"sources:\n  corp: {kind: ldif, path: x, paths: [y]}\n", `2:28 sources.corp.path: path and paths say the same`},
		"not a pattern":            {"sources:\n  corp: {kind: ldif, paths: [x, '[y']}\n", `2:33 sources.corp.paths.1: not a pattern`},
		"not an attribute":         {"sources:\n  corp: {kind: ldif, path: x, anchor: {groups: 'a b'}}\n", `2:48 sources.corp.anchor.groups: not the name of an attribute`},
		"bad store":                {"directories:\n  local: {kind: embedded, store: d-1}\n", `2:34 directories.local.store: not an identity store's id`},
		"bad enum":                 {"directories:\n  local: {kind: embedded, ids: bar}\n", `2:32 directories.local.ids: "bar" is no ids here; there is prefixed or bare; did you mean "bare"?`},
		"state as directory":       {"directories:\n  local: {kind: embedded, database: 'sqlite:state.db'}\n", `2:37 directories.local.database: the state has this database`},
		"which directory":          {"directories:\n  a: {kind: embedded, database: 'sqlite:a'}\n  b: {kind: embedded, database: 'sqlite:b'}\n", `0:0 default_directory: there is more than one directory`},
		"no such default":          {"default_directory: lokal\n", `1:20 default_directory: there is no directory "lokal"; did you mean "local"?`},
		"no such source":           {people + "syncs:\n  corp: {source: copr, mapping: {preset: ad}}\n", `4:18 syncs.corp.source: there is no source "copr"; did you mean "corp"?`},
		"no source at all":         {"syncs:\n  corp: {source: corp, mapping: {preset: ad}}\n", `2:18 syncs.corp.source: there is no source "corp", nor any other`},
		"source missing":           {people + "syncs:\n  corp: {mapping: {preset: ad}}\n", `4:3 syncs.corp.source: source is missing`},
		"no such directory":        {with("    directory: elsewhere\n"), `7:16 syncs.corp.directory: there is no directory "elsewhere"; there is local`},
		"no mapping":               {people + "syncs:\n  corp: {source: corp}\n", `4:3 syncs.corp.mapping: there are no rules; name a preset (ad, csv, seed-002 or inetorgperson)`},
		"no such preset":           {people + "syncs:\n  corp: {source: corp, mapping: {preset: add}}\n", `4:42 syncs.corp.mapping.preset: there is no such preset; did you mean "ad"?`},
		"nobody can be created":    {people + "syncs:\n  corp: {source: corp, mapping: {preset: ad, user: {userName: ''}}}\n", `4:53 syncs.corp.mapping.user: no rule sets userName`},
		"no group can be created":  {people + "syncs:\n  corp: {source: corp, mapping: {preset: ad, group: {displayName: '', description: ''}}}\n", `4:54 syncs.corp.mapping.group: no rule sets displayName`},
		"issuer with a blank":      {with("    issuer: a b\n"), `7:13 syncs.corp.issuer: an issuer has 1 to 256 characters`},
		"issuer of 257":            {with("    issuer: " + strings.Repeat("x", 257) + "\n"), `7:13 syncs.corp.issuer: an issuer has 1 to 256 characters`},
		"no such key to correlate": {with("    correlate: [userName, email, emial]\n"), `7:34 syncs.corp.correlate.2: "emial" is no attribute here`},
		"no such table":            {with("    actions: defalt\n"), `7:14 syncs.corp.actions.table: "defalt" is no table here`},
		"no such situation":        {with("    actions: {users: {fond: report}}\n"), `7:29 syncs.corp.actions.users.fond: no situation is called "fond"`},
		"no such action":           {with("    actions: {groups: {absent: delete}}\n"), `7:32 syncs.corp.actions.groups.absent: "delete" is no action for a group that is absent`},
		"floor below 0":            {with("    brakes: {users_off: {floor: -1}}\n"), `7:33 syncs.corp.brakes.users_off.floor: want 0 or more`},
		"percent above 100":        {with("    brakes: {users_off: {percent: 101}}\n"), `7:35 syncs.corp.brakes.users_off.percent: want 0 to 100`},
		"floor that is a text":     {with("    brakes: {users_off: {floor: many}}\n"), `7:33 syncs.corp.brakes.users_off.floor: want a whole number`},
		"not a glob":               {with("    brakes: {protected: ['ok', '[a']}\n"), `7:32 syncs.corp.brakes.protected.1: not a glob`},
		"not a duration":           {with("    grace: 3 weeks\n"), `7:12 syncs.corp.grace: not a length of time`},
		"negative duration":        {with("    grace: -1h\n"), `7:12 syncs.corp.grace: not a length of time`},
		"two syncs, one pair":      {with("") + "  twin: {source: corp, mapping: {preset: ad}}\n", `7:3 syncs.twin: sync corp already goes from corp to local`},
	} {
		t.Run(name, func(t *testing.T) {
			got := problemsOf(test.file)
			if len(got) != 1 || !strings.HasPrefix(got[0], test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestLimitsAreWhereTheyAreSaidToBe(t *testing.T) {
	for name, keys := range map[string]string{
		"issuer of 256":  "    issuer: " + strings.Repeat("x", 256) + "\n",
		"percent of 100": "    brakes: {users_off: {floor: 0, percent: 100}}\n",
		"percent of 0":   "    brakes: {users_off: {percent: 0}}\n",
		"no grace":       "    grace: 0s\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got := problemsOf(with(keys)); got != nil {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestExpressionsArePointedIntoAtTheRightCharacter(t *testing.T) {
	for name, test := range map[string]struct{ rule, want string }{
		"plain":                 {`title: persn.x`, `10:16 `},
		"plain, further on":     {`title: person.x + persn.y`, `10:27 `},
		"single quotes":         {`title: 'persn.x'`, `10:17 `},
		"single quotes, umlaut": {`title: '"äö" + persn.x'`, `10:24 `},
		"double quotes":         {`title: "persn.x"`, `10:17 `},
		"block":                 {"title: |\n          person.x +\n            persn.y", `12:13 `},
		"escapes":               {`title: "\"\" + persn.x"`, `10:16 `},
		"doubled quotes":        {`title: '''a'' + persn.x'`, `10:16 `},
		"folded block":          {"title: >\n          person.x +\n          persn.y", `10:16 `},
		"plain over two lines":  {"title: person.x +\n          persn.y", `10:16 `},
		"flow":                  {`{title: persn.x}`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "flow" {
				got := problemsOf(people + "syncs: {corp: {source: corp, mapping: {preset: ad, user: {title: persn.x}}}}\n")
				if len(got) != 1 || !strings.HasPrefix(got[0], "3:66 ") {
					t.Errorf("%q", got)
				}
				return
			}
			got := problemsOf(people + "syncs:\n  corp:\n    source: corp\n    mapping:\n      preset: ad\n\n      user:\n        " + test.rule + "\n")
			if len(got) != 1 || !strings.HasPrefix(got[0], test.want) || !strings.Contains(got[0], "undeclared reference to 'persn'") {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestEveryProblemIsReportedAtOnceInTheOrderOfTheFile(t *testing.T) {
	got := problemsOf("stat: x\ndefault_directory: lokal\nsources:\n  corp: {kind: ldif, pth: y}\nsyncs:\n  corp: {source: korp, mapping: {preset: ad, user: {title: 'persn.x', titel: 'person.x'}}, grace: long}\n")
	want := []string{"1:1 stat", "2:20 default", "4:3 sources", "4:22 sources", "6:18 syncs", "6:61 syncs", "6:71 syncs", "6:99 syncs"}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
}

func TestAProblemIsShownWithACaretUnderTheSpot(t *testing.T) {
	_, problems := parse([]byte("sources:\n  corp: {kind: ldif, path: 'ü\t', bas: x}\n"), environment)
	got := (&Problems{File: "r.yaml", List: problems}).Error()
	want := "r.yaml:2:34: sources.corp.bas: unknown key; did you mean \"base\"?\n" +
		"  2 |   corp: {kind: ldif, path: 'ü\t', bas: x}\n" +
		"    |                              \t   ^"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
