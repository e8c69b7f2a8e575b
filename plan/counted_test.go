package plan

import (
	"slices"
	"testing"

	"rollcall/identity"
)

func TestOnlyWhatBrakesCountIsReadBack(t *testing.T) {
	name := identity.Value(`"\"kind\":\"user.disable\" \"remove\":["`)
	p := &Plan{Header: Header{Origin: FromSync, Directory: "local", Store: "d-1234567890"}, Changes: []Change{
		{Number: 1, Kind: UserCreate, Subject: New(1), Name: "new", Edits: []identity.Edit{{Path: "title", New: name}}},
		{Number: 2, Kind: UserCreate, Subject: New(2), Name: "again", Again: true},
		{Number: 3, Kind: UserDisable, Subject: "u1", Name: "off"},
		{Number: 4, Kind: UserUpdate, Subject: "u2", Name: "moved"},
		{Number: 5, Kind: GroupMembers, Subject: "g1", Name: "joined", Add: []Member{{User: "u1", Name: "off"}}},
		{Number: 6, Kind: GroupMembers, Subject: "g2", Name: "left", Remove: []Member{{User: "u1", Name: "off"}}},
		{Number: 7, Kind: GroupDelete, Subject: "g3", Name: "closed"},
		{Number: 8, Kind: UserDelete, Subject: "u3", Name: "deleted"},
		{Number: 9, Kind: UserUpdate, Subject: "u4", Name: "renamed", Edits: []identity.Edit{{Path: "title"}, {Path: "userName", New: identity.Value(`"x"`)}}},
		{Number: 10, Kind: UserUpdate, Subject: "u5", Name: "titled", Edits: []identity.Edit{{Path: "title", New: identity.Value(`"\"path\":\"userName\""`)}}},
		{Number: 11, Kind: UserCreate, Subject: New(11), Name: "named", Edits: []identity.Edit{{Path: "userName", New: identity.Value(`"x"`)}}},
	}}
	file, _, err := Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	counted, err := Counted(file)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range counted {
		names = append(names, c.Name)
	}
	if want := []string{"again", "off", "left", "closed", "deleted", "renamed"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
}
