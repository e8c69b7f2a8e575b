package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const erasedConfig = `
directories:
  local: {kind: embedded, organization: {accounts: {"222233334444": {name: Prod}}}}
sources:
  corp: {kind: ldif, path: company.ldif, anchor: entryUUID}
syncs:
  corp: {source: corp, mapping: {preset: inetorgperson}, actions: {table: mirror}}
approvals:
  when:
    leavers: {kinds: [leaver]}
`

// planted is somebody whose every value can be found again.
const planted = `dn: uid=%[1]s,dc=example,dc=com
objectClass: inetOrgPerson
entryUUID: 00000000-0000-4000-8000-00000feedbee
uid: %[1]s
cn: Planted Whole
sn: PlantedFamily
givenName: PlantedGiven
title: PlantedTitle
mail: %[1]s@example.com

`

// lifeOf lets somebody come, change their name, move, wait, and be put out with
// people's agreement, and leaves something of them everywhere.
func (o *office) lifeOf() {
	o.write("rollcall.yaml", erasedConfig)
	o.write("company.ldif", people(1, 3)+fmt.Sprintf(planted, "plantedfirst"))
	o.must("sync", "run", "corp")
	o.write("company.ldif", people(1, 3)+fmt.Sprintf(planted, "plantedname"))
	o.must("sync", "run", "corp")
	o.must("membership", "add", "staff", "plantedname", "--reason", "PlantedReason")
	o.must("mover", "run", "plantedname", "--set", "nickName=PlantedNick", "--start", "2999-01-01", "--reason", "PlantedReason", "--yes")
	o.must("flow", "run", "1", "--yes")
	o.must("mover", "run", "plantedname", "--set", "nickName=PlantedLater", "--start", "2999-01-01", "--reason", "PlantedReason", "--yes")
	o.must("leaver", "run", "plantedname", "--mode", "revoke", "--at", "2999-01-01", "--reason", "PlantedReason", "--yes")
	if r := o.run("leaver", "run", "plantedname", "--mode", "delete", "--reason", "PlantedReason", "--yes"); r.status != 5 {
		o.t.Fatalf("nothing waits for people: %+v", r)
	}
	o.must("operator", "create", "ann", "--role", "approver", "--no-password")
	var waiting []struct{ Plan string }
	o.ask(&waiting, "approval", "list")
	o.must("approval", "approve", waiting[0].Plan, "--token-file", o.write("ann-token", o.operatorToken("ann")), "--comment", "PlantedComment")
	o.must("apply", waiting[0].Plan)
	o.write("company.ldif", people(1, 3))
	o.must("sync", "run", "corp")
}

// everythingKept is every file, and what is packed in the state.
func (o *office) everythingKept() map[string]string {
	o.t.Helper()
	all := map[string]string{
		"the journal": o.must("journal", "export").out, "flows": o.must("flow", "list", "--all", "--output", "json").out,
		"approvals": o.must("approval", "list", "--all", "--output", "json").out,
	}
	var plans []struct{ ID string }
	o.ask(&plans, "plan", "list", "--limit", "100")
	for _, p := range plans {
		all["plan "+p.ID] = o.must("plan", "show", p.ID, "--output", "json").out
	}
	err := filepath.WalkDir(o.folder, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		all[file] = string(text)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return all
}

// findsPlanted are the places where something of them is.
func findsPlanted(all map[string]string) (found []string) {
	for place, text := range all {
		if at := bytes.Index([]byte(strings.ToLower(text)), []byte("planted")); at >= 0 {
			found = append(found, fmt.Sprintf("%s: …%q…", place, text[max(at-60, 0):min(at+60, len(text))]))
		}
		if strings.Contains(place, "evidence") {
			found = append(found, place+": evidence")
		}
	}
	return found
}

func TestNothingIsLeftOfSomebodyErasedInAnyTableOrFile(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.lifeOf()
	if found := findsPlanted(o.everythingKept()); len(found) < 6 {
		t.Fatalf("it was found in %d places only: %q", len(found), found)
	}
	const who = "corp/00000000-0000-4000-8000-00000feedbee"
	if out := o.must("journal", "erase", who, "--dry-run").errors; !strings.Contains(out, "Would erase") {
		t.Error(out)
	}
	out := o.must("journal", "erase", who, "--yes").errors
	if !strings.Contains(out, "Cancelled flow 2") || !strings.Contains(out, "Cancelled flow 3") || !strings.Contains(out, "evidence file") {
		t.Error(out)
	}
	for _, place := range findsPlanted(o.everythingKept()) {
		t.Error(place)
	}
	o.must("journal", "verify")
	o.must("access", "diff", "2020-01-01", "now")
	o.must("sync", "run", "corp")
	if r := o.run("journal", "erase", who, "--yes"); r.status != 1 || !strings.Contains(r.errors, "knows nothing of it") {
		t.Errorf("once more: %+v", r)
	}
	o.write("company.ldif", people(1, 3)+fmt.Sprintf(planted, "plantedname"))
	if out := o.must("sync", "run", "corp").errors; !strings.Contains(out, "held") {
		t.Errorf("the hold is gone, and with it what keeps them out: %s", out)
	}
}
