package assignmenttest

import (
	"strings"
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

var permissionSetTests = []test{
	{"APermissionSetIsStoredAsGiven", permissionSetStored},
	{"ASessionLastsAnHourUnlessSaid", sessionDefault},
	{"PermissionSetNamesAreUniqueWithoutCase", permissionSetNames},
	{"APermissionSetChangesOnlyWhatIsNamed", permissionSetChanged},
	{"AnInvalidPermissionSetIsRefused", invalidPermissionSet},
	{"APermissionSetInUseIsNotDeleted", inUseNotDeleted},
	{"EveryPermissionSetIsListed", permissionSetsListed},
}

func permissionSetStored(t *testing.T, b *bench) {
	e, ok := able[assignment.PermissionSetEditor](b)
	if !ok {
		return
	}
	given := identity.PermissionSet{
		Name: "Admin+Ops=1,2.a@b-c_d", Description: "All of it:\n\tÄrger & \"Größe\"", SessionDuration: "PT2H30M",
		RelayState: "https://s3.console.aws.amazon.com/s3/home?region=eu-west-1#", ARN: "ignored", CreatedAt: longAgo,
	}
	made, err := e.CreatePermissionSet(b.ctx(), given, nil)
	b.works("create permission set", err)
	if !identity.IsPermissionSetARN(made.ARN) || !made.CreatedAt.After(longAgo) {
		t.Errorf("it has the ARN %q and was made %v", made.ARN, made.CreatedAt)
	}
	given.ARN, given.CreatedAt = made.ARN, made.CreatedAt
	b.same("what is returned", given, made)
	got, err := b.Driver.PermissionSet(b.ctx(), made.ARN)
	b.works("describe permission set", err)
	b.same("what is stored", made, got)
}

func sessionDefault(t *testing.T, b *bench) {
	got, err := b.Driver.PermissionSet(b.ctx(), b.permissionSet())
	b.works("describe permission set", err)
	if got.SessionDuration != "PT1H" || got.Description != "" || got.RelayState != "" {
		t.Errorf("%+v; want a session of PT1H and nothing else", got)
	}
}

func permissionSetNames(_ *testing.T, b *bench) {
	e, ok := able[assignment.PermissionSetEditor](b)
	if !ok {
		return
	}
	made, err := e.CreatePermissionSet(b.ctx(), identity.PermissionSet{Name: "Admin"}, nil)
	b.works("create permission set", err)
	for _, name := range []string{"Admin", "ADMIN", "admin"} {
		_, err := e.CreatePermissionSet(b.ctx(), identity.PermissionSet{Name: name}, nil)
		b.fails("create another "+name, err, fault.Conflict)
	}
	b.works("delete it", e.DeletePermissionSet(b.ctx(), made.ARN))
	again, err := e.CreatePermissionSet(b.ctx(), identity.PermissionSet{Name: "ADMIN"}, nil)
	b.works("create it again", err)
	if again.ARN == made.ARN {
		b.t.Error("it has the ARN of the one before")
	}
}

func permissionSetChanged(_ *testing.T, b *bench) {
	e, ok := able[assignment.PermissionSetEditor](b)
	if !ok {
		return
	}
	want, err := e.CreatePermissionSet(b.ctx(), identity.PermissionSet{Name: "Admin", Description: "one", SessionDuration: "PT2H", RelayState: "/one"}, nil)
	b.works("create permission set", err)
	empty, two, four := "", "two", "PT4H"
	for _, change := range []assignment.PermissionSetChange{
		{}, {Description: &two}, {SessionDuration: &four}, {RelayState: &two}, {Description: &empty}, {RelayState: &empty},
	} {
		err := e.UpdatePermissionSet(b.ctx(), want.ARN, change)
		if change.Description == &empty && b.limits().KeepsDescription {
			b.fails("take the description away", err, fault.Unsupported)
			change = assignment.PermissionSetChange{}
		} else {
			b.works("update permission set", err)
		}
		for _, c := range []struct{ at, to *string }{
			{&want.Description, change.Description}, {&want.SessionDuration, change.SessionDuration}, {&want.RelayState, change.RelayState},
		} {
			if c.to != nil {
				*c.at = *c.to
			}
		}
		got, err := b.Driver.PermissionSet(b.ctx(), want.ARN)
		b.works("describe permission set", err)
		b.same("what is stored", want, got)
	}
}

func invalidPermissionSet(_ *testing.T, b *bench) {
	e, ok := able[assignment.PermissionSetEditor](b)
	if !ok {
		return
	}
	there := b.permissionSet()
	for what, s := range map[string]identity.PermissionSet{
		"no name":             {},
		"33 characters":       {Name: strings.Repeat("x", 33)},
		"a space in the name": {Name: "a b"},
		"a long description":  {Name: "x", Description: strings.Repeat("x", 701)},
		"a Polish ł":          {Name: "x", Description: "ł"},
		"half an hour":        {Name: "x", SessionDuration: "PT30M"},
		"thirteen hours":      {Name: "x", SessionDuration: "PT13H"},
		"no duration":         {Name: "x", SessionDuration: "1h"},
		"a long relay state":  {Name: "x", RelayState: strings.Repeat("x", 241)},
		"a relay state of ü":  {Name: "x", RelayState: "ü"},
	} {
		_, err := e.CreatePermissionSet(b.ctx(), s, nil)
		b.fails("create one with "+what, err, fault.Invalid)
		if s.Name == "x" {
			change := assignment.PermissionSetChange{Description: &s.Description, SessionDuration: &s.SessionDuration, RelayState: &s.RelayState}
			b.fails("give one "+what, e.UpdatePermissionSet(b.ctx(), there, change), fault.Invalid)
		}
	}
	b.same("the permission sets", []string{there}, collect(b, b.instance().PermissionSets(b.ctx())))
}

func inUseNotDeleted(_ *testing.T, b *bench) {
	e, ok := able[assignment.PermissionSetEditor](b)
	if !ok {
		return
	}
	set := b.permissionSet()
	a := b.assignment(set, b.Accounts[0])
	b.create(a)
	b.fails("delete it while it is assigned", e.DeletePermissionSet(b.ctx(), set), fault.Conflict)
	b.Settle()
	b.fails("delete it when it is assigned", e.DeletePermissionSet(b.ctx(), set), fault.Conflict)
	b.remove(a)
	b.fails("delete it while that is taken away", e.DeletePermissionSet(b.ctx(), set), fault.Conflict)
	b.Settle()
	b.works("delete it", e.DeletePermissionSet(b.ctx(), set))
	_, err := b.Driver.PermissionSet(b.ctx(), set)
	b.fails("describe it", err, fault.NotFound)
}

func permissionSetsListed(_ *testing.T, b *bench) {
	b.same("none", []string(nil), collect(b, b.instance().PermissionSets(b.ctx())))
	want := []string{b.permissionSet(), b.permissionSet(), b.permissionSet()}
	b.sameSet("three", want, collect(b, b.instance().PermissionSets(b.ctx())))
}
