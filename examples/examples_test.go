package examples_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"rollcall/examples"
)

// Each count stands in README.md, day by day.
func TestEachDayHoldsWhatItsReadMeCounts(t *testing.T) {
	first, second := count(read(t, examples.Day1)), count(read(t, examples.Day2))
	readMe := contents(t, examples.ReadMe)
	for fact, want := range map[string][2]int{
		"entries":                         {307, 308},
		"people":                          {250, 251},
		"people with a name beyond ASCII": {215, 216},
		"people with two mail addresses":  {1, 1},
		"people who are disabled":         {1, 1},
		"people without a manager":        {1, 1},
		"people in no group":              {8, 8},
		"organizational units":            {16, 16},
		"groups":                          {40, 40},
		"`groupOfNames`":                  {38, 38},
		"`groupOfUniqueNames`":            {1, 1},
		"`posixGroup`":                    {1, 1},
		"groups with groups in them":      {15, 15},
		"groups two levels deep":          {4, 4},
		"groups in the one cycle":         {2, 2},
		"people named as members":         {283, 284},
		"memberships, nesting included":   {774, 775},
		"DNs beyond ASCII":                {18, 19},
	} {
		if got := [2]int{first[fact], second[fact]}; got != want {
			t.Errorf("%s: %v, want %v", fact, got, want)
		}
		row := "| " + fact + " | " + strconv.Itoa(want[0]) + " | " + strconv.Itoa(want[1]) + " |"
		if !strings.Contains(readMe, row) {
			t.Errorf("README.md lacks the row %q", row)
		}
	}
}

func count(d day) map[string]int {
	n := map[string]int{"entries": len(d.entries), "people": len(d.people), "groups": len(d.groups)}
	grouped := map[string]bool{}
	for _, g := range d.groups {
		depth, cycle := d.depth(g)
		add(n, "groups with groups in them", len(d.nested(g)) > 0)
		add(n, "groups two levels deep", depth == 2)
		add(n, "groups in the one cycle", cycle)
		add(n, "`posixGroup`", g.is("posixGroup"))
		add(n, "`groupOfUniqueNames`", g.is("groupOfUniqueNames"))
		add(n, "`groupOfNames`", g.is("groupOfNames"))
		n["people named as members"] += len(g.members()) - len(d.nested(g))
		n["memberships, nesting included"] += d.flat(g)
		d.everybody(g, grouped)
	}
	for _, p := range d.people {
		add(n, "people with a name beyond ASCII", !ascii(p.one("displayName")))
		add(n, "people with two mail addresses", len(p["mail"]) == 2)
		add(n, "people who are disabled", p.one("nsAccountLock") == "TRUE")
		add(n, "people without a manager", len(p["manager"]) == 0)
		add(n, "people in no group", !grouped["person "+p.one("dn")] && !grouped["person "+p.one("uid")])
	}
	for _, e := range d.entries {
		add(n, "organizational units", e.is("organizationalUnit"))
		add(n, "DNs beyond ASCII", !ascii(e.one("dn")))
	}
	return n
}

func add(n map[string]int, fact string, holds bool) {
	if holds {
		n[fact]++
	}
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' })
}

func TestFilesAreLDIFAsServersWriteIt(t *testing.T) {
	for _, name := range []string{examples.Day1, examples.Day2} {
		text := contents(t, name)
		if !strings.HasPrefix(text, "version: 1\n") {
			t.Errorf("%s does not begin with its version", name)
		}
		if end := "# numEntries: " + strconv.Itoa(len(read(t, name).entries)) + "\n"; !strings.HasSuffix(text, end) {
			t.Errorf("%s does not end with %q", name, end)
		}
		if !strings.Contains(text, "\n ") || !strings.Contains(text, "\ndn:: ") {
			t.Errorf("%s has no folded line or no DN in base64", name)
		}
		for i, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(line, "#") {
				continue
			}
			if len(line) > 76 || !ascii(line) || strings.TrimRight(line, " \r\t") != line {
				t.Errorf("%s:%d is too long, not ASCII or ends in a blank", name, i+1)
			}
		}
	}
}

func TestEveryPersonCanBecomeAnIdentityCenterUser(t *testing.T) {
	for _, name := range []string{examples.Day1, examples.Day2} {
		taken := map[string]bool{}
		once := func(what, value string) {
			if key := what + strings.ToLower(value); value == "" || taken[key] {
				t.Errorf("%s: %s %q is missing or taken twice", name, what, value)
			} else {
				taken[key] = true
			}
		}
		d := read(t, name)
		for _, p := range d.people {
			uid := p.one("uid")
			once("uid", uid)
			once("employeeNumber", p.one("employeeNumber"))
			once("entryUUID", p.one("entryUUID"))
			for _, mail := range p["mail"] {
				once("mail", mail)
			}
			if strings.ContainsAny(uid, " <>;:%") || len(uid) > 128 || !ascii(uid) || !ascii(p.one("mail")) {
				t.Errorf("%s: %s cannot be a user name or has a mail address that is not ASCII", name, uid)
			}
			for _, attr := range strings.Fields("cn sn givenName displayName title employeeType departmentNumber ou l c co telephoneNumber preferredLanguage") {
				if p.one(attr) == "" {
					t.Errorf("%s: %s has no %s", name, uid, attr)
				}
			}
		}
		for _, g := range d.groups {
			once("cn", g.one("cn"))
			once("entryUUID", g.one("entryUUID"))
		}
	}
}

func TestEveryReferenceLeadsSomewhere(t *testing.T) {
	for _, name := range []string{examples.Day1, examples.Day2} {
		d, uids := read(t, name), map[string]bool{}
		for _, p := range d.people {
			uids[p.one("uid")] = true
			if m := p.one("manager"); m != "" && !d.byDN[m].isPerson() {
				t.Errorf("%s: the manager of %s is not there", name, p.one("uid"))
			}
		}
		for _, g := range d.groups {
			if len(g.members()) == 0 {
				t.Errorf("%s: %s is empty", name, g.one("cn"))
			}
			for _, m := range g.members() {
				if e := d.byDN[m]; !uids[m] && !e.isPerson() && !e.isGroup() {
					t.Errorf("%s: %s has the member %s, who is not there", name, g.one("cn"), m)
				}
			}
		}
		for _, e := range d.entries {
			_, parent, _ := strings.Cut(strings.ReplaceAll(e.one("dn"), `\,`, "\x00"), ",")
			parent = strings.ReplaceAll(parent, "\x00", `\,`)
			if _, found := d.byDN[parent]; !found && parent != "dc=com" {
				t.Errorf("%s: the entry above %s is not there", name, e.one("dn"))
			}
		}
	}
}

func TestGeneratingAgainGivesTheSameBytes(t *testing.T) {
	sources, err := filepath.Glob("company/*.go") // looked at here, so that a cached result knows of them
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.Command("go", append(append([]string{"run"}, sources...), dir)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{examples.Day1, examples.Day2} {
		made, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if string(made) != contents(t, name) {
			t.Errorf("%s is not what the generator writes; run go generate ./examples", name)
		}
	}
}

func contents(t *testing.T, name string) string {
	t.Helper()
	raw, err := fs.ReadFile(examples.Company(), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
