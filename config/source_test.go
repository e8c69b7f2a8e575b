package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestACSVSourceIsRead(t *testing.T) {
	c := good(t, `sources:
  hr:
    kind: csv
    people: {path: people.csv, anchor: id, key: mail, columns: {"E-Mail": mail}, lists: {mail: "|"}}
    groups: {path: [a.csv, "g-*.csv"], anchor: gid}
    memberships: {path: m.csv, group: gid, member: id}
    delimiter: ";"
    manifest: manifest.json
  plain:
    kind: csv
    people: {path: people.csv, anchor: id}
  tabs:
    kind: csv
    people: {path: people.tsv, anchor: id}
    delimiter: tab
`)
	want := Source{
		Kind: KindCSV, Manifest: "manifest.json", Delimiter: ';',
		People:      Table{Path: Strings{"people.csv"}, Anchor: "id", Key: "mail", Columns: map[string]string{"E-Mail": "mail"}, Lists: map[string]string{"mail": "|"}},
		Groups:      Table{Path: Strings{"a.csv", "g-*.csv"}, Anchor: "gid"},
		Memberships: Memberships{Path: Strings{"m.csv"}, Group: "gid", Member: "id"},
	}
	if diff := cmp.Diff(want, c.Sources["hr"], cmpopts.EquateComparable(Secret{})); diff != "" {
		t.Error(diff)
	}
	if c.Sources["plain"].Delimiter != 0 || c.Sources["tabs"].Delimiter != '\t' {
		t.Errorf("%+v", c.Sources)
	}
}

func TestWhatIsWrongWithASourceIsSaid(t *testing.T) {
	const ok = "people: {path: p.csv, anchor: id}"
	for name, test := range map[string]struct{ keys, want string }{
		"nobody":                     {"delimiter: ';'", "3:5 sources.hr: people.path is missing"},
		"people without a path":      {"people: {anchor: id}", "3:5 sources.hr: people.path is missing"},
		"people without an anchor":   {"people: {path: p.csv}", "3:17 sources.hr.people: anchor is missing: the column"},
		"groups without a path":      {ok + ", groups: {anchor: id}, memberships: {path: m.csv}", "3:52 sources.hr.groups: path is missing"},
		"groups without an anchor":   {ok + ", groups: {path: g.csv}, memberships: {path: m.csv}", "3:52 sources.hr.groups: anchor is missing"},
		"groups without memberships": {ok + ", groups: {path: g.csv, anchor: id}", "3:52 sources.hr.groups: there are groups and no memberships"},
		"memberships of no file":     {ok + ", memberships: {group: g}", "3:52 sources.hr.memberships: path is missing"},
		"not a pattern":              {"people: {path: [p.csv, '[x'], anchor: id}", "3:40 sources.hr.people.path.1: not a pattern"},
		"not a delimiter":            {ok + ", delimiter: ':'", `3:63 sources.hr.delimiter: not a delimiter; there is ",", ";", "|" and "tab"`},
		"two letters":                {ok + ", delimiter: ';;'", `3:63 sources.hr.delimiter: not a delimiter`},
		"no attribute":               {"people: {path: p.csv, anchor: id, columns: {a: ''}}", "3:64 sources.hr.people.columns.a: the attribute that the column becomes is missing"},
		"no separator":               {"people: {path: p.csv, anchor: id, lists: {a: ''}}", "3:62 sources.hr.people.lists.a: what separates the values is missing"},
		"a key of LDIF":              {ok + ", base: dc=x", "3:52 sources.hr.base: base is for sources of kind ldif or ldap, and this one is csv"},
	} {
		t.Run(name, func(t *testing.T) {
			got := problemsOf("sources:\n  hr:\n    {kind: csv, " + test.keys + "}\n")
			if len(got) != 1 || !strings.HasPrefix(got[0], strings.Replace(test.want, "3:5 sources.hr:", "2:3 sources.hr:", 1)) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
	got := problemsOf("sources:\n  corp: {kind: ldif, path: x, delimiter: ';'}\n")
	if len(got) != 1 || !strings.HasPrefix(got[0], "2:31 sources.corp.delimiter: delimiter is for sources of kind csv, and this one is ldif") {
		t.Errorf("got %q", got)
	}
}
