package directorytest

import (
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var groupTests = []test{
	{"AGroupIsStoredAsGiven", groupStored},
	{"AnInvalidGroupIsNotCreated", invalidGroupRefused},
	{"EveryAttributeOfAGroupCanBeChanged", groupChanged},
	{"ADescriptionCanBeUnset", descriptionUnset},
	{"ADeletedGroupIsGone", groupDeleted},
}

func groupStored(t *testing.T, d directory.Driver) {
	const longest = identity.MaxText
	for _, g := range []identity.Group{
		Group("staff"),
		{DisplayName: "no description"},
		{DisplayName: "Łódź: <staff & friends> 山田", Description: "two\nlines\t\"quoted\" \u3000"},
		{DisplayName: strings.Repeat("ü", longest), Description: strings.Repeat("ö", longest)},
	} {
		made := addGroupWith(t, d, g)
		wantSame(t, "what creation returned", kept(d, g), made, given)
		wantSame(t, "what is stored", made, group(t, d, made.ID))
	}
	if n := len(everything(t, d).Groups); n != 4 {
		t.Errorf("%d groups are listed, want 4", n)
	}
}

func invalidGroupRefused(t *testing.T, d directory.Driver) {
	for what, g := range map[string]identity.Group{
		"no displayName":         {Description: "x"},
		"a reserved displayName": {DisplayName: "awsAdministrators"},
		"an ideographic space":   {DisplayName: "a\u3000b"},
		"a displayName too long": {DisplayName: strings.Repeat("ü", identity.MaxText+1)},
		"a description too long": {DisplayName: "staff", Description: strings.Repeat("ü", identity.MaxText+1)},
		"a control character":    {DisplayName: "staff", Description: "\x01"},
	} {
		refused(t, d, what, fault.Invalid, func() error {
			_, err := d.CreateGroup(ctx(t), g)
			return err
		})
	}
}

func groupChanged(t *testing.T, d directory.Driver) {
	made, other := addGroup(t, d, "staff"), addGroup(t, d, "other")
	edits := []identity.Edit{set(t, "displayName", "Łódź")}
	if directory.LimitsOf(d).Sets(identity.KindGroup, "description") {
		edits = append(edits, set(t, "description", "new"))
	}
	got := updateGroup(t, d, made.ID, edits...)
	wantSame(t, "what the update returned", kept(d, identity.Group{DisplayName: "Łódź", Description: "new"}), got, given)
	wantSame(t, "what is stored", got, group(t, d, made.ID))
	wantSame(t, "the other group", other, group(t, d, other.ID))
	if got.ID != made.ID {
		t.Errorf("the rename changed the id from %s to %s", made.ID, got.ID)
	}
}

func descriptionUnset(t *testing.T, d directory.Driver) {
	if !directory.LimitsOf(d).Sets(identity.KindGroup, "description") {
		t.Log("nothing to hold: this directory keeps no descriptions")
		return
	}
	for _, e := range []identity.Edit{unset("description"), set(t, "description", nil)} {
		made := addGroup(t, d, "staff "+string(e.New))
		if got := updateGroup(t, d, made.ID, e); got.Description != "" || got.DisplayName != made.DisplayName {
			t.Errorf("after unsetting the description: %+v", got)
		}
	}
}

func groupDeleted(t *testing.T, d directory.Driver) {
	g, other := addGroup(t, d, "staff"), addGroup(t, d, "other")
	wantNone(t, "delete group", d.DeleteGroup(ctx(t), g.ID, ""))
	_, err := d.Group(ctx(t), g.ID)
	wantKind(t, "describe a deleted group", err, fault.NotFound)
	_, err = d.FindGroup(ctx(t), directory.Key{Attribute: directory.KeyDisplayName, Value: "staff"})
	wantKind(t, "find a deleted group", err, fault.NotFound)
	wantSame(t, "what is left", []identity.Group{other}, everything(t, d).Groups)
	if again := addGroup(t, d, "staff"); again.ID == g.ID {
		t.Errorf("the second group has the first one's id %s", g.ID)
	}
}
