package assignmenttest

import (
	"strings"
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

var applicationTests = []test{
	{"AnApplicationIsStoredAsGiven", applicationStored},
	{"AnApplicationChangesOnlyWhatIsNamed", applicationChanged},
	{"AnInvalidApplicationIsRefused", invalidApplication},
	{"ARepeatedRequestMakesNoSecondApplication", applicationRepeated},
	{"ADeletedApplicationIsGone", applicationDeleted},
	{"AnApplicationIsGivenAtOnce", applicationGiven},
	{"AUserMayUseItsOwnApplicationsAndItsGroups", applicationsOfUser},
}

func application(name string) identity.Application {
	return identity.Application{Name: name, Provider: "arn:aws:sso::aws:applicationProvider/custom", Enabled: true, AssignmentRequired: true}
}

func (b *bench) application() string {
	b.t.Helper()
	e, ok := b.Driver.(assignment.ApplicationEditor)
	if !ok {
		b.t.Skip("the instance cannot make applications, which the test needs")
	}
	a, err := e.CreateApplication(b.ctx(), application(b.name("app")), nil, "")
	b.works("create application", err)
	return a.ARN
}

func applicationStored(t *testing.T, b *bench) {
	e, ok := able[assignment.ApplicationEditor](b)
	r, can := able[assignment.ApplicationReader](b)
	if !ok || !can {
		return
	}
	given := application("Wiki für alle (neu)")
	given.Description, given.Portal = "the wiki", `{"SignInOptions":{"Origin":"IDENTITY_CENTER"},"Visibility":"ENABLED"}`
	made, err := e.CreateApplication(b.ctx(), given, nil, "")
	b.works("create application", err)
	if !identity.IsApplicationARN(made.ARN) || !identity.IsAccountID(made.Account) {
		t.Errorf("it is %+v", made)
	}
	given.ARN, given.Account, given.CreatedAt = made.ARN, made.Account, made.CreatedAt
	b.same("what is returned", given, made)
	got, err := r.Application(b.ctx(), made.ARN)
	b.works("describe application", err)
	b.dated(&made.CreatedAt, got.CreatedAt)
	b.same("what is stored", made, got)
	other := b.application()
	listed := collect(b, b.instance().Applications(b.ctx()))
	if len(listed) != 2 || listed[0].ARN == listed[1].ARN || listed[0].ARN != other && listed[1].ARN != other {
		t.Errorf("listed: %+v", listed)
	}
}

func applicationRepeated(t *testing.T, b *bench) {
	e, ok := able[assignment.ApplicationEditor](b)
	if !ok {
		return
	}
	create := func(a identity.Application, tags []identity.Tag, token string) (identity.Application, error) {
		return e.CreateApplication(b.ctx(), a, tags, token)
	}
	asked, tags := application("wiki"), []identity.Tag{{Key: "a"}, {Key: "b"}}
	first, err := create(asked, tags, "one")
	b.works("create application", err)
	again, err := create(asked, []identity.Tag{tags[1], tags[0]}, "one")
	b.works("create it again", err)
	b.same("what is returned again", first, again)
	_, err = create(application("other"), tags, "one")
	b.fails("create another with the same token", err, fault.Conflict)
	_, err = create(asked, nil, "one")
	b.fails("create it without tags with the same token", err, fault.Conflict)
	_, err = create(asked, tags, "two")
	b.works("create one like it", err)
	for range 2 {
		_, err = create(asked, tags, "")
		b.works("create one without a token", err)
	}
	if n := len(collect(b, b.instance().Applications(b.ctx()))); n != 4 {
		t.Errorf("there are %d applications, want 4", n)
	}
	b.works("delete application", e.DeleteApplication(b.ctx(), first.ARN))
	fresh, err := create(asked, tags, "one")
	b.works("create it once more", err)
	if fresh.ARN == first.ARN {
		t.Error("what was deleted is back")
	}

	found := make([]identity.Application, writers)
	together(func(w int) {
		var err error
		if found[w], err = create(asked, tags, "at-once"); err != nil {
			t.Errorf("create at the same time: %v", err)
		}
	})
	for _, a := range found {
		b.same("what each is told of", found[0], a)
	}
}

func applicationChanged(_ *testing.T, b *bench) {
	e, ok := able[assignment.ApplicationEditor](b)
	r, can := able[assignment.ApplicationReader](b)
	if !ok || !can {
		return
	}
	want, err := e.CreateApplication(b.ctx(), application("one"), nil, "")
	b.works("create application", err)
	had, err := r.Application(b.ctx(), want.ARN)
	b.works("describe application", err)
	b.dated(&want.CreatedAt, had.CreatedAt)
	two, no, portal := "two", false, `{"SignInOptions":{"Origin":"APPLICATION","ApplicationUrl":"https://wiki.example.com"}}`
	for _, c := range []struct {
		change assignment.ApplicationChange
		apply  func()
	}{
		{assignment.ApplicationChange{}, func() {}},
		{assignment.ApplicationChange{Name: &two}, func() { want.Name = two }},
		{assignment.ApplicationChange{Description: &two}, func() { want.Description = two }},
		{assignment.ApplicationChange{Enabled: &no}, func() { want.Enabled = no }},
		{assignment.ApplicationChange{AssignmentRequired: &no}, func() { want.AssignmentRequired = no }},
		{assignment.ApplicationChange{Portal: &portal}, func() { want.Portal = portal }},
	} {
		b.works("update application", e.UpdateApplication(b.ctx(), want.ARN, c.change))
		c.apply()
		got, err := r.Application(b.ctx(), want.ARN)
		b.works("describe application", err)
		b.same("what is stored", want, got)
	}
	empty := ""
	b.fails("take its name away", e.UpdateApplication(b.ctx(), want.ARN, assignment.ApplicationChange{Name: &empty}), fault.Invalid)
	err = e.UpdateApplication(b.ctx(), want.ARN, assignment.ApplicationChange{Description: &empty})
	if b.limits().KeepsDescription {
		b.fails("take its description away", err, fault.Unsupported)
		return
	}
	b.works("take its description away", err)
}

func invalidApplication(_ *testing.T, b *bench) {
	e, ok := able[assignment.ApplicationEditor](b)
	if !ok {
		return
	}
	for what, spoil := range map[string]func(*identity.Application){
		"no name":            func(a *identity.Application) { a.Name = "" },
		"101 characters":     func(a *identity.Application) { a.Name = strings.Repeat("x", 101) },
		"a long description": func(a *identity.Application) { a.Description = strings.Repeat("x", 129) },
		"no provider":        func(a *identity.Application) { a.Provider = "" },
		"another provider":   func(a *identity.Application) { a.Provider = "arn:aws:iam::aws:policy/x" },
		"half a portal":      func(a *identity.Application) { a.Portal = "{" },
	} {
		a := application("x")
		spoil(&a)
		_, err := e.CreateApplication(b.ctx(), a, nil, "")
		b.fails("create one with "+what, err, fault.Invalid)
	}
}

func applicationDeleted(_ *testing.T, b *bench) {
	e, ok := able[assignment.ApplicationEditor](b)
	s, can := able[assignment.ApplicationAssigner](b)
	if !ok || !can {
		return
	}
	app, ann := b.application(), b.user()
	b.works("assign", s.CreateApplicationAssignment(b.ctx(), identity.ApplicationAssignment{Application: app, Principal: ann}))
	b.works("delete", e.DeleteApplication(b.ctx(), app))
	_, err := s.Application(b.ctx(), app)
	b.fails("describe it", err, fault.NotFound)
	b.fails("delete it twice", e.DeleteApplication(b.ctx(), app), fault.NotFound)
	b.mayUse(ann)
}

func (b *bench) mayUse(p identity.Principal, want ...identity.ApplicationAssignment) {
	b.t.Helper()
	b.sameSet("what it may use", want, collect(b, b.instance().ApplicationAssignmentsFor(b.ctx(), p)))
}

func applicationGiven(_ *testing.T, b *bench) {
	s, ok := able[assignment.ApplicationAssigner](b)
	if !ok {
		return
	}
	a := identity.ApplicationAssignment{Application: b.application(), Principal: b.user()}
	b.fails("take away what nobody has", s.DeleteApplicationAssignment(b.ctx(), a), fault.NotFound)
	b.works("assign", s.CreateApplicationAssignment(b.ctx(), a))
	b.fails("assign twice", s.CreateApplicationAssignment(b.ctx(), a), fault.Conflict)
	b.mayUse(a.Principal, a)
	page, err := s.ListApplicationAssignments(b.ctx(), a.Application, assignment.PageRequest{})
	b.works("list who may use it", err)
	b.same("who may use it", []identity.ApplicationAssignment{a}, page.Items)
	b.works("take it away", s.DeleteApplicationAssignment(b.ctx(), a))
	b.mayUse(a.Principal)

	dead := identity.ApplicationAssignment{Application: a.Application, Principal: identity.Principal{Kind: identity.KindUser, ID: nobody}}
	b.fails("assign nobody", s.CreateApplicationAssignment(b.ctx(), dead), fault.NotFound)
	b.works("assign", s.CreateApplicationAssignment(b.ctx(), a))
	b.works("delete user", b.Directory.DeleteUser(b.ctx(), a.Principal.ID, ""))
	b.mayUse(a.Principal, a)
	b.works("take it away from the dead", s.DeleteApplicationAssignment(b.ctx(), a))
}

func applicationsOfUser(_ *testing.T, b *bench) {
	s, ok := able[assignment.ApplicationAssigner](b)
	if !ok {
		return
	}
	ann := b.user()
	staff := b.group(ann)
	wiki, mail := b.application(), b.application()
	var all []identity.ApplicationAssignment
	for _, a := range []identity.ApplicationAssignment{{Application: wiki, Principal: ann}, {Application: wiki, Principal: staff}, {Application: mail, Principal: staff}} {
		b.works("assign", s.CreateApplicationAssignment(b.ctx(), a))
		all = append(all, a)
	}
	b.works("assign another", s.CreateApplicationAssignment(b.ctx(), identity.ApplicationAssignment{Application: mail, Principal: b.user()}))
	b.mayUse(ann, all...)
	b.mayUse(staff, all[1:]...)
	page, err := s.ListApplicationAssignmentsFor(b.ctx(), ann, mail, assignment.PageRequest{})
	b.works("list for one application", err)
	b.same("for one application", all[2:], page.Items)
}
