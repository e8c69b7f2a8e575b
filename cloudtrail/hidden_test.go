package cloudtrail_test

import (
	"encoding/json"
	"strings"
	"testing"

	"rollcall/cloudtrail"
	"rollcall/directory"
	"rollcall/directory/directorytest"
	"rollcall/identity"
)

// decoded is a value as JSON has it.
func decoded(t *testing.T, value any) any {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// texts yields every text of a JSON value, keys apart.
func texts(value any, yield func(string)) {
	switch v := value.(type) {
	case string:
		yield(v)
	case []any:
		for _, item := range v {
			texts(item, yield)
		}
	case map[string]any:
		for _, item := range v {
			texts(item, yield)
		}
	}
}

// personal are all texts that anybody wrote in everything.
func personal(t *testing.T) map[string]bool {
	t.Helper()
	u := directorytest.FullUser("ann.secret")
	edits, err := identity.UserEdits(&identity.User{}, &u, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, e := range edits {
		texts(decoded(t, e.New), func(s string) { all[s] = true })
	}
	if len(all) < 30 {
		t.Fatalf("the user has %d texts only", len(all))
	}
	return all
}

func TestNobodysDataIsInWhatWasAskedAndAnswered(t *testing.T) {
	for name, c := range nameTests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, c.door, c.by, directory.Call{Operation: c.operation})
			d.everything()
			data := personal(t)
			hidden := 0
			for _, r := range d.records() {
				for _, part := range []cloudtrail.Members{r.RequestParameters, r.ResponseElements} {
					texts(decoded(t, part), func(s string) {
						if data[s] || strings.Contains(strings.ToLower(s), "secret-anchor") || strings.Contains(strings.ToLower(s), " secret") || strings.Contains(s, ".secret") {
							t.Errorf("%s shows %q", r.EventName, s)
						}
						if s == cloudtrail.Hidden {
							hidden++
						}
					})
				}
			}
			if hidden < 40 {
				t.Errorf("%d values are hidden; is anything shown at all?", hidden)
			}
		})
	}
}

func TestIDsAndVerbsAreInClear(t *testing.T) {
	for name, c := range nameTests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, c.door, c.by, directory.Call{Operation: c.operation})
			d.everything()
			for _, r := range d.records() {
				var m identity.Membership
				want := string(r.Rollcall.ID)
				if r.Rollcall.Kind == identity.KindMembership && (r.EventName != "CreateGroupMembership" && r.EventName != "DeleteGroupMembership") {
					document := r.Rollcall.After
					if document == nil {
						document = r.Rollcall.Before
					}
					d.ok(json.Unmarshal(document, &m))
					want = string(m.UserID)
				}
				found := false
				for _, part := range []cloudtrail.Members{r.RequestParameters, r.ResponseElements} {
					texts(decoded(t, part), func(s string) { found = found || strings.Contains(s, want) })
				}
				if !found {
					t.Errorf("%s: nothing says %s: %v %v", r.EventName, want, r.RequestParameters, r.ResponseElements)
				}
			}
		})
	}
}

func TestTheObjectsThemselvesAreBesideTheRecord(t *testing.T) {
	d := newDesk(t, "aws", "Administrator/ci", directory.Call{})
	d.everything()
	for _, r := range d.records() {
		if (r.Rollcall.Before == nil) != strings.HasPrefix(r.EventName, "Create") || (r.Rollcall.After == nil) != strings.HasPrefix(r.EventName, "Delete") {
			t.Errorf("%s: before %s, after %s", r.EventName, r.Rollcall.Before, r.Rollcall.After)
		}
	}
	if first := d.records()[0]; !strings.Contains(string(first.Rollcall.After), "ann.secret") {
		t.Errorf("the object is not there: %s", first.Rollcall.After)
	}
}
