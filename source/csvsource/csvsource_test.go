package csvsource

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"rollcall/identity"
	"rollcall/source"
	"rollcall/source/sourcetest"
)

func TestDriver(t *testing.T) {
	sourcetest.Run(t, sourcetest.Harness{
		Open: func(t *testing.T, c sourcetest.Company) source.Driver { return opened(t, options(), company(c)) },
		Cut: func(t *testing.T, c sourcetest.Company) source.Driver {
			files := company(c)
			files["memberships.csv"] = strings.TrimSuffix(files["memberships.csv"], "b\n")
			return opened(t, options(), files)
		},
		Unreadable: func(t *testing.T) source.Driver {
			o := options()
			o.People.Paths = []string{filepath.Join(t.TempDir(), "none.csv")}
			d, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			return d
		},
		UserName: "username", Name: "name", Mail: "mail",
		Skip: map[string]string{"MembersOutsideAreCounted": "a CSV file has no base that a member could be outside of"},
	})
}

// options read people.csv, groups.csv and memberships.csv.
func options() Options {
	return Options{
		People:      Table{Paths: []string{"people.csv"}, Anchor: "id"},
		Groups:      Table{Paths: []string{"groups.csv"}, Anchor: "id"},
		Memberships: Memberships{Paths: []string{"memberships.csv"}},
	}
}

// company is a company in CSV.
func company(c sourcetest.Company) map[string]string {
	var people, groups, memberships strings.Builder
	people.WriteString("id,userName,name,mail,Password\n")
	for _, p := range c.People {
		fmt.Fprintf(&people, "%s,%s,%q,%s,%s\n", p.Anchor, p.UserName, p.Name, p.Mail, p.Password)
	}
	groups.WriteString("id,name\n")
	memberships.WriteString("group,member\n")
	for _, g := range c.Groups {
		fmt.Fprintf(&groups, "%s,%s\n", g.Anchor, g.Name)
		for i := range g.Missing {
			fmt.Fprintf(&memberships, "%s,missing-%d\n", g.Anchor, i)
		}
		for _, m := range g.Members {
			fmt.Fprintf(&memberships, "%s,%s\n", g.Anchor, m)
		}
	}
	return map[string]string{"people.csv": people.String(), "groups.csv": groups.String(), "memberships.csv": memberships.String()}
}

// opened returns a driver that reads files of these contents.
func opened(t testing.TB, o Options, contents map[string]string) *Driver {
	t.Helper()
	files := fstest.MapFS{}
	for name, content := range contents {
		files[name] = &fstest.MapFile{Data: []byte(content)}
	}
	o.Open = func(path string) (io.ReadCloser, error) { return files.Open(path) }
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func read(t testing.TB, o Options, contents map[string]string) (*source.Snapshot, error) {
	t.Helper()
	return source.New("test", opened(t, o, contents)).Read(t.Context())
}

// small is a company of two with one group each way.
func small() map[string]string {
	return map[string]string{
		"people.csv":      "id,Name,Mail,Photo\nE1,Ann,ann@example.com; ann@example.org ;,x\nE2,Bob,,\n",
		"groups.csv":      "id,name\nG1,dev\nG2,all\n",
		"memberships.csv": "group,member\nG1,E1\nG2,G1\nG2,E2\nG2,E2\n",
	}
}

func TestColumnsBecomeAttributes(t *testing.T) {
	o := options()
	o.People.Columns = map[string]string{"NAME": "displayName"}
	o.People.Lists = map[string]string{"mail": ";"}
	snap, err := read(t, o, small())
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(snap.People)
	want := "[{E1 line 2 of people.csv map[displayname:[Ann] id:[E1] mail:[ann@example.com ann@example.org]]} " +
		"{E2 line 3 of people.csv map[displayname:[Bob] id:[E2]]}]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if r := snap.Report; r.Origin != "people.csv, groups.csv, memberships.csv" || r.Bytes != 131 || len(r.SHA256) != 64 || len(r.Warnings) != 0 {
		t.Errorf("the evidence is %+v", r)
	}
}

func TestMembersAreFoundByOtherColumns(t *testing.T) {
	o := options()
	o.People.Key, o.Groups.Key = "mail", "name"
	o.Memberships.Group, o.Memberships.Member = "Team", "Who"
	files := map[string]string{
		"people.csv":      "id,mail\nE1,ann@example.com\nE2,bob@example.com\nE3,same@example.com\nE4,same@example.com\nE5,\n",
		"groups.csv":      "id,name\nG1,dev\nG2,all\nG3,odd\n",
		"memberships.csv": "Who,Team,Since\nAnn@Example.com,dev,2024\nDEV,all,2024\nbob@example.com,all,\nsame@example.com,odd,\n",
	}
	snap, err := read(t, o, files)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(members(snap))
	want := "map[G1:E1[] G2:E1[G1] E2[] G3:add-only: the member in line 5 of memberships.csv has a key of several rows]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// members are who is in which group, by anchors.
func members(snap *source.Snapshot) map[identity.Anchor]string {
	all := map[identity.Anchor]string{}
	for _, g := range snap.Groups {
		var list []string
		for _, m := range g.Members {
			list = append(list, fmt.Sprintf("%s%v", m.Anchor, m.Path))
		}
		if g.AddOnly {
			list = append(list, "add-only: "+g.Why)
		}
		all[g.Anchor] = strings.Join(list, " ")
	}
	return all
}

func TestGroupsMayBeMadeOfMemberships(t *testing.T) {
	o := options()
	o.Groups = Table{}
	files := small()
	files["memberships.csv"] = "group,member\nall,dev\nall,E2\ndev,E1\n"
	snap, err := read(t, o, files)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(members(snap)), "map[all:E1[dev] E2[] dev:E1[]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if g := snap.Groups[0]; g.Name != "line 2 of memberships.csv" || g.Attributes.First("group") != "all" {
		t.Errorf("the group is %+v", g)
	}
}

func TestAMemberThatCannotBeSettledMakesItsGroupAddOnly(t *testing.T) {
	for name, c := range map[string]struct{ memberships, want string }{
		"nobody":              {"G1,E9\n", "map[G1:add-only: the member in line 2 of memberships.csv was not found G2:]"},
		"several":             {"G1,E9\nG1,E1\nG1,E8\nG1,E7\n", "map[G1:E1[] add-only: the member in line 2 of memberships.csv was not found, and 2 more G2:]"},
		"a person or a group": {"G1,X\n", "map[G1:add-only: the member in line 2 of memberships.csv is a person's key and a group's G2: X:]"},
		"in a nested group":   {"G1,E9\nG2,G1\n", "map[G1:add-only: the member in line 2 of memberships.csv was not found G2:add-only: nested group line 2 of groups.csv: the member in line 2 of memberships.csv was not found]"},
	} {
		t.Run(name, func(t *testing.T) {
			files := small()
			files["memberships.csv"] = "group,member\n" + c.memberships
			if strings.Contains(c.want, "X:") {
				files["people.csv"] += "X,Xi,,\n"
				files["groups.csv"] += "X,x\n"
			}
			snap, err := read(t, options(), files)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(members(snap)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if len(snap.Report.Warnings) != 1 || !strings.Contains(snap.Report.Warnings[0], "add-only") {
				t.Errorf("warnings %q", snap.Report.Warnings)
			}
		})
	}
}

func TestSeveralFilesOfPeopleAreOneTable(t *testing.T) {
	o := options()
	o.People.Paths = []string{"people.csv", "more.csv"}
	files := small()
	files["more.csv"] = "mail,ID\ncat@example.com,E3\n"
	snap, err := read(t, o, files)
	if err != nil || len(snap.People) != 3 || snap.People[2].Attributes.First("mail") != "cat@example.com" {
		t.Errorf("read %+v, %v", snap, err)
	}
	files["more.csv"] = "mail,ID\ncat@example.com,E1\n"
	if _, err := read(t, o, files); err == nil || !strings.Contains(err.Error(), "more.csv:2:17: incomplete: column ID: this anchor is that of the row in people.csv:2, too") {
		t.Errorf("got %v", err)
	}
}

// Anchors of a known kind are the same however they are written, in the row of
// a person as in that of a membership.
func TestGUIDsAreOneInAnyCase(t *testing.T) {
	o := options()
	o.People.Anchor, o.People.Columns = "Object Id", map[string]string{"object id": "objectGUID"}
	files := small()
	files["people.csv"] = "Object Id\n{6F9619FF-8B86-D011-B42D-00C04FC964FF}\n"
	files["memberships.csv"] = "group,member\nG1,6f9619ff-8b86-d011-b42d-00c04fc964ff\n"
	snap, err := read(t, o, files)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := members(snap)["G1"], "6f9619ff-8b86-d011-b42d-00c04fc964ff[]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for says, change := range map[string]func(*Options){
		"no file of people":       func(o *Options) { o.People.Paths = nil },
		"anchor of people":        func(o *Options) { o.People.Anchor = "" },
		"anchor of groups":        func(o *Options) { o.Groups.Anchor = "" },
		"none of memberships":     func(o *Options) { o.Memberships.Paths = nil },
		"'x' is no delimiter":     func(o *Options) { o.Delimiter = 'x' },
		"'\\n' is no delimiter":   func(o *Options) { o.Delimiter = '\n' },
		"'\"' is no delimiter":    func(o *Options) { o.Delimiter = '"' },
		"comma, semicolon, tab a": func(o *Options) { o.Delimiter = '\r' },
	} {
		o := options()
		change(&o)
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %s", err, says)
		}
	}
}
